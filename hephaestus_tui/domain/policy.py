"""What an agent's tools may do without asking."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never


class Effect(StrEnum):
    """What a tool does to the world outside the run."""

    NONE = "none"
    WRITE = "write"
    RUN = "run"


class Policy(StrEnum):
    READ_ONLY = "read-only"
    ASK = "ask"
    AUTO_EDIT = "auto-edit"
    AUTO = "auto"


class Leave(StrEnum):
    ALLOWED = "allowed"
    ASKED = "asked"
    REFUSED = "refused"


def leave(policy: Policy, effect: Effect) -> Leave:
    """Whether a tool with this effect goes ahead, asks a human first, or is refused."""
    if effect is Effect.NONE:
        return Leave.ALLOWED
    match policy:
        case Policy.READ_ONLY:
            return Leave.REFUSED
        case Policy.ASK:
            return Leave.ASKED
        case Policy.AUTO_EDIT:
            return Leave.ALLOWED if effect is Effect.WRITE else Leave.ASKED
        case Policy.AUTO:
            return Leave.ALLOWED
        case _:
            assert_never(policy)
