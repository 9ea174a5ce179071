"""What a task and all that it is a part of have cost, in words and as data, alike in every listing."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.budget import Place, Scope, Spent, Unit, amount
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId


def spent_data(state: RunState, task_id: TaskId) -> dict[str, object]:
    """For the task, with all that was spawned below it, for its phase and for the run."""
    return {place.scope: place_data(state, place) for place in _places(state, task_id)}


def place_data(state: RunState, place: Place) -> dict[str, object]:
    """`dollars` is None where the price of some tokens is unknown; then `known_dollars` are those of the others."""
    spent = state.spent.get(place, Spent())
    return {
        "of": place.of or None,
        "tokens": spent.usage.total,
        "input": spent.usage.input,
        "output": spent.usage.output,
        "cache_read": spent.usage.cache_read,
        "cache_write": spent.usage.cache_write,
        "dollars": spent.usage.cost,
        "known_dollars": spent.dollars,
        "unpriced_tokens": spent.unpriced,
    }


def spent_lines(state: RunState, task_id: TaskId) -> Iterator[str]:
    for place in _places(state, task_id):
        yield f"spent on {place}: {spent_words(state, place)}"


def spent_words(state: RunState, place: Place, tokens: bool = True) -> str:
    """ "$1.25 (20,000 tokens)"; what is unknown is said to be."""
    spent = state.spent.get(place, Spent())
    dollars = amount(Unit.DOLLARS, spent.dollars)
    if spent.unpriced:
        dollars = f"{dollars} + unknown" if spent.dollars else "unknown"
    return f"{dollars} ({amount(Unit.TOKENS, spent.usage.total)})" if tokens else dollars


def _places(state: RunState, task_id: TaskId) -> list[Place]:
    """The task first, the run last; of the subtrees only its own."""
    own = [p for p in state.places(task_id) if p.scope is not Scope.SUBTREE or p.of == task_id]
    return sorted(own, key=lambda place: (Scope.TASK, Scope.SUBTREE, Scope.PHASE, Scope.RUN).index(place.scope))
