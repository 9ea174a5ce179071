"""Facts of which model answers: what a human chose while the run went on, and who took whose place, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.task import TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChosen:
    """From the next turn on; `task_id` is None for all tasks, and an empty `model` leaves it to the settings again."""

    KIND: ClassVar[str] = "model.chosen"
    model: str
    actor: Actor
    task_id: TaskId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSwitched:
    """The turn that becomes message `turn` is taken by another model, and those after it. `fallback` says that `before` was
    given up, for `reason`; otherwise it is another first choice."""

    KIND: ClassVar[str] = "model.switched"
    task_id: TaskId
    turn: int
    before: str
    model: str
    reason: str
    fallback: bool


ModelFact: TypeAlias = ModelChosen | ModelSwitched
