"""The blocks of a turn that is still being said; its text is cut into the paragraphs that the message will have."""

from __future__ import annotations

from hephaestus_tui.domain.events import Channel
from hephaestus_tui.ui.text import TEXT_LIMIT
from hephaestus_tui.ui.widgets.blocks import Block, Call, CallState, Prose, Thought
from hephaestus_tui.ui.widgets.paragraphs import Paragraphs


class LiveTurn:
    """`said` is the text (not the reasoning) of the turn, at most TEXT_LIMIT characters of it."""

    def __init__(self, turn: int) -> None:
        self.turn = turn
        self.said = ""
        self._closed: list[Block] = []
        self._cutter = Paragraphs()
        self._thought = ""
        self._size = 0
        self._calls: dict[int, Call] = {}

    def blocks(self) -> list[Block]:
        open_blocks: list[Block] = []
        if self._thought:
            open_blocks.append(Thought(self._thought, live=True))
        hidden = max(self._size - TEXT_LIMIT, 0)
        if self._cutter.rest.strip("\n") or hidden:
            open_blocks.append(Prose(self._cutter.rest.lstrip("\n"), live=True, hidden=hidden))
        return [*self._closed, *open_blocks, *self._calls.values()]

    def say(self, channel: Channel, text: str) -> None:
        if channel is Channel.REASONING:
            self._close_text()
            self._thought += text[: TEXT_LIMIT - len(self._thought)]
            return
        self._close_thought()
        shown = text[: max(TEXT_LIMIT - self._size, 0)]
        self._size += len(text)
        self.said += shown
        self._closed += map(Prose, self._cutter.feed(shown))

    def write_call(self, index: int, name: str, size: int) -> None:
        self._close_thought()
        self._close_text()
        self._calls[index] = Call(name, state=CallState.WRITING, size=size)

    def _close_thought(self) -> None:
        if self._thought.strip():
            self._closed.append(Thought(self._thought))
        self._thought = ""

    def _close_text(self) -> None:
        self._closed += map(Prose, self._cutter.finish())
