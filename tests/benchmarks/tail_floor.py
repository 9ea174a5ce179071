"""The floor of streaming: a Textual app that draws plain text at the tail of one pane, twelve frames a second.

Arguments: how many tokens of four characters, and how many of them a second.
"""

from __future__ import annotations

import sys
import time

from textual.app import App, ComposeResult

from tests.benchmarks.stage import prose
from tests.benchmarks.transcript_bars import FRAMES_A_SECOND, PlainTail


class Tail(App[None]):
    def __init__(self, tokens: int, rate: int) -> None:
        super().__init__()
        self.text = f"Firstword {prose(tokens)} Lastword"
        self.rate = rate * 4
        self.sent = 0
        self.pane = PlainTail()

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_mount(self) -> None:
        self.began = time.monotonic()
        self.clock = self.set_interval(1 / FRAMES_A_SECOND, self.frame)

    def frame(self) -> None:
        due = int((time.monotonic() - self.began) * self.rate)
        self.pane.say(self.text[self.sent : due])
        self.sent = due
        if due >= len(self.text):
            self.clock.stop()


if __name__ == "__main__":
    Tail(int(sys.argv[1]), int(sys.argv[2])).run()
