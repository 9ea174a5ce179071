"""One task between what it waits for and what waits for it, in layers from left to right."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.dag_chips import Chip, Lines
from hephaestus_tui.ui.widgets.dag_fates import Fate, fate_of

MOST = 12
TWO_HOPS_FROM = 100


def focus(state: RunState, centre: TaskId | None, width: int, glyphs: GlyphSet) -> Lines:
    """Layers of at most `MOST` chips, what is still open first; one hop to each side, two in a wide pane.

    What is two hops away names in its chip the one between; what one hop away is, stands beside the centre.
    """
    if centre is None:
        return []
    hops = 2 if width >= TWO_HOPS_FROM else 1
    arrow = glyphs.arrow
    left = _layers(lambda task_id: state.blockers.get(task_id, ()), centre, hops)
    right = _layers(lambda task_id: _waiting(state, task_id), centre, hops)
    layers = [*reversed(left), [centre], *right]
    cells = (width - len(layers) + 1) // len(layers)
    columns: list[list[Chip]] = []
    for number, layer in enumerate(layers):
        x = number * (cells + 1)
        side = number - len(left)
        name = _name(side, arrow)
        ordered = sorted(layer, key=lambda t: fate_of(state, t) is not Fate.OPEN)
        chips = [Chip(x, cells, None, f" {name} ({len(layer):,})" if side else f" {name}")]
        for task_id in ordered[:MOST]:
            chips.append(Chip(x, cells, task_id, after=_between(task_id, side, layers, number, state, arrow)))
        if len(layer) > MOST:
            chips.append(Chip(x, cells, None, f"   +{len(layer) - MOST:,} more"))
        if not layer:
            chips.append(Chip(x, cells, None, "   nothing"))
        columns.append(chips)
    tallest = max(map(len, columns))
    return [[column[y] for column in columns if y < len(column)] for y in range(tallest)]


def _waiting(state: RunState, task_id: TaskId) -> Sequence[TaskId]:
    """What waits for a task; some did once and no longer do."""
    return [waiter for waiter in state.waiters.get(task_id, ()) if task_id in state.blockers[waiter]]


def _layers(edges: Callable[[TaskId], Sequence[TaskId]], centre: TaskId, hops: int) -> list[list[TaskId]]:
    layers: list[list[TaskId]] = []
    seen, near = {centre}, [centre]
    for _ in range(hops):
        near = list(dict.fromkeys(n for task_id in near for n in edges(task_id) if n not in seen))
        seen.update(near)
        if near or not layers:
            layers.append(near)
    return layers


def _name(side: int, arrow: str) -> str:
    if not side:
        return "this"
    if abs(side) > 1:
        return f"two steps {'before' if side < 0 else 'after'}"
    return f"it waits for {arrow}" if side < 0 else f"{arrow} waits for it"


def _between(
    task_id: TaskId, side: int, layers: Sequence[Collection[TaskId]], number: int, state: RunState, arrow: str,
) -> str:  # fmt: skip
    """For a task two hops away: the ones between it and the centre."""
    if abs(side) < 2:
        return ""
    edges, inner = (_waiting(state, task_id), layers[number + 1]) if side < 0 else ((), ())
    between = [t for t in edges if t in inner]
    if not between:
        return ""
    return f"{arrow}{between[0]}" + (f"+{len(between) - 1}" if len(between) > 1 else "")
