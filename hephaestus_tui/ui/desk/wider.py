"""Which orders would hold, let go or step more than one agent now, and in which words they are offered."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.commands import Pause, Resume, Step
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.reach import WHOLE_RUN, Reach, with_below, within
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.applies import can_let_go, can_pause, can_step, is_resumable
from hephaestus_tui.ui.words import count


def wider(state: RunState, task_id: TaskId | None, actor: Actor) -> Iterator[tuple[Pause | Resume | Step, str]]:
    """For the task with what is below it, where there is more than itself; then for all agents of the run."""
    if task_id is not None and len(within(state, with_below(task_id))) > 1:
        below = with_below(task_id)
        if ids := _who(state, below, "pause"):
            yield Pause(reach=below, actor=actor), f"Pause {task_id} and all below it: {_told(ids)}"
        if ids := _who(state, below, "resume"):
            yield Resume(reach=below, actor=actor), f"Resume {task_id} and all below it: {_told(ids)}"
        if ids := _who(state, below, "step"):
            yield Step(reach=below, actor=actor), f"Step {task_id} and all below it, once: {_told(ids)}"
    if ids := _who(state, WHOLE_RUN, "step"):
        yield Step(reach=WHOLE_RUN, actor=actor), f"Step every agent of the run that is held, once: {_told(ids)}"
    if state.paused:
        yield Resume(reach=WHOLE_RUN, actor=actor), "Resume the run"
    else:
        yield Pause(reach=WHOLE_RUN, actor=actor), "Pause the run"


def _who(state: RunState, reach: Reach, order: str) -> list[TaskId]:
    match order:
        case "pause":
            return [t for t in within(state, reach) if can_pause(state, t) or _may_be_held(state, t)]
        case "resume":
            return [
                t for t in within(state, reach) if can_let_go(state, t) or is_resumable(state, t) or t in state.on_hold
            ]
        case _:
            return [t for t in within(state, reach) if can_step(state, t)]


def _may_be_held(state: RunState, task_id: TaskId) -> bool:
    return task_id in state.proposals and task_id not in state.on_hold


def _told(ids: list[TaskId]) -> str:
    return ", ".join(ids) if len(ids) <= 6 else count(len(ids), "task")
