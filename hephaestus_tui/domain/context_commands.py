"""What a human may ask about an agent's context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.task import TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class Compact:
    """Sum up the older part of an agent's conversation before its next turn, though its model could still take it."""

    KIND: ClassVar[str] = "compact"
    task_id: TaskId
    actor: Actor
