"""Facts of what humans do to agents at work, beyond holding them: steps, words taken back, work that was cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.task import TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStepped:
    """An agent that was held may go on to its next boundary: one turn with its calls, or what is left of one."""

    KIND: ClassVar[str] = "agent.stepped"
    task_id: TaskId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    """It has come there, and is held again as it was before."""

    KIND: ClassVar[str] = "agent.step_taken"
    task_id: TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCutOff:
    """A human cut off what the agent was at: what it asked is void, and it waits for no decision any more."""

    KIND: ClassVar[str] = "agent.cut_off"
    task_id: TaskId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsRevoked:
    """Words that the agent had not read are taken back; `number` is that of `Word`."""

    KIND: ClassVar[str] = "agent.words_revoked"
    task_id: TaskId
    number: int
    actor: Actor


SteeringFact: TypeAlias = AgentStepped | StepTaken | AgentCutOff | WordsRevoked
