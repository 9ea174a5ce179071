"""What a human says about an agent's context: have it compacted before its next turn."""

from __future__ import annotations

from hephaestus_tui.domain.context_commands import Compact
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import CompactionAsked
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.engine.plan import Plan, known_task

LEAST_TURNS = 2


def compact(state: RunState, command: Compact, now: float) -> Plan:
    """Raises UnknownTask, and CommandRefused where there is nothing to compact, or nobody to compact it for."""
    task = known_task(state, command.task_id)
    if task.status.ended:
        raise CommandRefused(f"{task.id} has ended ({task.status}): its conversation is not sent any more.")
    agent = state.agents.get(task.id)
    if agent is None or (agent.turns < LEAST_TURNS and task.attempt <= 1):
        raise CommandRefused(f"The agent of {task.id} has said too little yet: there is nothing to compact.")
    if task.id in state.compaction_asked:
        raise CommandRefused(f"That was asked for already: {task.id} is compacted before its agent's next turn.")
    note = f"{task.id} is compacted before its agent's next turn"
    return Plan((CompactionAsked(task_id=task.id, actor=command.actor),), note, task.id)
