"""What follows from accepting a proposal; without it a person decides on one task and not on what it does to the others."""

from __future__ import annotations

from dataclasses import dataclass

from hephaestus_tui.domain.estimate import Estimate, estimate
from hephaestus_tui.domain.merging import followers
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """`open_blockers` must complete before it may start; `waiting` wait for it directly, `in_all` also those behind them.

    `frees` are those of `waiting` that wait for nothing else. `chain_before` and `chain_after` are the length, in tasks,
    of the longest chain of unfinished work, which no number of agents can shorten; a proposal that an accepted task waits
    for belongs to it already.
    """

    depth: int
    open_blockers: tuple[TaskId, ...]
    waiting: tuple[TaskId, ...]
    in_all: int
    frees: tuple[TaskId, ...]
    chain_before: int
    chain_after: int
    estimate: Estimate | None


def consequence(state: RunState, task_id: TaskId) -> Consequence:
    """Of accepting an open proposal as it stands. Takes as long as the unfinished part of the graph is large."""
    proposal = state.proposals[task_id]
    waiting = followers(state, task_id)
    chains = _Chains(state)
    before = max((chains.length(t.id) for t in state.tasks.values() if not t.status.ended), default=0)
    return Consequence(
        depth=proposal.origin.depth,
        open_blockers=tuple(b for b in state.blockers[task_id] if not _is_completed(state, b)),
        waiting=waiting,
        in_all=len(_all_waiting_for(state, task_id)),
        frees=tuple(w for w in waiting if all(b == task_id or _is_completed(state, b) for b in state.blockers[w])),
        chain_before=before,
        chain_after=max(before, chains.length(task_id)),
        estimate=estimate(state, proposal.draft),
    )


def _all_waiting_for(state: RunState, task_id: TaskId) -> set[TaskId]:
    found: set[TaskId] = set()
    stack = [task_id]
    while stack:
        new = [w for w in followers(state, stack.pop()) if w not in found]
        found.update(new)
        stack += new
    return found


def _is_completed(state: RunState, task_id: TaskId) -> bool:
    task = state.tasks.get(task_id)
    return task is not None and task.status is TaskStatus.COMPLETED


def _is_unfinished(state: RunState, task_id: TaskId) -> bool:
    task = state.tasks.get(task_id)
    return task_id in state.proposals or (task is not None and not task.status.ended)


class _Chains:
    """The length of the longest chain of unfinished work that ends with a task, remembered for all it was asked of."""

    def __init__(self, state: RunState) -> None:
        self._state = state
        self._length: dict[TaskId, int] = {}

    def length(self, task_id: TaskId) -> int:
        known = self._length
        stack = [task_id]
        while stack:
            here = stack[-1]
            if here in known:
                stack.pop()
                continue
            blockers = [b for b in self._state.blockers[here] if _is_unfinished(self._state, b)]
            unknown = [b for b in blockers if b not in known]
            if unknown:
                stack += unknown
            else:
                known[here] = 1 + max((known[b] for b in blockers), default=0)
                stack.pop()
        return known[task_id]
