"""Which tasks a new state tells something new of, as its own mappings have noted it: only a copy is compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hephaestus_tui.domain.noted import Noted
from hephaestus_tui.domain.overlap import overlapping
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId


class Changes:
    """What was seen of a run so far. `shares` are the tasks that change a file which others change too, and those others."""

    def __init__(self) -> None:
        self.shares: dict[TaskId, tuple[TaskId, ...]] = {}
        self._seen: list[tuple[Noted[Any], int]] = [(Noted(), 0) for _ in range(10)]
        self._paused = False
        self._seq = -1

    def since_last(self, state: RunState) -> set[TaskId]:
        """The tasks of which something was set or taken away since the state that was given last."""
        changed: set[TaskId] = set()
        sources: tuple[Noted[Any], ...] = (
            state.tasks, state.proposals, state.rejected, state.agents, state.blockers, state.queries,
            state.works, state.resolving, state.stepping, state.on_hold,
        )  # fmt: skip
        for place, source in enumerate(sources):
            before, changes = self._seen[place]
            if source is not before:
                changed |= _differing(before, source)
                changed.update(before.since(changes))  # what has changed there has not been looked at
            elif source.changes != changes:
                changed.update(source.since(changes))
            self._seen[place] = source, source.changes
        changed |= {state.resolving[task_id].resolves for task_id in changed if task_id in state.resolving}
        changed |= self._take_shares(state)
        if state.paused is not self._paused:  # whoever is at work holds, without a fact of its own
            self._paused = state.paused
            changed |= state.agents.keys()
        return changed

    def _take_shares(self, state: RunState) -> set[TaskId]:
        """The tasks that share files with others than before."""
        if state.seq == self._seq:
            return set()
        self._seq = state.seq
        before, self.shares = self.shares, overlapping(state)
        return {task_id for task_id in {**before, **self.shares} if before.get(task_id) != self.shares.get(task_id)}


def _differing(before: Mapping[TaskId, object], now: Mapping[TaskId, object]) -> set[TaskId]:
    """The keys that came, went, or have another value: of a run that was laid out before it is watched, as good as none."""
    return {key for key, value in now.items() if before.get(key) is not value} | (before.keys() - now.keys())
