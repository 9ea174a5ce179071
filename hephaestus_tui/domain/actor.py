"""Who does what stands in the record: apart from the rest of the gate, since the first screen needs a name already."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    HUMAN = "human"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decided: a person's name, or the id of a rule that a person switched on."""

    kind: ActorKind
    name: str

    def __str__(self) -> str:
        return self.name if self.kind is ActorKind.HUMAN else f"rule {self.name}"
