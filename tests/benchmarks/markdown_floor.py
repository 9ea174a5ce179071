"""What streaming costs with Textual's own means: its `Markdown` widget, fed by its own stream as tokens come.

Arguments: how many tokens of four characters, and how many of them a second.
"""

from __future__ import annotations

import asyncio
import sys
import time

from textual import work
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Markdown

from tests.benchmarks.stage import prose


class Streaming(App[None]):
    def __init__(self, tokens: int, rate: int) -> None:
        super().__init__()
        self.text = f"Firstword {prose(tokens)} Lastword"
        self.rate = rate * 4

    def compose(self) -> ComposeResult:
        with VerticalScroll() as pane:
            yield Markdown()
        pane.anchor()

    def on_mount(self) -> None:
        self.stream()

    @work
    async def stream(self) -> None:
        stream = Markdown.get_stream(self.query_one(Markdown))
        began, sent = time.monotonic(), 0
        while sent < len(self.text):
            due = int((time.monotonic() - began) * self.rate)
            await stream.write(self.text[sent:due])
            sent = due
            await asyncio.sleep(4 / self.rate)
        await stream.stop()


if __name__ == "__main__":
    Streaming(int(sys.argv[1]), int(sys.argv[2])).run()
