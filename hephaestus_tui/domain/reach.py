"""Whom a command is for: one task, a task with all that was spawned below it, or the whole run."""

from __future__ import annotations

from dataclasses import dataclass

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId


@dataclass(frozen=True, slots=True)
class Reach:
    """The whole run where no task is named; `below` takes along what was spawned in its transcript, however deep."""

    task_id: TaskId | None
    below: bool = False

    @property
    def is_one(self) -> bool:
        return self.task_id is not None and not self.below

    def __str__(self) -> str:
        if self.task_id is None:
            return "the run"
        return f"{self.task_id} and all below it" if self.below else self.task_id


WHOLE_RUN = Reach(None)


def only(task_id: TaskId) -> Reach:
    return Reach(task_id)


def with_below(task_id: TaskId) -> Reach:
    return Reach(task_id, below=True)


def within(state: RunState, reach: Reach) -> tuple[TaskId, ...]:
    """The tasks and open proposals that it reaches, in the order in which they were proposed; what was rejected is none."""
    if reach.task_id is None:
        found = set(state.blockers)
    else:
        found = {reach.task_id}
        near = [reach.task_id] if reach.below else []
        while near:
            near = [child for here in near for child in state.children(here) if child not in found]
            found.update(near)
    return tuple(t for t in state.blockers if t in found and (t in state.tasks or t in state.proposals))
