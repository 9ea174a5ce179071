"""Facts of a run as a whole: begun, taken up again, held, and by which policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.policy import Containment, Policy, RolePolicy
from hephaestus_tui.domain.task import RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """`containment` is what the machine that runs it was found to have; a journal without it had no sandbox.

    `role_policies` are those of roles that have one of their own.
    """

    KIND: ClassVar[str] = "run.started"
    run_id: RunId
    goal: str
    project: str
    model: str
    policy: Policy
    roles: tuple[str, ...]
    containment: Containment = Containment.NONE
    role_policies: tuple[RolePolicy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResumed:
    """A process took the run up again; every agent that was at work is interrupted."""

    KIND: ClassVar[str] = "run.resumed"
    model: str
    policy: Policy
    roles: tuple[str, ...]
    containment: Containment = Containment.NONE
    role_policies: tuple[RolePolicy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPaused:
    """`limit` says which limit of the whole run was reached, in journals from before there were budgets; else None."""

    KIND: ClassVar[str] = "run.paused"
    actor: Actor
    limit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunUnpaused:
    KIND: ClassVar[str] = "run.unpaused"
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged:
    KIND: ClassVar[str] = "run.policy_changed"
    policy: Policy
    actor: Actor


RunFact: TypeAlias = RunStarted | RunResumed | RunPaused | RunUnpaused | PolicyChanged
