"""Why a task has not started, and what would let it: what it waits for, or who holds it."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.folds.steps import is_done
from hephaestus_tui.domain.spending import budget_words, held_by
from hephaestus_tui.domain.task import Task, TaskId
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_keys import Keys, key_row
from hephaestus_tui.ui.widgets.detail_panel import waits_for_you
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of, on_panel
from hephaestus_tui.ui.widgets.task_words import Reading

JUST_NOW = 10.0  # seconds


class Unbegun:
    """`now` is Unix time in seconds."""

    def __init__(self, reading: Reading, now: float, keys: Keys) -> None:
        self.reading, self.now, self.keys = reading, now, keys
        self.state = reading.state

    def lines(self, task: Task) -> Iterator[Line]:
        dead = self.reading.culprits(task.id)
        open_blockers = [b for b in self.state.blockers[task.id] if not is_done(self.state, b)]
        if dead:
            yield from on_panel(self._never(open_blockers, dead))
        elif open_blockers:
            yield line_of("blocked by ", *self.reading.named_spans(open_blockers))
        else:
            yield line_of(self._ready(task))
        if held := self.state.on_hold.get(task.id):
            yield line_of(f"held by {line(str(held.actor))}: not to start")
            yield key_row((self.keys.pause, "let it go"))
        if self.state.undoable(task.id):
            yield key_row((self.keys.undo, "take the decision back"))

    def _never(self, open_blockers: list[TaskId], dead: tuple[TaskId, ...]) -> Iterator[Line]:
        asks = any(self.reading.stranded(culprit) for culprit in dead)
        yield waits_for_you("CAN NEVER START", "bad") if asks else line_of(Span("CAN NEVER START", "strong bad"))
        yield line_of("It is blocked by ", *self.reading.named_spans(open_blockers), ".")
        yield line_of("Will not complete: ", *self.reading.named_spans(dead), ".")
        if not asks:
            yield line_of(Span("It is left waiting, as you chose.", "muted"))
        yield key_row((self.keys.settle, "choose what becomes of it"), (self.keys.stop, "stop"))

    def _ready(self, task: Task) -> str:
        if task.id in self.state.on_hold:
            return "ready"
        if reached := held_by(self.state, task.id):
            return line(f"ready; {budget_words(reached)}")
        if self.state.paused:
            return "ready; the run is paused"
        if task.origin.task_id and self.state.undoable(task.id) and self.now - task.created_at < JUST_NOW:
            return "accepted just now: it starts in a moment, unless the decision is taken back"
        return "ready: starts when an agent is free"
