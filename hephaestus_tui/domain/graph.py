"""The dependency graph: the rules that keep it acyclic, and what follows from it. Plain adjacency, no library.

Every function takes `blockers`: a mapping from a task or proposal to the ids that must complete before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from hephaestus_tui.domain.task import TaskId

Blockers = Mapping[TaskId, tuple[TaskId, ...]]


def path_between(blockers: Blockers, start: TaskId, goal: TaskId) -> tuple[TaskId, ...]:
    """The chain start → … → goal along "is blocked by", both ends included; empty where there is none."""
    came: dict[TaskId, TaskId | None] = {start: None}
    stack = [start]
    while stack:
        here = stack.pop()
        if here == goal:
            chain = [here]
            while (step := came[chain[-1]]) is not None:
                chain.append(step)
            return tuple(reversed(chain))
        for blocker in blockers.get(here, ()):
            if blocker not in came:
                came[blocker] = here
                stack.append(blocker)
    return ()


def blocker_fault(blockers: Blockers, task_id: TaskId, wanted: tuple[TaskId, ...]) -> str | None:
    """Why `task_id` may not be blocked by `wanted`, in words for the model or the form; None where it may."""
    for blocker in wanted:
        if blocker == task_id:
            return f"{task_id} cannot block itself: leave it out"
        if blocker not in blockers:
            return f"there is no task {blocker} in this run: name existing tasks or proposals only"
    if len(set(wanted)) != len(wanted):
        return "the same blocker is named twice: name each once"
    for blocker in wanted:
        if chain := path_between(blockers, blocker, task_id):
            return (
                f"{task_id} blocked by {blocker} would close a cycle ({' ← '.join((task_id, *chain))}): "
                f"drop {blocker} from the blockers"
            )
    return None


def dependents(blockers: Blockers) -> dict[TaskId, list[TaskId]]:
    """The reverse mapping: for each id, what waits for it, in the order of `blockers`."""
    waiting: dict[TaskId, list[TaskId]] = {task_id: [] for task_id in blockers}
    for task_id, wanted in blockers.items():
        for blocker in wanted:
            waiting.setdefault(blocker, []).append(task_id)
    return waiting


def downstream(blockers: Blockers, start: TaskId) -> set[TaskId]:
    """Everything that waits for `start`, directly or not."""
    return reached(dependents(blockers), start)


def reached(waiting: Mapping[TaskId, list[TaskId]], *starts: TaskId) -> set[TaskId]:
    """The same, of any of `starts`, where `dependents` is at hand, which takes as long as the whole graph is large."""
    found: set[TaskId] = set()
    stack = list(starts)
    while stack:
        for task_id in waiting.get(stack.pop(), ()):
            if task_id not in found:
                found.add(task_id)
                stack.append(task_id)
    return found


def topological_order(blockers: Blockers) -> list[TaskId]:
    """Kahn's order, ties in insertion order. Raises ValueError on a cycle; unknown blockers are ignored."""
    missing = {t: sum(b in blockers for b in wanted) for t, wanted in blockers.items()}
    waiting = dependents(blockers)
    order = [t for t, n in missing.items() if n == 0]
    for task_id in order:
        for later in waiting[task_id]:
            missing[later] -= 1
            if missing[later] == 0:
                order.append(later)
    if len(order) != len(blockers):
        raise ValueError(f"cycle among {sorted(set(blockers) - set(order))}")
    return order


def dead_causes(blockers: Blockers, dead: Iterable[TaskId]) -> dict[TaskId, tuple[TaskId, ...]]:
    """For every id that can never start: those of its direct blockers that can never complete.

    `dead` are the ids that ended without completing (failed, cancelled, rejected).
    """
    gone = set(dead)
    waiting = dependents(blockers)
    stack = list(gone)
    while stack:
        for task_id in waiting.get(stack.pop(), ()):
            if task_id not in gone:
                gone.add(task_id)
                stack.append(task_id)
    causes = {t: tuple(b for b in wanted if b in gone) for t, wanted in blockers.items()}
    return {t: c for t, c in causes.items() if c}


def longest_chain(blockers: Blockers, among: Collection[TaskId]) -> tuple[TaskId, ...]:
    """The longest chain "first → … → last", each blocking the next, of tasks in `among`: what the end must wait for.

    Of several the one whose tasks come first in `blockers`. Without a chain of at least two it is empty.
    """
    length: dict[TaskId, int] = {}
    before: dict[TaskId, TaskId] = {}
    waiting: dict[TaskId, list[TaskId]] = {}
    missing: dict[TaskId, int] = {}
    for task_id, wanted in blockers.items():
        if task_id in among:
            near = [blocker for blocker in wanted if blocker in among]
            missing[task_id] = len(near)
            for blocker in near:
                waiting.setdefault(blocker, []).append(task_id)
    order = [task_id for task_id, count in missing.items() if not count]
    for task_id in order:
        reach = length.setdefault(task_id, 1) + 1
        for later in waiting.get(task_id, ()):
            if reach > length.get(later, 1):
                length[later], before[later] = reach, task_id
            missing[later] -= 1
            if not missing[later]:
                order.append(later)
    if not length:
        return ()
    chain = [max(length, key=length.__getitem__)]
    while (step := before.get(chain[-1])) is not None:
        chain.append(step)
    return tuple(reversed(chain)) if len(chain) > 1 else ()


def around(blockers: Blockers, start: TaskId, levels: int) -> set[TaskId]:
    """`start`, what it waits for and what waits for it, directly or over at most `levels` edges of one direction."""
    found = {start}
    directions: tuple[Mapping[TaskId, Sequence[TaskId]], ...] = (blockers, dependents(blockers))
    for edges in directions:
        near = [start]
        seen = {start}
        for _ in range(levels):
            near = list(dict.fromkeys(n for task_id in near for n in edges.get(task_id, ()) if n not in seen))
            if not near:
                break
            seen.update(near)
        found |= seen
    return found
