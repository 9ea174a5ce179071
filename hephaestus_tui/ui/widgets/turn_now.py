"""The turn that an agent is in: what it says before there is a message of it, and what it waits for.

A flicker's or fact's `turn` is the ordinal of the assistant message that the turn becomes.
"""

from __future__ import annotations

from hephaestus_tui.domain import events as e
from hephaestus_tui.ui.widgets.blocks import Block, Summing, Unfinished, Waiting
from hephaestus_tui.ui.widgets.live_turn import LiveTurn


class TurnNow:
    """`unfinished` is text of a turn whose end nobody saw. Flickers may be older than the facts of their frame."""

    def __init__(self) -> None:
        self.unfinished = ""
        self._last_turn = -1
        self._cut_turn = -1
        self._voided = 0  # tries of the cut turn whose flickers are still to come in this frame
        self._live: LiveTurn | None = None
        self._waiting: Waiting | Summing | None = None

    def blocks(self) -> list[Block]:
        shown: list[Block] = []
        if self._live:
            shown += self._live.blocks()
        elif self.unfinished.strip():
            shown.append(Unfinished(self.unfinished))
        return [*shown, self._waiting] if self._waiting else shown

    def become(self, turn: int) -> None:
        """There is a message of it."""
        self._end(turn)
        self._last_turn = turn

    def cut(self, turn: int) -> None:
        seen = self.unfinished or (self._live and self._live.turn == turn)
        self._voided += 0 if seen else 1
        self._cut_turn = turn
        self._end(turn)

    def wait_no_more(self) -> None:
        self._waiting = None

    def stop(self) -> None:
        """Nobody is at work any more."""
        if self._live:
            self.unfinished = self._live.said
        self._live = self._waiting = None

    def end_frame(self) -> None:
        """All flickers of the frame have been taken."""
        self._voided = 0

    def take(self, flicker: e.Flicker) -> None:
        match flicker:
            case e.TurnBegan(turn=turn) if turn > self._last_turn:
                self._begin(turn)
            case e.TextStreamed(turn=turn, channel=channel, text=text) if self._may_stream(turn):
                self._streaming(turn).say(channel, text)
            case e.CallStreamed(turn=turn, index=index, name=name, size=size) if self._may_stream(turn):
                self._streaming(turn).write_call(index, name, size)
            case e.ProviderWaiting(reason=reason, seconds=seconds):
                self._waiting = Waiting(reason, seconds) if seconds > 0 else None
            case e.SummaryBegan():
                self._waiting = Summing()
            case _:
                pass

    def _end(self, turn: int) -> None:
        if self._live and self._live.turn <= turn:
            self._live = None
        self._waiting = None
        self.unfinished = ""

    def _begin(self, turn: int) -> None:
        if turn == self._cut_turn and self._voided:
            self._voided -= 1
            return
        self._live, self.unfinished, self._waiting = LiveTurn(turn), "", None
        self._cut_turn = -1

    def _may_stream(self, turn: int) -> bool:
        return turn > self._last_turn and turn != self._cut_turn

    def _streaming(self, turn: int) -> LiveTurn:
        self._waiting = None
        if self._live is None or self._live.turn != turn:
            self._live = LiveTurn(turn)
            if self.unfinished:
                self._live.say(e.Channel.TEXT, self.unfinished)
        self.unfinished = ""
        return self._live
