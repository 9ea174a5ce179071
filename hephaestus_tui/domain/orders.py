"""What a human orders of agents at work: hold, step, go on, stop, begin again, and words for them to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.reach import Reach
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.words import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Hold agents at their next boundary between turns and tools, and keep what has not begun from beginning."""

    KIND: ClassVar[str] = "pause"
    reach: Reach
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Let what is paused, interrupted or stalled go on.

    For the whole run: what was interrupted or stalled, and the run; an agent that was paused by itself stays so.
    """

    KIND: ClassVar[str] = "resume"
    reach: Reach
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Let held agents go on to their next boundary: one turn with its calls; then they are held as before."""

    KIND: ClassVar[str] = "step"
    reach: Reach
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """End tasks now: streams are closed, commands killed, what was said and done is kept. Proposals stay at the gate."""

    KIND: ClassVar[str] = "stop"
    reach: Reach
    actor: Actor
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """Begin a new attempt of what has failed, was stopped, stands still or is at work (that is stopped first).

    The conversation goes on, and the agent reads `note` first; `fresh` begins a new one with the brief, the note and
    what was tried. The old one stays stored and shown.
    """

    KIND: ClassVar[str] = "restart"
    reach: Reach
    actor: Actor
    note: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Steer:
    """Words for agents at work to read."""

    KIND: ClassVar[str] = "steer"
    reach: Reach
    text: str
    actor: Actor
    when: When = When.NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke:
    """Take words back that the agent has not read; `number` is that of `Word`."""

    KIND: ClassVar[str] = "revoke"
    task_id: TaskId
    number: int
    actor: Actor


Order: TypeAlias = Pause | Resume | Step | Stop | Restart | Steer | Revoke
