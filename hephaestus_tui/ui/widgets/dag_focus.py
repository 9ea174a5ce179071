"""One task between what it waits for and what waits for it, in layers from left to right, or from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.dag_chips import Chip, Lines
from hephaestus_tui.ui.widgets.dag_fates import Fate, fate_of

MOST = 12
BESIDE_FROM = 100  # in a narrower pane columns would leave nothing of the titles
TWO_HOPS_FROM = 160
_STEP = 2


def focus(state: RunState, centre: TaskId | None, width: int, glyphs: GlyphSet) -> Lines:
    """Layers of at most `MOST` chips, what is still open first; one hop to each side, two in a wide pane.

    They stand beside each other, or in a narrow pane below each other, each a step further to the right. What is two hops
    away names in its chip the one between.
    """
    if centre is None:
        return []
    hops = 2 if width >= TWO_HOPS_FROM else 1
    left = _layers(lambda task_id: state.blockers.get(task_id, ()), centre, hops)
    right = _layers(lambda task_id: _waiting(state, task_id), centre, hops)
    layers = [*reversed(left), [centre], *right]
    sides = range(-len(left), len(right) + 1)
    if width < BESIDE_FROM:
        stacked: list[list[Chip]] = []
        for number, side in enumerate(sides):
            x = number * _STEP
            stacked += [[chip] for chip in _column(state, layers, side, number, x, max(width - x, 0), glyphs)]
        return stacked
    shown = [(number, side) for number, side in enumerate(sides) if layers[number]]
    cells = (width - len(shown) + 1) // len(shown)
    columns: list[list[Chip]] = []
    for at, (number, side) in enumerate(shown):
        x = at * (cells + 1)
        column = _column(state, layers, side, number, x, cells, glyphs)
        if not side:
            column += [Chip(x, cells, None, f" {_none(s)}") for n, s in enumerate(sides) if not layers[n]]
        columns.append(column)
    tallest = max(map(len, columns))
    return [[column[y] for column in columns if y < len(column)] for y in range(tallest)]


def _column(
    state: RunState, layers: Sequence[Collection[TaskId]], side: int, number: int, x: int, cells: int, glyphs: GlyphSet,
) -> list[Chip]:  # fmt: skip
    """The head of a layer and its chips, from top to bottom."""
    layer, arrow = layers[number], glyphs.arrow
    if not layer:
        return [Chip(x, cells, None, f" {_none(side)}")]
    chips = [Chip(x, cells, None, f" {_name(side, arrow)} ({len(layer):,})" if side else f" {_name(side, arrow)}")]
    ordered = sorted(layer, key=lambda t: fate_of(state, t) is not Fate.OPEN)
    for task_id in ordered[:MOST]:
        chips.append(Chip(x, cells, task_id, after=_between(task_id, side, layers, number, state, arrow)))
    if len(layer) > MOST:
        chips.append(Chip(x, cells, None, f"   +{len(layer) - MOST:,} more"))
    return chips


def _none(side: int) -> str:
    return "it waits for nothing" if side < 0 else "nothing waits for it"


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
