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


class Containment(StrEnum):
    """What holds the commands of a run: nothing, a sandbox, or nothing that was thought necessary.

    TRUSTED is the demo alone, where no sandbox works: its commands are written beforehand, for a project made for it.
    """

    NONE = "none"
    SANDBOX = "sandbox"
    TRUSTED = "trusted"


class Leave(StrEnum):
    ALLOWED = "allowed"
    ASKED = "asked"
    REFUSED = "refused"


def leave(policy: Policy, effect: Effect, containment: Containment) -> Leave:
    """Whether a tool with this effect goes ahead, asks a human first, or is refused.

    A command that nothing holds is never run unasked, whatever the policy.
    """
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
            unheld = effect is Effect.RUN and containment is Containment.NONE
            return Leave.ASKED if unheld else Leave.ALLOWED
        case _:
            assert_never(policy)
