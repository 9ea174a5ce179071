"""What lies over the run's screen and shows a part of the run: without it a dialog would go on showing what was."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from hephaestus_tui.domain.state import RunState


@runtime_checkable
class FollowsState(Protocol):
    """A screen that is given every new state of the run while it is open, also just before it is mounted.

    The state is the live one, not a copy: read it now, do not change it.
    """

    def refresh_state(self, state: RunState) -> None: ...


@runtime_checkable
class FollowsSpending(Protocol):
    """A screen that is given the state after every fact, also of what is said and spent, of which others hear nothing."""

    def refresh_spent(self, state: RunState) -> None: ...
