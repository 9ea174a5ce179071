"""Facts of criteria that were checked; without them a claim could not be told from what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.task import Evidence, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStarted:
    """The engine is about to run the command of a criterion, which the call `index` of message `turn` claims to be met.

    `number` counts the criteria from 1. A check that the end of the process cut is run again: it is repeatable by its
    nature.
    """

    KIND: ClassVar[str] = "check.started"
    task_id: TaskId
    turn: int
    index: int
    number: int
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaUnmet:
    """A task was not completed: `missing` are criteria without evidence, and of `evidence` some does not hold.

    `round` counts the tries since a human last spoke, from 1. `asks`: this time it is put to a human, and the agent stands
    still.
    """

    KIND: ClassVar[str] = "criteria.unmet"
    task_id: TaskId
    turn: int
    index: int
    round: int
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...] = ()
    asks: bool = False


CriteriaFact: TypeAlias = CheckStarted | CriteriaUnmet
