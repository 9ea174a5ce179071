"""What an agent's tools may do without asking."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePolicy:
    """Where a role has a policy of its own: `own` from a person's settings, `at_most` from the file of the role."""

    role: str
    own: Policy | None = None
    at_most: Policy | None = None


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


def policy_for(run: Policy, role: RolePolicy | None) -> Policy:
    """The settings may set another policy for a role, and its file only a stricter one; a run that only reads only reads."""
    if role is None or run is Policy.READ_ONLY:
        return run
    order = list(Policy)  # the strictest first
    return min(role.own or run, role.at_most or Policy.AUTO, key=order.index)


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
