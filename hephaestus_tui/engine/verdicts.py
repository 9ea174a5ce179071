"""What a validation may say of the work that it checked; without it a fault could be found and lead to nothing."""

from __future__ import annotations

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Finding, Phase, TaskId
from hephaestus_tui.tools.base import Completion


def verdict_fault(state: RunState, task_id: TaskId, completion: Completion) -> str:
    """Why a task cannot be completed with this verdict, and what to do; empty where it can."""
    phase = state.tasks[task_id].draft.phase
    if completion.finding is not None and phase is not Phase.VALIDATION:
        return f"The task is not completed: only a validation has a verdict, and {task_id} is {phase}. Leave it out."
    if completion.finding is not Finding.FAILED or completion.no_task_because:
        return ""
    drafts = (state.draft(child) for child in state.children(task_id))
    if any(draft is not None and draft.phase is Phase.BUILDING for draft in drafts):
        return ""
    return (
        "The task is not completed: the verdict is `failed`, and you have proposed no building task for it. Call "
        "spawn_building_task for each fault, with blocks_task_ids for what must wait for it, or say in no_task_because "
        "why none is needed. Then complete your task."
    )
