"""The proposals that a person picked to be decided together, each in the version that stood there when it was picked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto

from hephaestus_tui.domain.criterion import Criterion, said
from hephaestus_tui.domain.decision import Proposal
from hephaestus_tui.domain.state import RunState, number
from hephaestus_tui.domain.task import DRAFT_FIELDS, TaskId


class Picked(Enum):
    """CHANGED: there is a newer version than the one that was picked, so it must be picked again to be decided."""

    AS_SEEN = auto()
    CHANGED = auto()


class Selection:
    """Versions by id. What is no longer an open proposal drops out with `follow`; `told` is called after each change."""

    def __init__(self, told: Callable[[], None] = lambda: None) -> None:
        self._seen: dict[TaskId, int] = {}
        self._last: TaskId | None = None
        self._told = told

    def __bool__(self) -> bool:
        return bool(self._seen)

    @property
    def versions(self) -> dict[TaskId, int]:
        """What was picked, in which version, in the order of ids."""
        return dict(sorted(self._seen.items(), key=lambda pair: number(pair[0])))

    def marks(self, state: RunState) -> dict[TaskId, Picked]:
        return {
            task_id: Picked.AS_SEEN if state.proposals[task_id].version == version else Picked.CHANGED
            for task_id, version in self._seen.items()
            if task_id in state.proposals
        }

    def toggle(self, state: RunState, task_id: TaskId) -> None:
        """Pick a proposal or drop it; one that has changed is picked anew."""
        if task_id not in state.proposals:
            return
        self._last = task_id
        if self._seen.get(task_id) == state.proposals[task_id].version:
            del self._seen[task_id]
            self._told()
        else:
            self.pick(state, [task_id])

    def pick_range(self, state: RunState, to: TaskId) -> int:
        """Pick every proposal from the one that was toggled last to this row; how many there are."""
        ends = number(self._last or to), number(to)
        found = [task_id for task_id in state.proposals if min(ends) <= number(task_id) <= max(ends)]
        self.pick(state, found)
        return len(found)

    def pick(self, state: RunState, task_ids: Iterable[TaskId]) -> None:
        self._seen |= {t: state.proposals[t].version for t in task_ids if t in state.proposals}
        self._told()

    def clear(self) -> None:
        self._seen.clear()
        self._told()

    def follow(self, state: RunState) -> None:
        """Let go of what was decided meanwhile."""
        if gone := self._seen.keys() - state.proposals.keys():
            for task_id in gone:
                del self._seen[task_id]
            self._told()


def select(action_id: str, selection: Selection, state: RunState, cursor: TaskId | None) -> str:
    """Carry out one of the actions that select without asking; what there is to say about it, or ""."""
    if action_id == "select.none":
        selection.clear()
        return ""
    if cursor is None:
        return "no task is under the cursor"
    match action_id:
        case "select.toggle":
            selection.toggle(state, cursor)
            return ""
        case "select.range":
            found = selection.pick_range(state, cursor)
            return "" if found else f"there is no proposal between the last that was selected and {cursor}"
        case _:
            ids = below(state, cursor)
            selection.pick(state, ids)
            return "" if ids else f"no proposal was spawned below {cursor}, and none waits for it"


def below(state: RunState, task_id: TaskId) -> list[TaskId]:
    """Every proposal that was spawned below a task or, where there is none, that waits for it, itself included."""

    def waiting(blocker: TaskId) -> Iterable[TaskId]:
        return (t for t in state.waiters.get(blocker, ()) if blocker in state.blockers[t])  # some did once

    spawned = [t for t in _reached(state.children, task_id) if t in state.proposals]
    return spawned or [t for t in (task_id, *_reached(waiting, task_id)) if t in state.proposals]


def chain(state: RunState, task_id: TaskId) -> list[TaskId]:
    """A proposal and those that block it, directly or not, each after what it waits for."""
    found: dict[TaskId, None] = {}
    entered: set[TaskId] = set()
    stack = [task_id]
    while stack:
        here = stack[-1]
        if here not in entered:
            entered.add(here)
            stack += [b for b in state.blockers.get(here, ()) if b not in entered]
            continue
        stack.pop()
        if here in state.proposals:
            found.setdefault(here)
    return list(found)


class Haystack:
    """All words of every open proposal, made once for each version, so that a search keeps up with typing."""

    def __init__(self) -> None:
        self._words: dict[TaskId, tuple[Proposal, str]] = {}

    def matching(self, state: RunState, wanted: str) -> list[TaskId]:
        """The proposals whose fields hold all of these words, in any order; none where there is no word."""
        words = wanted.casefold().split()
        if not words:
            return []
        return [p.task_id for p in state.proposals.values() if all(word in self._of(p) for word in words)]

    def _of(self, proposal: Proposal) -> str:
        known, words = self._words.get(proposal.task_id, (None, ""))
        if known is not proposal:
            words = "\n".join([proposal.task_id, *_texts(proposal)]).casefold()
            self._words[proposal.task_id] = proposal, words
        return words


def _texts(proposal: Proposal) -> Iterator[str]:
    for name in DRAFT_FIELDS:
        value: str | tuple[Criterion, ...] = getattr(proposal.draft, name)  # ids of blockers are strings as well
        yield from (value,) if isinstance(value, str) else map(said, value)
        if isinstance(value, str) and "_" in value:
            yield value.replace("_", " ")


def _reached(after: Callable[[TaskId], Iterable[TaskId]], start: TaskId) -> list[TaskId]:
    found: dict[TaskId, None] = {}
    stack = [start]
    while stack:
        fresh = [t for t in after(stack.pop()) if t not in found]
        found |= dict.fromkeys(fresh)
        stack += fresh
    return sorted(found, key=number)
