"""Real HTTP over loopback: what leaves, what is retried, what is refused, and what ends a stream."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeAlias

import httpx
import pytest

from hephaestus_tui.config import Dialect, Price
from hephaestus_tui.domain.errors import ProviderError
from hephaestus_tui.domain.message import TextPart, ToolCallPart
from hephaestus_tui.providers.base import RetryDue, StreamItem, TextDelta, TurnEnd, TurnRequest
from hephaestus_tui.providers.errors import (
    AuthFailed,
    BadRequest,
    ContextOverflow,
    IncompleteTurn,
    NothingLeft,
    Overloaded,
    RateLimited,
    UnknownModel,
    Unreachable,
)
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.http import Deadlines, checked_base
from hephaestus_tui.providers.registry import WIRES
from hephaestus_tui.providers.retry import Pace
from hephaestus_tui.providers.wire import WireProvider

Serve: TypeAlias = Callable[..., Awaitable[tuple[str, list[bytes]]]]
Ask: TypeAlias = Callable[..., TurnRequest]
Connect: TypeAlias = Callable[..., WireProvider]

CANARY = "sk-canary-5f2c9a7e"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
PING = b": ping\n\n"


def chat(**delta: object) -> bytes:
    return b"data: " + json.dumps({"id": "r", "choices": [{"index": 0, "delta": delta}]}).encode() + b"\n\n"


def finish(reason: str = "stop") -> bytes:
    chunk = {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
WHOLE = [HEAD, chat(content="Hello \u2028 there"), finish(), DONE]


def answer(status: int, body: str = "", **headers: str) -> list[bytes]:
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body.encode())}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join([*lines, "", body]).encode()]


@pytest.fixture
async def connect(pace: Pace) -> AsyncIterator[Connect]:
    """A provider on a URL, with the canary for its key; closed after the test."""
    made: list[WireProvider] = []

    def build(url: str, *, dialect: str = "openai", key: str | None = CANARY, **deadlines: float) -> WireProvider:
        base = checked_base("forge", url)
        who = Who(name="forge", host=f"{base.host}:{base.port}", key_env="FORGE_KEY")
        wire = WIRES[Dialect(dialect)](who)
        provider = WireProvider(
            who,
            base,
            wire,
            key=lambda: key,
            price=lambda model: Price(input=1, output=1) if model == "small" else None,
            deadlines=Deadlines(**deadlines),
            pace=pace,
        )
        made.append(provider)
        return provider

    yield build
    for provider in made:
        await provider.aclose()


async def collect(
    provider: WireProvider, request: TurnRequest, into: list[StreamItem] | None = None
) -> list[StreamItem]:
    items = [] if into is None else into
    async for item in provider.stream(request):
        items.append(item)
    return items


def end_of(items: list[StreamItem]) -> TurnEnd:
    assert isinstance(items[-1], TurnEnd)
    assert not any(isinstance(item, TurnEnd) for item in items[:-1])
    return items[-1]


async def test_a_turn_comes_whole_and_the_key_goes_in_its_own_header(serve: Serve, connect: Connect, ask: Ask) -> None:
    url, requests = await serve(WHOLE)
    end = end_of(await collect(connect(url + "/v1/"), ask()))
    assert end.parts == (TextPart("Hello \u2028 there"),)
    head, body = requests[0].split(b"\r\n\r\n", 1)
    assert head.startswith(b"POST /v1/chat/completions HTTP/1.1")
    assert f"\r\nAuthorization: Bearer {CANARY}".encode() in head
    assert b"accept-encoding: identity" in head.lower()
    assert json.loads(body)["stream_options"] == {"include_usage": True}


async def test_the_messages_dialect_sends_its_own_headers(
    serve: Serve, connect: Connect, ask: Ask, recorded: Callable[[str], bytes]
) -> None:
    url, requests = await serve([HEAD, recorded("messages_tool_over_openai.sse")])
    end = end_of(await collect(connect(url, dialect="anthropic"), ask(model="other")))
    assert isinstance(end.parts[0], ToolCallPart)
    assert end.usage.cost is None
    head = requests[0].lower()
    assert head.startswith(b"post /v1/messages ")
    assert f"\r\nx-api-key: {CANARY}".encode() in head
    assert b"\r\nanthropic-version: 2023-06-01" in head
    assert b"authorization" not in head


async def test_one_byte_at_a_time(serve: Serve, connect: Connect, ask: Ask) -> None:
    stream = b"".join(WHOLE[1:])
    pieces = [b"1\r\n%c\r\n" % byte for byte in stream]
    url, _ = await serve([CHUNKED, *pieces, b"0\r\n\r\n"])
    assert end_of(await collect(connect(url), ask())).parts == (TextPart("Hello \u2028 there"),)


async def test_a_connection_is_used_again(serve: Serve, connect: Connect, ask: Ask) -> None:
    body = b"".join(WHOLE[1:])
    url, requests = await serve([CHUNKED, b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)])
    provider = connect(url)
    for _ in range(2):
        end_of(await collect(provider, ask()))
    assert len(requests) == 2


def call(arguments: str, name: str = "read") -> bytes:
    return chat(tool_calls=[{"index": 0, "id": "c", "function": {"name": name, "arguments": arguments}}])


CALL = call('{"path": "x"}')


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        pytest.param([HEAD], "broke off", id="empty"),
        pytest.param([HEAD, chat(content="Hel"), CALL], "broke off", id="clean end without a finish"),
        pytest.param([CHUNKED, b"5\r\ndata:\r\n"], "cut off", id="chunk that never ended"),
        pytest.param([HEAD, CALL, "reset"], "cut off|broke off", id="reset"),
        pytest.param([HEAD, CALL, DONE], "broke off", id="done without a finish"),
        pytest.param([HEAD, CALL, finish("length"), DONE], "limit", id="length"),
        pytest.param([HEAD, CALL, b"data: {oops\n\n", finish(), DONE], "not JSON", id="not JSON"),
        pytest.param([HEAD, CALL, b"data: " + b"[" * 100_000 + b"\n\n", finish(), DONE], "not JSON", id="deep JSON"),
        pytest.param([HEAD, CALL, b'data: {"error": "it broke"}\n\n'], "it broke", id="error inside a 200"),
        pytest.param([HEAD, finish(), DONE], "empty", id="nothing said"),
        pytest.param([HEAD, CALL, finish("mystery"), DONE], "mystery", id="unknown reason"),
        pytest.param([HEAD, chat(content="x"), finish("tool_calls"), DONE], "no call", id="a call that is missing"),
        pytest.param([HEAD, chat(content="x"), finish(), CALL, DONE], "went on", id="more after the end"),
        pytest.param(
            [HEAD, call('{"a":'), finish("tool_calls"), DONE], "not valid JSON", id="half a call that is finished"
        ),
        pytest.param([HEAD, call('{"a":1,"a":2}'), finish("tool_calls"), DONE], "given twice", id="a key given twice"),
        pytest.param([HEAD, call("[]"), finish("tool_calls"), DONE], "not one JSON object", id="arguments in a list"),
        pytest.param([HEAD, call("{}", name=""), finish("tool_calls"), DONE], "naming", id="a call without a name"),
    ],
)
async def test_what_is_not_whole_is_no_turn(
    steps: list[bytes | str], says: str, serve: Serve, connect: Connect, ask: Ask
) -> None:
    url, requests = await serve(steps)
    items: list[StreamItem] = []
    with pytest.raises(IncompleteTurn, match=says) as caught:
        await collect(connect(url), ask(), items)
    assert not any(isinstance(item, TurnEnd | RetryDue) for item in items)
    assert len(requests) == 1, "what has begun is never sent again"
    assert caught.value.retryable


async def test_a_finished_turn_survives_a_missing_done_and_a_reset(serve: Serve, connect: Connect, ask: Ask) -> None:
    url, _ = await serve([HEAD, CALL, finish("tool_calls")])
    assert end_of(await collect(connect(url), ask())).parts == (ToolCallPart("c", "read", '{"path": "x"}'),)
    url, _ = await serve([HEAD, CALL, finish("tool_calls"), "drip", PING])
    assert end_of(await collect(connect(url, grace=0.05), ask())).parts == (ToolCallPart("c", "read", '{"path": "x"}'),)


@pytest.mark.parametrize("limit", ["first", "idle", "total"])
async def test_pings_do_not_keep_a_silent_stream_alive(limit: str, serve: Serve, connect: Connect, ask: Ask) -> None:
    start = [] if limit == "first" else [chat(content="Hel")]
    beat = chat(content="l") if limit == "total" else PING
    url, _ = await serve([HEAD, *start, "drip", beat])
    with pytest.raises(IncompleteTurn, match="no word"):
        await collect(connect(url, **{limit: 0.15}), ask())


async def test_words_that_come_slowly_but_come_are_waited_for(serve: Serve, connect: Connect, ask: Ask) -> None:
    words = [step for _ in range(6) for step in (chat(content="so "), 0.08)]
    url, _ = await serve([HEAD, *words, finish(), DONE])
    assert end_of(await collect(connect(url, first=0.4, idle=0.4), ask())).parts == (TextPart("so " * 6),)


async def test_a_server_that_never_answers_is_given_up(serve: Serve, connect: Connect, ask: Ask) -> None:
    url, _ = await serve(["drip", b""])
    with pytest.raises(IncompleteTurn, match="did not begin"):
        await collect(connect(url, first=0.1), ask())


async def test_an_endless_answer_is_stopped(serve: Serve, connect: Connect, ask: Ask) -> None:
    url, _ = await serve([HEAD, "flood", chat(content="x" * 100_000)])
    with pytest.raises(IncompleteTurn, match="2,000,000 characters"):
        await collect(connect(url), ask())


async def test_an_endless_line_does_not_fill_the_memory(serve: Serve, connect: Connect, ask: Ask) -> None:
    url, _ = await serve([HEAD, "flood", b"x" * 1_000_000])
    with pytest.raises(IncompleteTurn, match="bytes for one answer"):
        await collect(connect(url), ask())


async def test_hanging_up_stops_the_server_at_once(serve: Serve, connect: Connect, ask: Ask) -> None:
    url, _ = await serve([HEAD, "drip", chat(content="word ")])
    begun = asyncio.Event()

    async def read() -> None:
        async for item in connect(url).stream(ask()):
            if isinstance(item, TextDelta):
                begun.set()

    task = asyncio.create_task(read())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with aclosing(connect(url).stream(ask())) as items:
        assert isinstance(await anext(items), TextDelta)


# -- before the first byte


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (401, f'{{"error": "Incorrect API key provided: {CANARY}."}}', AuthFailed, "FORGE_KEY"),
        (403, "<html>no</html>", AuthFailed, "FORGE_KEY"),
        (404, "gemma.not_found.json", UnknownModel, "File Not Found"),
        (400, "bad_model.json", UnknownModel, "Invalid model name"),
        (400, "gemma.chat_ctx_overflow.json", ContextOverflow, "larger context"),
        (413, "", ContextOverflow, "larger context"),
        (400, '{"error": "no tools here"}', BadRequest, "no tools here"),
        (402, "{}", NothingLeft, "top it up"),
        (429, '{"error": {"code": "insufficient_quota"}}', NothingLeft, "top it up"),
    ],
)
async def test_a_refusal_is_typed_says_what_to_do_and_is_not_repeated(
    status: int,
    body: str,
    kind: type[ProviderError],
    says: str,
    serve: Serve,
    connect: Connect,
    ask: Ask,
    recorded: Callable[[str], bytes],
) -> None:
    text = recorded(body).decode() if body.endswith(".json") else body
    url, requests = await serve(answer(status, text))
    with pytest.raises(kind, match=says) as caught:
        await collect(connect(url), ask())
    assert type(caught.value) is kind
    assert "forge (127.0.0.1:" in str(caught.value)
    assert len(requests) == 1
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
async def test_passing_trouble_is_retried_with_growing_waits(
    status: int, serve: Serve, connect: Connect, ask: Ask, slept: list[float]
) -> None:
    url, requests = await serve(answer(status, "busy"), answer(status, "busy"), answer(status, "busy"), WHOLE)
    items = await collect(connect(url), ask())
    end_of(items)
    waits = [item for item in items if isinstance(item, RetryDue) and item.seconds]
    counted = status in (408, 409, 500)  # only this one request waits, and nobody counts down
    assert [w.seconds for w in waits] == ([0.5, 1.0, 2.0] if counted else [0.5, 1.0, 2.0, 1.0])
    assert sum(slept) == 3.5
    assert all(str(status) in w.reason and "busy" in w.reason for w in waits)
    assert len(requests) == 4


async def test_retries_end(serve: Serve, connect: Connect, ask: Ask, slept: list[float]) -> None:
    url, requests = await serve(answer(500))
    with pytest.raises(Overloaded, match="answered 500") as caught:
        await collect(connect(url), ask())
    assert caught.value.retryable
    assert slept == [0.5, 1.0, 2.0, 4.0]
    assert len(requests) == 5


async def test_the_server_says_when_and_whether(serve: Serve, connect: Connect, ask: Ask, slept: list[float]) -> None:
    url, _ = await serve(answer(429, retry_after="7"), answer(500, retry_after_ms="250"), WHOLE)
    end_of(await collect(connect(url), ask()))
    assert slept == [1.0] * 7 + [0.25]
    url, requests = await serve(answer(500, x_should_retry="false"))
    with pytest.raises(Overloaded) as caught:
        await collect(connect(url), ask())
    assert not caught.value.retryable
    assert len(requests) == 1


async def test_a_pause_holds_for_all_who_ask_the_same_provider(
    serve: Serve, connect: Connect, ask: Ask, slept: list[float]
) -> None:
    url, requests = await serve(answer(429, retry_after="30"), WHOLE)
    provider = connect(url)
    async with aclosing(provider.stream(ask())) as first:
        due = RetryDue(_reason(url, 429), 30.0)
        assert await anext(first) == due
        second = await collect(provider, ask())
    assert second[0] == due
    counted = [item.seconds for item in second if isinstance(item, RetryDue) and item.seconds]
    assert counted == [30.0 - n for n in range(30)], "it is counted down"
    assert sum(slept) == 30.0
    assert len(requests) == 2


def _reason(url: str, status: int) -> str:
    host = httpx.URL(url).netloc.decode()
    return f"forge ({host}) answered {status}. Too many requests: wait, or run fewer agents at once."


async def test_a_reset_before_the_first_byte_is_retried(serve: Serve, connect: Connect, ask: Ask) -> None:
    url, requests = await serve(["reset"], WHOLE)
    items = await collect(connect(url), ask())
    assert isinstance(items[0], RetryDue)
    end_of(items)
    assert len(requests) == 2


async def test_nobody_there(serve: Serve, connect: Connect, ask: Ask, unused_tcp_port: int, slept: list[float]) -> None:
    with pytest.raises(Unreachable, match="Is the server running"):
        await collect(connect(f"http://127.0.0.1:{unused_tcp_port}"), ask())
    assert sum(slept) == 7.5


# -- where the key goes


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("dialect", ["openai", "anthropic", "responses"])
async def test_a_redirect_takes_neither_key_nor_prompt_along(
    status: int, dialect: str, serve: Serve, connect: Connect, ask: Ask
) -> None:
    thief, stolen = await serve(WHOLE)
    url, _ = await serve(answer(status, location=f"{thief}/v1/chat/completions"))
    with pytest.raises(BadRequest, match="Redirects are never followed") as caught:
        await collect(connect(url, dialect=dialect), ask())
    assert thief.removeprefix("http://") in str(caught.value)
    assert stolen == []


async def test_proxies_of_the_environment_see_nothing(
    serve: Serve, connect: Connect, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, seen = await serve(WHOLE)
    url, requests = await serve(WHOLE)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy)
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    monkeypatch.delenv("NO_PROXY", raising=False)
    end_of(await collect(connect(url), ask()))
    assert seen == []
    assert len(requests) == 1


async def test_no_key_no_request(serve: Serve, connect: Connect, ask: Ask) -> None:
    url, requests = await serve(WHOLE)
    for key in (None, "", "  "):
        with pytest.raises(AuthFailed, match="FORGE_KEY is not set"):
            await collect(connect(url, key=key), ask())
    with pytest.raises(AuthFailed, match="Copy it again") as caught:
        await collect(connect(url, key=f"{CANARY}\nX-Evil: 1"), ask())
    assert CANARY not in str(caught.value)
    assert requests == []


async def test_a_key_does_not_go_over_plain_http_to_another_machine(connect: Connect, ask: Ask) -> None:
    with pytest.raises(BadRequest, match="plain http"):
        await collect(connect("http://192.0.2.1:9/v1"), ask())


@pytest.mark.parametrize(
    "steps",
    [
        [HEAD, b'data: {"error": "bad key %s"}\n\n' % CANARY.encode()],
        answer(500, CANARY),
        ["reset"],
        [CHUNKED, b"5\r\nda"],
    ],
)
async def test_no_error_holds_the_key(steps: list[bytes | str], serve: Serve, connect: Connect, ask: Ask) -> None:
    url, _ = await serve(steps)
    provider = connect(url)
    with pytest.raises(ProviderError) as caught:
        await collect(provider, ask())
    error: BaseException | None = caught.value
    while error is not None:
        assert CANARY not in repr(error)
        for frame in traceback.TracebackException.from_exception(error, capture_locals=True).stack:
            if frame.filename != __file__:
                assert CANARY not in repr(frame.locals), f"{frame.filename}:{frame.lineno}"
        if isinstance(error, httpx.RequestError):
            assert CANARY.encode() not in b"".join(value for _, value in error.request.headers.raw)
        error = error.__context__


# -- what is no stream


async def test_a_page_or_a_whole_answer_is_not_a_stream(
    serve: Serve, connect: Connect, ask: Ask, recorded: Callable[[str], bytes]
) -> None:
    url, _ = await serve(answer(200, "<html>welcome</html>", content_type="text/html"))
    with pytest.raises(BadRequest, match="text/html instead of a stream"):
        await collect(connect(url), ask())
    url, _ = await serve(answer(200, recorded("mock_messages.json").decode(), content_type="application/json"))
    with pytest.raises(BadRequest, match="application/json instead of a stream"):
        await collect(connect(url, dialect="anthropic"), ask())
    url, _ = await serve(answer(200, '{"error": {"message": "quota"}}', content_type="application/json"))
    with pytest.raises(IncompleteTurn, match="quota"):
        await collect(connect(url), ask())


async def test_a_compressed_answer_is_not_inflated(serve: Serve, connect: Connect, ask: Ask) -> None:
    url, _ = await serve(answer(200, "x" * 50, content_type="text/event-stream", content_encoding="gzip"))
    with pytest.raises(BadRequest, match="gzip"):
        await collect(connect(url), ask())


async def test_rate_limits_stay_what_they_are(serve: Serve, connect: Connect, ask: Ask) -> None:
    url, _ = await serve(answer(429, '{"error": {"message": "slow down"}}'))
    with pytest.raises(RateLimited, match="slow down"):
        await collect(connect(url), ask())
