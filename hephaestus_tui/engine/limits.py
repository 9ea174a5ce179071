"""What an agent may spend before it is ended, and a run before it is held: looked at before each model call."""

from __future__ import annotations

from hephaestus_tui.config import Limits
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.events import RunPaused, TaskFailed
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId


def limit_reached(state: RunState, limits: Limits, task_id: TaskId, worked: float) -> TaskFailed | RunPaused | None:
    """The task's own limits end it; the run's limit holds every agent until a human lets the run go on.

    `worked` is in seconds.
    """
    if run := run_limit_reached(state, limits):
        return run
    spent = state.usage_by_task.get(task_id, Usage()).total
    reached = {
        "turns": (state.agents[task_id].turns, limits.turns),
        "tokens": (spent, limits.tokens),
        "seconds": (worked, limits.seconds),
    }
    for name, (used, limit) in reached.items():
        if limit and used >= limit:
            reason = f"reached its limit of {limit:,.0f} {name}; raise limits.{name} in the settings, then retry it"
            return TaskFailed(task_id=task_id, reason=reason, limit=name)
    return None


def run_limit_reached(state: RunState, limits: Limits) -> RunPaused | None:
    if limits.run_tokens and state.usage.total >= limits.run_tokens:
        name = f"limits.run_tokens = {limits.run_tokens:,}"
        return RunPaused(actor=Actor(ActorKind.RULE, "limits.run_tokens"), limit=name)
    return None
