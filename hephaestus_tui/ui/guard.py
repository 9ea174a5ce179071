"""Keeps a key that was meant for something else from deciding what has only just appeared under it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.applies import question_of
from hephaestus_tui.ui.hold import HOLD_SECONDS, Hold

__all__ = ["HOLD_SECONDS", "Guard", "Hold", "Target", "target_of"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a deciding key would act upon, as it stands on the screen."""

    task_id: TaskId | None = None
    version: int | None = None
    question_id: str | None = None


def target_of(state: RunState, task_id: TaskId | None) -> Target:
    proposal = state.proposals.get(task_id) if task_id else None
    question = question_of(state, task_id)
    return Target(task_id, proposal.version if proposal else None, question.id if question else None)


class Guard:
    """Deciding keys are dead for 400 ms after the target changed, whoever changed it: nobody reads faster than that."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.shown = Target()
        self._clock = clock
        self._open_at = 0.0

    def show(self, target: Target, *, covered: bool = False) -> None:
        """Note what is on the screen now; `covered`: under another one, so that nobody can read it before `uncover`."""
        if target != self.shown:
            self.shown = target
            self._open_at = math.inf if covered else self._clock() + HOLD_SECONDS

    def uncover(self) -> None:
        """Note that nothing lies over it any more."""
        if self._open_at == math.inf:
            self._open_at = self._clock() + HOLD_SECONDS

    def choose(self) -> None:
        """Note that a person has chosen by hand what is shown, where they could read it: it did not come by itself."""
        self._open_at = self._clock()

    @property
    def open(self) -> bool:
        return self._clock() >= self._open_at
