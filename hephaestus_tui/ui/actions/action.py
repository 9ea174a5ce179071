"""What the registry knows of one thing that a person can do, and the headings under which the help lists them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.ui.applies import Applies


class Group(StrEnum):
    """The headings of the help screen, in its order."""

    DECIDE = "Decide on what waits"
    MANY = "Decide on many at once"
    RULES = "Have rules decide, and read the record"
    AGENTS = "Hold, steer, end and add tasks"
    RUN = "The whole run"
    LOOK = "Find and read"
    PANES = "Panes"
    APP = "The app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """`rank` orders the footer (low is kept when it is narrow), None keeps it out of it; `decides` guards the key."""

    id: str
    key: str
    label: str
    tooltip: str
    group: Group
    applies: Applies
    rank: int | None = None
    decides: bool = False

    @property
    def acts_on_selected(self) -> bool:
        """Whether it does something to the task under the cursor, which must then be the one that is shown."""
        return self.decides or self.id.startswith("agent.") or self.id in _ON_TASK


# undoing decides too, but what it asks first is guarded: one's own last decision can be taken back at once
_ON_TASK = ("decision.undo", "task.stop", "task.retry", "task.resume", "work.review")
