"""What agents say to each other and for those who come later: letters, reports of what is in their way, notes."""

from __future__ import annotations

from dataclasses import dataclass

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.task import TaskId

LETTER_LIMIT = 4_000  # characters
NOTE_LIMIT = 2_000
TAGS_LIMIT = 8
TAG_LIMIT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Words of the agent of `sender` to the agents of `to`: data to them, never an order.

    `id` names the call that sent it, so that a call repeated after a crash sends nothing twice; `turn` is that call's.
    """

    id: str
    sender: TaskId
    role: str
    turn: int
    to: tuple[TaskId, ...]
    text: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is in the way of an agent, for a human to answer; with `waits` it stands still until someone does."""

    id: str
    task_id: TaskId
    text: str
    waits: bool
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a human said to a report; no words where it was only noted."""

    words: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An entry of the run's shared memory.

    `task_id` and `role` are those of the agent that wrote it, and `call` names its call; `by` is the human who wrote it
    or changed it last. What is struck stays in the record, and is given to no agent.
    """

    id: str
    text: str
    tags: tuple[str, ...]
    at: float
    task_id: TaskId | None = None
    role: str = ""
    call: str = ""
    by: Actor | None = None
    struck: Actor | None = None


def note_faults(text: str, tags: tuple[str, ...]) -> dict[str, str]:
    """What is wrong with each field of a note, and how to mend it."""
    faults: dict[str, str] = {}
    if not text.strip():
        faults["text"] = "the note is empty: write what others should know"
    elif len(text) > NOTE_LIMIT:
        faults["text"] = f"the note has {len(text):,} characters, {NOTE_LIMIT:,} at most"
    if len(tags) > TAGS_LIMIT:
        faults["tags"] = f"{len(tags)} tags, {TAGS_LIMIT} at most"
    elif any(not tag.strip() or len(tag) > TAG_LIMIT for tag in tags):
        faults["tags"] = f"each tag needs 1 to {TAG_LIMIT} characters"
    return faults
