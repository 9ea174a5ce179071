"""Stopping tasks and beginning them again, worked out from the state alone: who is reached, and who is not and why."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hephaestus_tui.domain.commands import Restart, Stop
from hephaestus_tui.domain.events import AgentSteered, Fact, TaskCancelled, TaskRetried
from hephaestus_tui.domain.reach import may_begin_again, within
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.engine.holding import left_at_the_gate, tally_of
from hephaestus_tui.engine.tally import Tally
from hephaestus_tui.engine.words import check_words

NOTHING_KEPT: Mapping[TaskId, str] = MappingProxyType({})


def stop_reason(order: Stop) -> str:
    return order.reason.strip() or f"stopped by {order.actor}"


def restart_reason(order: Restart) -> str:
    return f"restarted by {order.actor}"


def stop(state: RunState, order: Stop, kept: Mapping[TaskId, str] = NOTHING_KEPT) -> Tally:
    """`kept` says where the work of each is kept. Raises UnknownTask, CommandRefused."""
    tally = tally_of(state, order.reach)
    reached = within(state, order.reach)
    for task_id in reached:
        task = state.tasks.get(task_id)
        if task is None:
            continue
        if task.status.ended:
            tally.missed(task_id, f"had ended already ({task.status})")
            continue
        reason = "; ".join(words for words in (stop_reason(order), kept.get(task_id, "")) if words)
        fact = TaskCancelled(task_id=task_id, reason=reason, actor=order.actor)
        begun = task.status is TaskStatus.IN_PROGRESS
        tally.reached("stopped:" if begun else "stopped before the start:", task_id, fact)
    tally.check("stop")
    left_at_the_gate(state, reached, tally)
    return tally


def restart(state: RunState, order: Restart, begins: Mapping[TaskId, int]) -> Tally:
    """`begins` is where the new conversation of each begins, for a fresh one. Raises UnknownTask, CommandRefused."""
    if order.note.strip():
        check_words(order.note)
    tally = tally_of(state, order.reach)
    reached = within(state, order.reach)
    for task_id in reached:
        task = state.tasks.get(task_id)
        if task is None:
            continue
        if not may_begin_again(state, order.reach, task_id):
            completed = task.status is TaskStatus.COMPLETED
            tally.missed(task_id, "is completed" if completed else f"has not started ({task.status})")
            continue
        at_work = task.status is TaskStatus.IN_PROGRESS
        facts: list[Fact] = []
        if at_work:
            facts.append(TaskCancelled(task_id=task_id, reason=restart_reason(order), actor=order.actor))
        given_up = "its work was given up" if state.is_discarded(task_id) else "no reason given"
        ended = "it found faults" if task.found_faults else f"{task.status}: {task.reason or given_up}"
        was = restart_reason(order) if at_work else ended
        begin = begins.get(task_id) if order.fresh else None
        facts.append(TaskRetried(task_id=task_id, actor=order.actor, was=was, begins=begin))
        if order.note.strip():
            facts.append(AgentSteered(task_id=task_id, text=order.note, actor=order.actor))
        tally.reached("stopped, and in the queue again:" if at_work else "in the queue again:", task_id, *facts)
    tally.check("restart")
    left_at_the_gate(state, reached, tally)
    return tally
