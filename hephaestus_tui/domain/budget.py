"""What may be spent, and on what: without it nobody could say which purse is empty, or who waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from hephaestus_tui.domain.message import Usage
from hephaestus_tui.domain.task import Phase, TaskId

WARN_AT = 0.8


class Scope(StrEnum):
    RUN = "run"
    PHASE = "phase"
    SUBTREE = "subtree"
    TASK = "task"


class Unit(StrEnum):
    DOLLARS = "dollars"
    TOKENS = "tokens"


@dataclass(frozen=True, slots=True)
class Place:
    """What is paid for: the run, a phase by its name, a task by its id, or one with all that was spawned below it."""

    scope: Scope
    of: str = ""

    def __str__(self) -> str:
        match self.scope:
            case Scope.RUN:
                return "the run"
            case Scope.PHASE:
                return f"the {self.of} phase"
            case Scope.SUBTREE:
                return f"{self.of} and all below it"
            case Scope.TASK:
                return self.of


THE_RUN = Place(Scope.RUN)


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one place may cost, in one unit."""

    place: Place
    unit: Unit

    @property
    def setting(self) -> str:
        """Its name in `[limits]`. The one for the tokens of a task is older than the others."""
        if (self.place.scope, self.unit) == (Scope.TASK, Unit.TOKENS):
            return "tokens"
        return f"{self.place.scope}_{self.unit}"

    def __str__(self) -> str:
        return f"the {self.unit} of {self.place}"


@dataclass(frozen=True, slots=True)
class Spent:
    """`dollars` are what is known to have been spent, `unpriced` the tokens whose price nobody knows."""

    usage: Usage = field(default_factory=Usage)
    dollars: float = 0.0
    unpriced: int = 0

    def plus(self, usage: Usage) -> Spent:
        unpriced = usage.total if usage.cost is None else 0
        return Spent(self.usage + usage, self.dollars + (usage.cost or 0.0), self.unpriced + unpriced)

    def of(self, unit: Unit) -> float:
        return self.dollars if unit is Unit.DOLLARS else self.usage.total


def amount(unit: Unit, value: float) -> str:
    """ "$1.25", "20,000 tokens"."""
    if unit is Unit.TOKENS:
        return f"{value:,.0f} tokens"
    return f"${value:.4f}" if 0 < value < 0.1 else f"${value:,.2f}"


def places(task_id: TaskId, phase: Phase | None, ancestors: Iterator[TaskId]) -> Iterator[Place]:
    """Everything that what a task costs is a part of; `ancestors` are the tasks that it was spawned below."""
    yield THE_RUN
    if phase is not None:
        yield Place(Scope.PHASE, phase)
    for above in ancestors:
        yield Place(Scope.SUBTREE, above)
    yield Place(Scope.SUBTREE, task_id)
    yield Place(Scope.TASK, task_id)
