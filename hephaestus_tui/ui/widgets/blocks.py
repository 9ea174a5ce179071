"""What a transcript consists of, as values that a screen can draw and a test can compare: the blocks.

`Conversation` (conversation.py) makes them of facts and flickers; block_lines.py draws them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from hephaestus_tui.domain.decision import Decision, Query, Undoing
from hephaestus_tui.domain.talk import Letter
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.words import When, Word
from hephaestus_tui.ui.text import TEXT_LIMIT
from hephaestus_tui.ui.widgets.paragraphs import paragraphs


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the agent was given before it began: the system prompt, or the brief of its task."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a person (or the engine in the person's place) said to the agent.

    `by` names the person, `waits` is when an agent that has not read it will; `cut` says that it cut the agent off.
    """

    text: str
    by: str = ""
    waits: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    decision: Decision


@dataclass(frozen=True, slots=True)
class Undone:
    """A decision that the agent had been told of, and that no longer stands."""

    task_id: TaskId
    undoing: Undoing


@dataclass(frozen=True, slots=True)
class Asked:
    """A person's question about a proposal of the agent."""

    query: Query


@dataclass(frozen=True, slots=True)
class Heard:
    """What another agent wrote to this one; `queued` until its next turn. Or its own, `unread_by` one that has ended."""

    letter: Letter
    queued: bool = False
    unread_by: TaskId = ""


@dataclass(frozen=True, slots=True)
class Overlapping:
    """The agent was told that another task changes files that it has changed too."""

    other: TaskId
    title: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thought:
    text: str
    live: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """One paragraph of what the model says, as Markdown; `hidden` counts characters past the limit of a message."""

    text: str
    live: bool = False
    hidden: int = 0


class CallState(StrEnum):
    WRITING = "writing"
    PLANNED = "planned"
    ASKING = "asking"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call. `took` is in seconds, from the message before its result: waiting for a person counts.

    While it is WRITING, `arguments` is empty and `size` the number of characters of them so far; `output` is the
    end of what a running command has said.
    """

    name: str
    arguments: str = ""
    state: CallState = CallState.PLANNED
    result: str = ""
    output: str = ""
    took: float | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """A turn that ended badly: nothing of it ran."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Switched:
    """Another model answers from here on; with `fallback` since the one before it was given up."""

    before: str
    model: str
    reason: str
    fallback: bool


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Text of a turn whose end nobody saw."""

    text: str


@dataclass(frozen=True, slots=True)
class Compacted:
    """From here on the model gets less of what stands above: `head` and `note` (tokens) say how much less, `text` what it gets instead."""

    head: str
    note: str
    text: str


@dataclass(frozen=True, slots=True)
class Summing:
    """The model sums up what it has done; the next turn follows."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The provider will be asked again in `seconds`, as told when the wait began."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Head:
    """Where the words of several agents follow each other: whose come next."""

    task_id: TaskId
    role: str
    title: str


@dataclass(frozen=True, slots=True)
class Talking:
    """An agent that is still talking, as one line; without a task it only says how many more are."""

    task_id: TaskId
    doing: str
    text: str = ""


Block: TypeAlias = (
    Head | Talking | Instructions | Words | Decided | Undone | Asked | Heard | Overlapping | Thought | Prose | Call | Cut | Switched | Unfinished
    | Compacted | Summing | Waiting
)  # fmt: skip


def folds(block: Block) -> bool:
    """Whether a person may fold and unfold it."""
    return isinstance(
        block, Instructions | Thought | Call | Decided | Undone | Asked | Heard | Overlapping | Cut | Compacted
    )


def unfolded_at_first(block: Block) -> bool:
    """Everything that folds starts as one line, or a few, but what was cut: one must see what was lost."""
    return isinstance(block, Cut)


def prose(text: str) -> Iterator[Prose]:
    """The paragraphs of one finished text; past TEXT_LIMIT characters it is counted, not shown."""
    hidden = max(len(text) - TEXT_LIMIT, 0)
    pieces = paragraphs(text[:TEXT_LIMIT])
    for piece in pieces[:-1]:
        yield Prose(piece)
    if pieces or hidden:
        yield Prose(pieces[-1] if pieces else "", hidden=hidden)


WAITS = {
    When.NOW: "at its next turn",
    When.QUEUED: "when it is done",
    When.INTERRUPTING: "next",
}


def words_of(word: Word, *, unread: bool = False) -> Words:
    """What a person said; `unread` by its agent."""
    return Words(word.text, str(word.actor), WAITS[word.when] if unread else "", word.when is When.INTERRUPTING)
