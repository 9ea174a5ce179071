"""A story that is told event by event and can be read as a transcript afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.style import Style

from hephaestus_tui.domain.events import (
    Fact,
    Flicker,
    MessageAdded,
    ModelSwitched,
    Recorded,
    ToolStarted,
    TurnBegan,
    TurnCut,
)
from hephaestus_tui.domain.message import Message, Part, Speaker, ToolResultPart
from hephaestus_tui.session import Transcript
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.look import Look


class Story:
    """Facts of one task, numbered as the engine numbers them: a turn is the ordinal of the message it becomes."""

    def __init__(self, task_id: str = "T1") -> None:
        self.task_id = task_id
        self.events: list[Recorded | Flicker] = []
        self.messages: list[Message] = []
        self.cuts: list[TurnCut] = []
        self.switches: list[tuple[int, ModelSwitched]] = []
        self.open: dict[str, ToolStarted] = {}
        self.now = 1_000.0

    @property
    def next(self) -> int:
        return len(self.messages)

    def record(self, fact: Fact) -> None:
        self.events.append(Recorded(len(self.events) + 1, self.now, fact))

    def flicker(self, flicker: Flicker) -> None:
        self.events.append(flicker)

    def say(self, speaker: Speaker, *parts: Part, took: float = 1.0) -> None:
        self.now += took
        message = Message(ordinal=self.next, speaker=speaker, parts=parts, at=self.now)
        self.messages.append(message)
        self.record(MessageAdded(task_id=self.task_id, message=message))

    def begin(self, attempt: int = 1) -> None:
        self.flicker(TurnBegan(self.task_id, self.next, attempt))

    def cut(self, text: str, reason: str = "the stream ended early") -> None:
        cut = TurnCut(task_id=self.task_id, turn=self.next, text=text, reason=reason)
        self.cuts.append(cut)
        self.record(cut)

    def switch(self, model: str, *, fallback: bool = True) -> None:
        fact = ModelSwitched(
            task_id=self.task_id, turn=self.next, before="a:first", model=model, reason="it answered 401", fallback=fallback
        )  # fmt: skip
        self.switches.append((len(self.cuts), fact))
        self.record(fact)

    def start(self, turn: int, index: int, call_id: str) -> None:
        started = ToolStarted(task_id=self.task_id, turn=turn, index=index, call_id=call_id, name="run_command")
        self.open[call_id] = started
        self.record(started)

    def answer(self, call_id: str, content: str, *, is_error: bool = False) -> None:
        self.open.pop(call_id, None)
        self.say(Speaker.TOOL, ToolResultPart(call_id, content, is_error))

    def transcript(self, unfinished: str = "") -> Transcript:
        return Transcript(
            task_id=self.task_id,
            seq=len(self.events),
            messages=tuple(self.messages),
            cuts=tuple(self.cuts),
            switches=tuple(self.switches),
            unfinished=unfinished,
            unanswered=tuple(self.open.values()),
        )


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture(scope="session")
def new_story() -> Callable[[], Story]:
    return Story


@pytest.fixture(scope="session")
def look() -> Look:
    return Look(UNICODE, base=Style.parse("white on black"), muted=Style.parse("grey50"))


@pytest.fixture(scope="session")
def canvas(look: Look) -> Canvas:
    return Canvas(60, look)
