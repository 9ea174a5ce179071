"""Without this, a line separator inside a model's words would tear its JSON apart.

`text/event-stream` ends lines with LF, CRLF or CR only and is UTF-8, with at most one byte order mark
(https://html.spec.whatwg.org/multipage/server-sent-events.html); httpx's own line reader also splits on U+2028 and
others.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx
from httpx_sse import EventSource, ServerSentEvent


def is_event_stream(response: httpx.Response) -> bool:
    return "text/event-stream" in response.headers.get("content-type", "").partition(";")[0].lower()


async def events(response: httpx.Response) -> AsyncGenerator[ServerSentEvent, None]:
    """The events of a response as they come. An event whose closing blank line never came is not one.

    A connection that was cut may end the iteration without any error: whoever reads must know the last event.
    """
    response.encoding = "utf-8-sig"
    async with aclosing(EventSource(response).aiter_sse()) as found:
        async for event in found:
            if event.data:
                yield event
