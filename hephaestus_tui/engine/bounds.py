"""How much agents may propose: what an agent past a bound is told, and which bound it was."""

from __future__ import annotations

from hephaestus_tui.config import SpawnBounds
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, TaskId

MINUTE = 60.0
# bounds of the whole run: however many agents reach one, it is one thing to look at
_RUN_WIDE = ("pending", "per_minute", "per_run")


def bound_of(state: RunState, settings: SpawnBounds, name: str) -> int:
    """What a human set in this run, or else the settings."""
    default: int = getattr(settings, name)
    return state.bounds.get(name, default)


def bound_fault(state: RunState, settings: SpawnBounds, origin: Origin, now: float) -> tuple[str, str, int] | None:
    """The bound that one more proposal would pass, what its agent is told, and the limit; None where there is room."""
    if origin.task_id is None:
        return None
    siblings = [s for s in state.children(origin.task_id) if _by_an_agent(state, s)]
    # an agent proposes a handful: only its last ones can be of this turn
    same_turn = sum(state.versions[s][0].origin.turn == origin.turn for s in siblings)
    for name, used, words in (
        ("per_turn", same_turn, "proposals in one turn is the limit: go on with your task and propose later"),
        ("children", len(siblings), "proposals by one task is the limit: propose no more, finish your task"),
        ("depth", origin.depth - 1, "levels of spawning is the limit: note it in your summary instead"),
        ("pending", len(state.proposals), "proposals waiting for a human is the limit: propose later"),
        ("per_minute", _of_late(state, now), "proposals a minute is the limit: go on, and propose later"),
        ("per_run", len(state.blockers), "tasks and proposals in a run is the limit: note it in your summary"),
    ):
        limit = bound_of(state, settings, name)
        if used >= limit:
            return name, f"{limit} {words}", limit
    return None


def is_known(state: RunState, bound: str, task_id: TaskId) -> bool:
    """Whether the human has this item already, or has left it at that."""
    reached = [fact.task_id for fact in state.bounds_reached.get(bound, ())]
    left = state.bounds_left.get(bound, ())
    return task_id in reached or task_id in left or (bound in _RUN_WIDE and bool(reached or left))


def _of_late(state: RunState, now: float) -> int:
    count = 0
    for task_id in reversed(state.blockers):
        first = state.versions[task_id][0]
        if first.proposed_at < now - MINUTE:
            break
        count += _by_an_agent(state, task_id)
    return count


def _by_an_agent(state: RunState, task_id: TaskId) -> bool:
    """Not what a human wrote, nor what a human split off a proposal: that is no use of an agent's bounds."""
    first = state.versions[task_id][0]
    return first.origin.task_id is not None and first.by is None
