"""While a provider has trouble the screen says why and counts down, and a key asks it again at once; so it is for a context."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest


def stream_of(tool: str, **arguments: Any) -> bytes:
    call = {"index": 0, "id": tool, "type": "function", "function": {"name": tool, "arguments": json.dumps(arguments)}}
    chunks: list[Any] = [
        {"choices": [{"delta": {"content": "On it.", "tool_calls": [call]}}]},
        {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
        {"choices": [], "usage": {"prompt_tokens": 9_000, "completion_tokens": 50}},
    ]
    return b"".join(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks) + b"data: [DONE]\n\n"


class Vendor(ThreadingHTTPServer):
    """Answers with a turn, then refuses for a minute, then with the rest; `asked` are the times at which it was."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.answers: list[tuple[int, bytes]] = [
            (200, stream_of("list_files", path=".")),
            (529, b""),
            (200, stream_of("list_files", path=".")),
            (200, stream_of("complete_task", summary="I looked round.", evidence=[])),
        ]
        super().__init__(("127.0.0.1", 0), Answering)


class Answering(BaseHTTPRequestHandler):
    server: Vendor

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        status, body = self.server.answers[min(len(self.server.asked), len(self.server.answers) - 1)]
        self.server.asked.append(time.monotonic())
        self.send_response(status)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        if status != 200:
            self.send_header("retry-after", "60")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: its place is the test's own output."""


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as server:
        serving = Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield server
        server.shutdown()
        serving.join()


def left(text: str) -> int | None:
    found = re.search(r"retry in ([0-9]+) s", text)
    return int(found[1]) if found else None


def test_an_outage_is_told_counted_down_and_cut_short_by_a_key(hephaestus, in_terminal, vendor) -> None:
    (hephaestus.config / "config.toml").write_text(
        f'model = "mine:m"\n[providers.mine]\ndialect = "openai"\nbase_url = "http://127.0.0.1:{vendor.server_port}/v1"\n'
        '[windows]\n"mine:m" = 32_000\n'
    )
    terminal = in_terminal("look round here and say what you see")
    text = terminal.wait(lambda text: left(text) is not None)
    assert "answered 529" in text
    first = left(text)
    assert first is not None
    assert first > 50
    terminal.wait(lambda text: (now := left(text)) is not None and now <= first - 2)
    assert len(vendor.asked) == 2
    terminal.press("t")
    terminal.wait(lambda text: "I looked round." in text and left(text) is None)
    assert vendor.asked[2] - vendor.asked[1] < 30, "not when the minute was over"
    assert len(vendor.asked) == 4
    assert "of 32,000 tokens (28 %)" in hephaestus("show", "last", "T1").out
    assert terminal.screen.strange == []
