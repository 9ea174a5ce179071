"""Whom an item of the inbox holds up: without it nobody would know which answer lets the most go on."""

from __future__ import annotations

from hephaestus_tui.domain.attention_item import Attention, AttentionKind
from hephaestus_tui.domain.state import RunState, number
from hephaestus_tui.domain.task import TaskId


def holds(state: RunState, item: Attention, most: int | None = None) -> tuple[TaskId, ...]:
    """The tasks and proposals that wait for it, directly or not, and could still begin, by their number.

    With `most` no more than so many, the nearest; how many there are, `holds_up` says.
    """
    if item.kind is AttentionKind.BUDGET:
        return (item.task_id, *item.concerned)[:most]
    found: dict[TaskId, None] = {}
    near = [] if item.kind is AttentionKind.BOUND else [item.task_id]
    held: list[TaskId] = []
    while near and (most is None or len(held) < most):
        fresh = dict.fromkeys(t for here in near for t in _direct(state, here) if t not in found)
        found |= fresh
        near = list(fresh)
        held += [task_id for task_id in near if not is_over(state, task_id)]
    return tuple(sorted(held[:most], key=number))


def _direct(state: RunState, task_id: TaskId) -> list[TaskId]:
    """Who waits for a task now: in the state stands also who once did."""
    return [waiter for waiter in state.waiters.get(task_id, ()) if task_id in state.blockers[waiter]]


def is_over(state: RunState, task_id: TaskId) -> bool:
    task = state.tasks.get(task_id)
    return task.status.ended if task else task_id in state.rejected


class HeldUp:
    """Counts what waits for a task, directly or not, and could still begin.

    Each set of waiting tasks is the bits of an int: much waits for many, and a chain of sets would take its square.
    """

    def __init__(self, state: RunState) -> None:
        self._state = state
        self._bits: dict[TaskId, int] = {}
        self._below: dict[TaskId, int] = {}

    def __call__(self, task_id: TaskId) -> int:
        stack = [task_id]
        while stack:
            here = stack[-1]
            waiting = _direct(self._state, here)
            if unknown := [t for t in waiting if t not in self._below]:
                stack += unknown
                continue
            below = 0
            for waiter in waiting:
                below |= self._bit(waiter) | self._below[waiter]
            self._below[stack.pop()] = below
        return self._below[task_id].bit_count()

    def _bit(self, task_id: TaskId) -> int:
        if task_id not in self._bits:
            self._bits[task_id] = 0 if is_over(self._state, task_id) else 1 << len(self._bits)
        return self._bits[task_id]
