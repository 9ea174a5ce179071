"""Why a task or a proposal has ended as it has, and who waits for it in vain: with the keys that choose for them."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Task, TaskId
from hephaestus_tui.ui import words
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_keys import Keys, key_row
from hephaestus_tui.ui.widgets.detail_panel import waits_for_you
from hephaestus_tui.ui.widgets.detail_work import work_panel
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of, on_panel, paragraphs
from hephaestus_tui.ui.widgets.links import DecisionAt
from hephaestus_tui.ui.widgets.task_words import Reading


class Ended:
    """`now` is Unix time in seconds."""

    def __init__(self, reading: Reading, now: float, keys: Keys) -> None:
        self.reading, self.now, self.keys = reading, now, keys
        self.state: RunState = reading.state

    def rejected(self, task_id: TaskId) -> Iterator[Line]:
        decision = self.state.decisions.get(task_id)
        if decision:
            by = line(str(decision.actor))
            reason = line(decision.reason)
            if decision.merged_into:
                yield line_of(f"merged into {decision.merged_into} by {by}", link=decision.merged_into)
            else:
                told = Span(f"rejected by {by}", link=DecisionAt(decision.id))
                yield line_of(told, ": ", Span(reason) if reason else Span("no reason given", "muted"))
            if self.state.undoable(task_id):
                yield key_row((self.keys.undo, "take it back"))
        yield from self._gone(task_id)

    def completed(self, task: Task) -> Iterator[Line]:
        yield from work_panel(self.state, task.id, self.now, self.keys)
        yield from self._gone(task.id)
        if task.ended_at is not None:
            yield line_of(Span(f"completed {words.ago(self.now - task.ended_at)}{_took(task)}", "muted"))
        if task.finding:
            yield from self._verdict(task)

    def failed(self, task: Task) -> Iterator[Line]:
        limit = self.state.failed_limits.get(task.id)
        title = f"FAILED: at its limit of {line(limit)}" if limit else "FAILED"
        reason = paragraphs(task.reason or "no reason given")
        stranded = list(self._stranded(task.id))
        settle = [(self.keys.settle, "choose for them")] if self.reading.stranded(task.id) else []
        keys = key_row((self.keys.retry, "retry"), *settle)
        yield from on_panel([line_of(Span(title, "strong bad")), *reason, *stranded, keys])

    def cancelled(self, task: Task) -> Iterator[Line]:
        yield line_of(Span("cancelled: ", "muted"), line(task.reason or "no reason given"))
        yield key_row((self.keys.retry, "retry"))
        yield from self._gone(task.id)

    def _verdict(self, task: Task) -> Iterator[Line]:
        if not task.found_faults:
            yield line_of(Span("verdict: passed", "success"))
            return
        keys = key_row((self.keys.retry, "validate again"))
        yield from on_panel([line_of(Span("VERDICT: FAILED", "strong bad")), keys, *self._gone(task.id)])

    def _gone(self, task_id: TaskId) -> list[Line]:
        """What waits in vain for what was cancelled or rejected: all of it, with the key that chooses for it."""
        lines = list(self._stranded(task_id))
        if not lines:
            return []
        return on_panel(
            [waits_for_you("BLOCKER GONE", "careful"), *lines, key_row((self.keys.settle, "choose for them"))]
        )

    def _stranded(self, task_id: TaskId) -> Iterator[Line]:
        if waiting := self.reading.stranded(task_id):
            verb = "waits" if len(waiting) == 1 else "wait"
            yield line_of(f"{len(waiting):,} {verb} for it and can never start:")
            yield from self.reading.task_lines(waiting)
        if kept := [t for t in self.reading.followers(task_id) if t not in waiting]:
            yield line_of(Span("left waiting for it, as you chose:", "muted"))
            yield from self.reading.task_lines(kept)


def _took(task: Task) -> str:
    if task.started_at is None or task.ended_at is None:
        return ""
    return f", after {words.duration(task.ended_at - task.started_at)}"
