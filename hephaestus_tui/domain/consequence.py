"""What follows from accepting a proposal; without it a person decides on one task and not on what it does to the others."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from hephaestus_tui.domain.estimate import Estimate, estimate
from hephaestus_tui.domain.graph import Blockers
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus

_ENDED = (TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)


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
    unfinished = {t.id for t in state.tasks.values() if t.status not in _ENDED}
    accepted = list(unfinished)
    unfinished.update(state.proposals)
    chains = _Chains(state.blockers, unfinished)
    before = max(map(chains.length, accepted), default=0)
    waiting = _waiting_for(state, task_id, unfinished)
    return Consequence(
        depth=proposal.origin.depth,
        open_blockers=tuple(b for b in state.blockers[task_id] if not _is_completed(state, b)),
        waiting=waiting,
        in_all=len(_all_waiting_for(state, task_id, unfinished)),
        frees=tuple(w for w in waiting if all(b == task_id or _is_completed(state, b) for b in state.blockers[w])),
        chain_before=before,
        chain_after=max(before, chains.length(task_id)),
        estimate=estimate(state, proposal.draft),
    )


def _waiting_for(state: RunState, task_id: TaskId, unfinished: Set[TaskId]) -> tuple[TaskId, ...]:
    """Those that wait for it directly; what was a blocker once may be one no longer."""
    blockers = state.blockers
    return tuple(w for w in state.waiters.get(task_id, ()) if w in unfinished and task_id in blockers[w])


def _all_waiting_for(state: RunState, task_id: TaskId, unfinished: Set[TaskId]) -> set[TaskId]:
    found: set[TaskId] = set()
    stack = [task_id]
    while stack:
        new = [w for w in _waiting_for(state, stack.pop(), unfinished) if w not in found]
        found.update(new)
        stack += new
    return found


def _is_completed(state: RunState, task_id: TaskId) -> bool:
    task = state.tasks.get(task_id)
    return task is not None and task.lets_go


class _Chains:
    """The length of the longest chain of unfinished work that ends with a task, remembered for all it was asked of."""

    def __init__(self, blockers: Blockers, unfinished: Set[TaskId]) -> None:
        self._blockers, self._unfinished = blockers, unfinished
        self._length: dict[TaskId, int] = {}

    def length(self, task_id: TaskId) -> int:
        known, unfinished = self._length, self._unfinished
        stack = [task_id]
        while stack:
            here = stack[-1]
            longest = 0
            for blocker in self._blockers[here]:
                if blocker not in unfinished:
                    continue
                if (length := known.get(blocker)) is None:
                    stack.append(blocker)
                elif length > longest:
                    longest = length
            if stack[-1] == here:
                known[here] = longest + 1
                stack.pop()
        return known[task_id]
