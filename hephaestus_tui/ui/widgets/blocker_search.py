"""Finds the tasks and proposals that a person means by a few words or ids, and says in what state each is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.widgets.task_words import Reading, title_of

_ID = re.compile(r"[Tt]?([0-9]{1,9})", re.ASCII)
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Blocker:
    """A task or proposal as a row: `words` is its state, `harm` why it should not be chosen, or empty."""

    task_id: TaskId
    title: str
    words: str
    harm: str = ""


def blocker_ids(text: str) -> tuple[TaskId, ...]:
    """Ids as people write them: "t2, 3" is T2 and T3. What is no id is kept, to be named in the fault."""
    return tuple(as_id(word) or word for word in _BETWEEN.split(text) if word)


def as_id(word: str) -> TaskId:
    """ "T2" for "t2", "2" or "T02"; empty for what is no id."""
    match = _ID.fullmatch(word)
    return f"T{int(match[1])}" if match else ""


def ids_alone(text: str) -> tuple[TaskId, ...]:
    """The ids, each once, of a text that is nothing but ids; empty for any other."""
    words = blocker_ids(text)
    return tuple(dict.fromkeys(words)) if all(as_id(word) for word in words) else ()


def matching(text: str, state: RunState, chosen: Collection[TaskId], task_id: TaskId | None) -> list[TaskId]:
    """What has every word of the text in its id or title, the newest first; what would close a cycle is last.

    What is named by its id comes before all others; `task_id` itself and what is chosen are left out.
    """
    words = text.casefold().split()
    if not words:
        return []
    without = {*chosen, task_id}
    named = [t for t in ids_alone(text) if t in state.blockers and t not in without]
    found = []
    for known in reversed(state.blockers):
        draft = state.draft(known)
        title = draft.title.casefold() if draft else ""
        if known not in without and all(word in title or word in known.casefold() for word in words):
            found.append(known)
    later = waiting_for(state, task_id)
    found.sort(key=lambda t: t in later)
    return list(dict.fromkeys([*named, *found]))


def waiting_for(state: RunState, task_id: TaskId | None) -> set[TaskId]:
    """Everything that waits for `task_id`, directly or not: none of it can be a blocker of it."""
    found: set[TaskId] = set()
    stack = [task_id] if task_id else []
    while stack:
        here = stack.pop()
        new = [t for t in state.waiters.get(here, ()) if here in state.blockers[t] and t not in found]
        found.update(new)
        stack += new
    return found


def described(ids: Iterable[TaskId], state: RunState, task_id: TaskId | None) -> list[Blocker]:
    """A row for each id, also for one that there is not."""
    reading, later = Reading(state, UNICODE), waiting_for(state, task_id)
    rows = []
    for blocker in ids:
        words = harm = ""
        if blocker == task_id:
            harm = "is this one itself"
        elif blocker not in state.blockers:
            harm = "is not in this run"
        else:
            words = reading.status(blocker)
            if blocker in later:
                harm = "closes a cycle"
            elif reading.is_gone(blocker) or reading.is_dead(blocker):
                harm = "it would never start"
        rows.append(Blocker(blocker, title_of(state, blocker) if words else "", words, harm))
    return rows
