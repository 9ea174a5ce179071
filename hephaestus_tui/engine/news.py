"""What an agent has not been told yet: what humans decided, took back, asked, reviewed and said, and what other agents wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hephaestus_tui.domain.message import (
    DecisionPart,
    LetterPart,
    OverlapPart,
    Part,
    QueryPart,
    ReviewPart,
    UndonePart,
    UnreadPart,
    WordsPart,
)
from hephaestus_tui.domain.overlap import overlaps_of
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.words import When
from hephaestus_tui.engine.asking import owed_by


@dataclass(slots=True)
class Told:
    """Ids of the decisions, of the decisions taken back, of the questions, and numbers of the reviews in a conversation.

    `overlaps` has each other task with each file that it was said to change too, `unread` each letter with each of its
    readers that had ended before it was read.
    """

    decisions: set[int] = field(default_factory=set)
    overlaps: set[tuple[TaskId, str]] = field(default_factory=set)
    undone: set[int] = field(default_factory=set)
    queries: set[str] = field(default_factory=set)
    reviews: set[int] = field(default_factory=set)
    unread: set[tuple[str, TaskId]] = field(default_factory=set)


def news(state: RunState, task_id: TaskId, told: Told, *, idle: bool = False) -> tuple[Part, ...]:
    """What has happened since the agent's last turn, as the parts of one user message, in the order in which it happened.

    A decision that was taken back before its agent heard of it is no news. Queued words are, once the agent is `idle`.
    """
    children = set(state.children(task_id))
    mine = [d for d in state.record.values() if d.task_id in children] if children else []
    parts: list[Part] = []
    for decision in mine:
        if decision.id in told.decisions:
            if (undoing := state.undone.get(decision.id)) and decision.id not in told.undone:
                parts.append(UndonePart(decision.task_id, undoing))
        elif decision.id not in state.undone:
            parts.append(DecisionPart(decision))
    reviews = state.works[task_id].reviews if task_id in state.works else ()
    parts += [ReviewPart(review, n) for n, review in enumerate(reviews, 1) if n not in told.reviews]
    parts += [QueryPart(query) for query in owed_by(state, task_id) if query.id not in told.queries]
    parts += _overlaps(state, task_id, told)
    parts += _unread(state, task_id, told)
    parts += [LetterPart(letter) for letter in state.mail.get(task_id, ())]
    parts += [WordsPart(word) for word in state.steering.get(task_id, ()) if idle or word.when is not When.QUEUED]
    return tuple(parts)


def _unread(state: RunState, task_id: TaskId, told: Told) -> Iterator[UnreadPart]:
    """Of what the agent wrote, what will not be read: once for each letter and reader."""
    for reader, letters in state.mail.items():
        for letter in letters if state.tasks[reader].status.ended else ():
            if letter.sender == task_id and (letter.id, reader) not in told.unread:
                yield UnreadPart(letter, reader)


def _overlaps(state: RunState, task_id: TaskId, told: Told) -> Iterator[OverlapPart]:
    """Once for each file and other task."""
    for overlap in overlaps_of(state, task_id):
        other = overlap.other(task_id)
        if fresh := tuple(path for path in overlap.paths if (other, path) not in told.overlaps):
            yield OverlapPart(other, state.tasks[other].draft.title, fresh)
