"""The tool calls among the blocks of one conversation: what comes of each is shown in the block that it has already."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Message, ToolCallPart, ToolResultPart
from hephaestus_tui.ui.widgets.blocks import Block, Call, CallState

# characters of a running command's output that are kept; the result has them all
OUTPUT_LIMIT = 16_384


class CallBlocks:
    """Changes calls among `blocks` in place, and adds none but a result that nobody asked for."""

    def __init__(self, blocks: list[Block]) -> None:
        self._blocks = blocks
        self._places: dict[tuple[int, int], int] = {}  # (turn, index) → block
        self._open: dict[str, list[int]] = {}  # call_id → blocks without a result
        self._asking: dict[str, int] = {}  # question → block of the call that asks

    def place(self, turn: int, index: int) -> int | None:
        """The block of a call of a finished message."""
        return self._places.get((turn, index))

    def waits_at(self, turn: int, index: int) -> bool:
        """Whether a call of a finished message has no result."""
        place = self.place(turn, index)
        call = None if place is None else self._blocks[place]
        return isinstance(call, Call) and call.state not in (CallState.DONE, CallState.FAILED)

    def waits_for(self, call_id: str) -> bool:
        """Whether there is a call of this id without a result."""
        return bool(self._open.get(call_id))

    def asks(self, question_id: str) -> bool:
        return question_id in self._asking

    def take(self, message: Message, first: int) -> None:
        """Know the calls of a message, whose blocks begin at `first`."""
        places = (i for i in range(first, len(self._blocks)) if isinstance(self._blocks[i], Call))
        parts = (p for p in message.parts if isinstance(p, ToolCallPart))
        for index, (part, place) in enumerate(zip(parts, places, strict=True)):
            self._places[message.ordinal, index] = place
            self._open.setdefault(part.call_id, []).append(place)

    def result(self, part: ToolResultPart, took: float | None) -> None:
        places = self._open.get(part.call_id)
        state = CallState.FAILED if part.is_error else CallState.DONE
        if not places:
            self._blocks.append(Call(part.call_id, state=state, result=part.content, took=took))
            return
        self._change(places.pop(0), state=state, result=part.content, took=took, output="")

    def set_state(self, started: e.ToolStarted, state: CallState) -> None:
        places = self._open.get(started.call_id, ())
        place = self.place(started.turn, started.index)
        if place not in places:
            place = places[-1] if places else None
        if place is not None:
            self._change(place, state=state)

    def ask(self, question: e.Question) -> None:
        place = self.place(question.turn, question.index)
        if place is not None:
            self._asking[question.id] = place
            self._change(place, state=CallState.ASKING)

    def answered(self, question_id: str) -> None:
        place = self._asking.pop(question_id, None)
        call = self._blocks[place] if place is not None else None
        if place is not None and isinstance(call, Call) and call.state is CallState.ASKING:
            self._change(place, state=CallState.PLANNED)

    def output(self, flicker: e.ToolOutput) -> None:
        place = self.place(flicker.turn, flicker.index)
        call = self._blocks[place] if place is not None else None
        if place is None or not isinstance(call, Call) or call.state in (CallState.DONE, CallState.FAILED):
            return
        output = (call.output + flicker.text[-OUTPUT_LIMIT:])[-OUTPUT_LIMIT:]
        self._change(place, state=CallState.RUNNING, output=output)

    def stop(self) -> None:
        """Nobody is at work any more: what runs will have no answer."""
        for places in self._open.values():
            for place in places:
                call = self._blocks[place]
                if isinstance(call, Call) and call.state is CallState.RUNNING:
                    self._change(place, state=CallState.UNANSWERED)

    def _change(self, place: int, **changes: object) -> None:
        call = self._blocks[place]
        if isinstance(call, Call):
            self._blocks[place] = replace(call, **changes)  # type: ignore[arg-type]
