"""Where one can go from a task along its edges, and the way back: pure, so that the pane only moves the cursor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain, islice

from hephaestus_tui.domain.folds.steps import is_done
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import Mark
from hephaestus_tui.ui.widgets.dag_words import Row

_KEPT = 200

# what a jump looks for, and how a note calls it
FAILED = (Mark.FAILED, Mark.DEAD)
RUNNING = (Mark.RUNNING,)
REVIEW = (Mark.TO_MERGE,)


def blockers_of(state: RunState, task_id: TaskId) -> list[TaskId]:
    """What it waits for, first those that are not completed."""
    return sorted(state.blockers.get(task_id, ()), key=lambda blocker: is_done(state, blocker))


def waiters_of(state: RunState, task_id: TaskId) -> list[TaskId]:
    """What waits for it, in order of arrival."""
    return [waiter for waiter, blockers in state.blockers.items() if task_id in blockers]


def parent_of(state: RunState, task_id: TaskId) -> TaskId | None:
    """The task in whose transcript it was proposed."""
    if task := state.tasks.get(task_id):
        return task.origin.task_id
    proposal = state.proposals.get(task_id) or state.rejected.get(task_id)
    return proposal.origin.task_id if proposal else None


def next_with(rows: Sequence[Row], marks: Collection[Mark], after: int) -> TaskId | None:
    """The first row below `after` with one of these marks, going round at the end."""
    begin = min(after + 1, len(rows))
    below_then_above = chain(islice(rows, begin, None), islice(rows, begin))
    return next((row.task_id for row in below_then_above if row.mark in marks), None)


class Round:
    """Goes round several targets of one task: a key that is pressed again goes to the next of them.

    From a single target it goes on from there instead, so that a chain is walked by one key.
    """

    def __init__(self) -> None:
        self._start: TaskId | None = None
        self._kind = ""
        self._targets: Sequence[TaskId] = ()
        self._place = 0

    def start(self, kind: str, here: TaskId) -> TaskId:
        """The task whose targets are meant by a key pressed on `here`."""
        on = self._kind == kind and len(self._targets) > 1 and self._targets[self._place] == here
        return self._start if on and self._start else here

    def next(self, kind: str, start: TaskId, targets: Sequence[TaskId], by: int) -> TaskId:
        """One of `targets`, which are not none: the first of them, or that after the one given last."""
        again = (self._kind, self._start) == (kind, start) and list(self._targets) == list(targets)
        self._place = (self._place + by) % len(targets) if again else 0
        self._kind, self._start, self._targets = kind, start, targets
        return targets[self._place]

    @property
    def told(self) -> str:
        """Which of how many; empty for a single one."""
        if len(self._targets) < 2:
            return ""
        return f"{self._kind} {self._place + 1} of {len(self._targets)} of {self._start}"


class Trail:
    """The tasks that were jumped from, to go back to, and those that were gone back from."""

    def __init__(self) -> None:
        self._back: list[TaskId] = []
        self._forward: list[TaskId] = []

    def leave(self, here: TaskId) -> None:
        """A jump begins here."""
        if not self._back or self._back[-1] != here:
            self._back.append(here)
            del self._back[:-_KEPT]
        self._forward.clear()

    def back(self, here: TaskId) -> TaskId | None:
        return self._step(here, self._back, self._forward)

    def forward(self, here: TaskId) -> TaskId | None:
        return self._step(here, self._forward, self._back)

    @staticmethod
    def _step(here: TaskId, source: list[TaskId], other: list[TaskId]) -> TaskId | None:
        while source:
            found = source.pop()
            if found != here:
                other.append(here)
                return found
        return None
