"""What a human says to an agent, and when it is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.domain.decision import Actor


class When(StrEnum):
    """`NOW`: before its next model call. `QUEUED`: when it would complete its task, or ends a turn without a call.
    `INTERRUPTING`: what it is at is cut off, and it reads this next."""

    NOW = "now"
    QUEUED = "queued"
    INTERRUPTING = "interrupting"


@dataclass(frozen=True, slots=True)
class Word:
    """`number` names it in its run: the `seq` of the fact that brought it. `said` is the end of what it cut off."""

    number: int
    at: float
    text: str
    actor: Actor
    when: When = When.NOW
    said: str = ""
