"""Without this, a request could hang for ever, be sent twice after it began, or end early and be taken for whole."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Protocol

import httpx
from httpx_sse import ServerSentEvent

from hephaestus_tui.config import Price
from hephaestus_tui.domain.errors import ProviderError
from hephaestus_tui.providers.base import RetryDue, StreamItem, TurnRequest
from hephaestus_tui.providers.draft import TurnParser
from hephaestus_tui.providers.effort import thinks_long
from hephaestus_tui.providers.errors import BadRequest, RateLimited, Unavailable, Unreachable
from hephaestus_tui.providers.failures import Who, failure_of, not_a_stream, one_line, redirect_of
from hephaestus_tui.providers.http import Deadlines, host_of, is_encoded, is_loopback, make_client, read_start
from hephaestus_tui.providers.options import Option
from hephaestus_tui.providers.retry import PATIENCE, Gate, Pace, asked_wait, backoff, may_retry
from hephaestus_tui.providers.secret import NO_SECRET, Secret
from hephaestus_tui.providers.sse import events, is_event_stream

DRAIN_SECONDS = 0.25
_EVERYONES = (
    Unreachable,
    RateLimited,
    Unavailable,
)  # not the fault of one request: whoever asks next will have it, too


class Wire(Protocol):
    """One vendor's dialect: what is sent, and who reads the answer."""

    path: str

    def auth(self, key: str) -> dict[str, str]: ...

    def headers(self) -> dict[str, str]: ...

    def body(self, request: TurnRequest) -> dict[str, object]: ...

    def options(self, request: TurnRequest) -> tuple[Option, ...]:
        """What the body holds for the sake of a setting, so that a refusal of it can say which."""
        ...

    def parser(self, request: TurnRequest, sent: int, price: Price | None) -> TurnParser: ...


class WireProvider:
    """A provider behind HTTP. `key` is asked once, at the first request; `price` and `window` map a model's name to its price and
    to the tokens that it takes at once; `patience` are the seconds for which it is waited for while it has trouble."""

    def __init__(
        self,
        who: Who,
        base: httpx.URL,
        wire: Wire,
        *,
        key: Callable[[], str | None],
        price: Callable[[str], Price | None],
        window: Callable[[str], int | None] = lambda _: None,
        deadlines: Deadlines | None = None,
        pace: Pace | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._who = who
        self._base = base
        self._url = httpx.URL(f"{base}".rstrip("/") + wire.path)
        self._wire = wire
        self._key = key
        self.price = price
        self.window = window
        self._deadlines = deadlines or Deadlines()
        self._pace = pace or Pace()
        self._gate = Gate(self._pace, patience)
        self._secret = NO_SECRET
        self._client: httpx.AsyncClient | None = None

    def hurry(self) -> bool:
        return self._gate.hurry()

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def stream(self, request: TurnRequest) -> AsyncGenerator[StreamItem, None]:
        """See `Provider.stream`; after a RetryDue it waits by itself. Close it (`aclosing`) to hang up at once."""
        if self._client is None:
            self._read_key()
            self._client = make_client(self._who.name, self._base, self._auth, self._deadlines)
        body = json.dumps(self._wire.body(request), ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        parser = self._wire.parser(request, len(body), self.price(request.model))
        response: httpx.Response | None = None
        tries, since, me = 0, 0.0, object()
        try:
            waited = False
            while response is None:
                async with aclosing(self._gate.pass_through(me)) as waits:
                    async for wait in waits:
                        waited = True
                        yield RetryDue(wait.reason, wait.left)
                if waited:
                    yield RetryDue("", 0.0)
                end_by = asyncio.get_running_loop().time() + self._deadlines.total
                outcome = await self._send(self._client, body, request)
                if isinstance(outcome, httpx.Response):
                    response = outcome
                    self._gate.answered(me)
                    continue
                failure, asked = outcome
                if not failure.retryable:
                    raise failure
                tries += 1
                since = since or self._pace.now()
                everyones = asked is not None or isinstance(failure, _EVERYONES)
                if everyones:
                    self._gate.failed(me, str(failure), asked)
                if not self._gate.patient(tries, since if everyones else -math.inf):
                    raise failure
                if not everyones:
                    self._gate.left(me)
                    seconds = backoff(tries, self._pace.chance())
                    waited = True
                    yield RetryDue(str(failure), seconds)
                    await self._pace.sleep(seconds)
        finally:
            self._gate.left(me)
        try:
            quiet = self._deadlines.thinking if thinks_long(request.effort) else self._deadlines.first
            async with aclosing(self._read(response, parser, quiet, end_by)) as items:
                async for item in items:
                    yield item
        finally:
            await response.aclose()

    def _read_key(self) -> None:
        if self._who.key_env is None:
            return
        value = (self._key() or "").strip()
        if not value:
            raise self._who.no_key()
        if not (value.isascii() and value.isprintable() and " " not in value):
            raise self._who.bad_key()
        self._secret = Secret(value)

    def _auth(self) -> dict[str, str]:
        return {} if self._secret is NO_SECRET else self._wire.auth(self._secret.reveal())

    async def _send(
        self, client: httpx.AsyncClient, body: bytes, asked: TurnRequest
    ) -> httpx.Response | tuple[ProviderError, float | None]:
        """An open event stream; or what went wrong before one, with the wait that the server asked for."""
        headers = {"Content-Type": "application/json"} | self._wire.headers()
        request = client.build_request("POST", self._url, content=body, headers=headers)
        try:
            async with asyncio.timeout(self._deadlines.first):
                response = await client.send(request, stream=True)
                if response.status_code == 200 and is_event_stream(response) and not is_encoded(response):
                    return response
                try:
                    return await self._refused(response, asked)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise self._who.incomplete(f"did not begin to answer within {self._deadlines.first:.0f} seconds") from None
        except httpx.HTTPError as error:
            return self._unreachable(error), None

    async def _refused(self, response: httpx.Response, asked: TurnRequest) -> tuple[ProviderError, float | None]:
        status, headers = response.status_code, response.headers
        body = self._secret.redact(await read_start(response))
        if 300 <= status < 400:
            return redirect_of(self._who, status, _target(response)), None
        if status < 300:
            kind = headers.get("content-encoding") if is_encoded(response) else headers.get("content-type")
            failure = not_a_stream(self._who, kind or "", body)
            failure.retryable = False
            return failure, None
        failure = failure_of(self._who, asked.model, status, body, self._wire.options(asked))
        failure.retryable = may_retry(status, headers) and not isinstance(failure, BadRequest)
        return failure, asked_wait(headers, self._pace.today())

    def _unreachable(self, error: httpx.HTTPError) -> Unreachable:
        said = self._secret.redact(one_line(str(error) or type(error).__name__))
        todo = "Is the server running?" if is_loopback(self._base) else "Check the network and base_url."
        return Unreachable(f"{self._who} cannot be reached: {said}. {todo}")

    async def _read(
        self, response: httpx.Response, parser: TurnParser, quiet: float, end_by: float
    ) -> AsyncGenerator[StreamItem, None]:
        loop = asyncio.get_running_loop()
        patience, last = quiet, loop.time()
        async with aclosing(events(response)) as found:
            while not parser.done:
                limit = last + (self._deadlines.grace if parser.whole else patience)
                data = await self._next(found, min(limit, end_by), parser.whole)
                if data is None:
                    break
                before = parser.size, parser.whole, parser.silent
                for item in parser.feed(data):
                    yield item
                if (parser.size, parser.whole, parser.silent) != before:
                    patience = quiet if parser.silent else self._deadlines.idle
                    last = loop.time()
            yield parser.end()
            # the end of the body is read, where it comes at once, so that the connection can be used again
            with suppress(TimeoutError, httpx.HTTPError, ProviderError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    async for _ in found:
                        pass

    async def _next(self, found: AsyncIterator[ServerSentEvent], limit: float, whole: bool) -> str | None:
        """The next event's data; None where the stream ended, or went wrong after the turn was whole."""
        try:
            async with asyncio.timeout_at(limit):
                event = await anext(found, None)
        except TimeoutError:
            if whole:
                return None
            raise self._who.incomplete("sent no word for too long") from None
        except httpx.HTTPError as error:
            if whole:
                return None
            said = self._secret.redact(one_line(str(error) or type(error).__name__))
            raise self._who.incomplete(f"was cut off in the middle of its answer ({said})") from None
        # a server that quotes our key, in an error or else, does not bring it in
        return None if event is None else self._secret.hide(event.data)


def _target(response: httpx.Response) -> str:
    try:
        return host_of(httpx.URL(response.headers.get("location", "")))
    except httpx.InvalidURL:
        return ""
