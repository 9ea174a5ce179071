"""How lanes become line characters: pure, so that tests can read the picture back to the edges.

Every row holds one node, and every horizontal on the row belongs to that node: lanes that begin there lead to the
tasks that wait for it, lanes that end or pass a junction there come from its blockers. A crossing keeps its vertical.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.widgets.dag_lane import Lane
from hephaestus_tui.ui.widgets.dag_layout import LANES, Layout
from hephaestus_tui.ui.widgets.dag_spans import FOLDED, LANE, LANE_CHOSEN, Span

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
VERTICAL = _UP | _DOWN
_ARMS = {
    "vertical": _UP | _DOWN, "down right": _DOWN | _RIGHT, "down left": _DOWN | _LEFT, "up right": _UP | _RIGHT,
    "up left": _UP | _LEFT, "right": _UP | _DOWN | _RIGHT, "left": _UP | _DOWN | _LEFT,
    "down": _DOWN | _LEFT | _RIGHT, "up": _UP | _LEFT | _RIGHT, "cross": _UP | _DOWN | _LEFT | _RIGHT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lines:
    """Line characters by their arms, for lanes that lead down and for late ones; arrows for named blockers."""

    horizontal: str
    normal: dict[int, str]
    late: dict[int, str]
    earlier: str
    later: str
    unlike: str
    shared: str
    folded: str


def _by_arms(characters: str) -> dict[int, str]:
    return dict(zip(_ARMS.values(), characters, strict=True))


UNICODE_LINES = Lines("─", _by_arms("│╭╮╰╯├┤┬┴┼"), _by_arms("╎┌┐└┘╟╢╤╧╪"), "⇠", "⇣", "≠", "≈", "┄")
ASCII_LINES = Lines("-", _by_arms("|..''++.'+"), _by_arms(":,,``**,`*"), "<-", "<_", "!=", "~=", "~")


def lines_for(glyphs: GlyphSet) -> Lines:
    return ASCII_LINES if glyphs.name == "ascii" else UNICODE_LINES


# A pane without tangled edges keeps a narrow gutter; past this it takes the full one, once, for the rest of the run.
NARROW_COLUMNS = 4


def gutter_width(layout: Layout) -> int:
    """In cells: one of two widths, so that the titles jump sideways once in a run at the most."""
    columns = min(layout.columns, NARROW_COLUMNS) if layout.widest <= NARROW_COLUMNS else layout.columns
    return 2 * columns - 1


def lanes_for(width: int, most: int = LANES) -> int:
    """How many lanes a pane of that width affords, of those that a person wants at the most."""
    return min(4, most) if width < 70 else min(6, most) if width < 90 else most


def gutter(
    layout: Layout, row: int, mark: Mark | Literal["folded"], glyphs: GlyphSet, chosen: int | None = None,
    *, with_lines: bool = True,
) -> list[Span]:  # fmt: skip
    """The lines and the node of one row; `chosen` is the row whose own edges stand out.

    With `FOLDED` it stands for all the finished rows of a run, which the same lanes pass by, since none ends at them.
    """
    lines = lines_for(glyphs)
    node = layout.nodes[row]
    cells = [" "] * gutter_width(layout)
    styles = [LANE] * len(cells)
    lanes = layout.lanes_at(row) if with_lines else []
    reach = _extent(node, (lane for lane in lanes if lane.touches(row)))
    bright = _extent(node, (lane for lane in lanes if _is_own_turn(lane, row, chosen)))
    for cell in range(2 * reach[0], 2 * reach[1]):
        cells[cell] = lines.horizontal
        if 2 * bright[0] <= cell < 2 * bright[1]:
            styles[cell] = LANE_CHOSEN
    for lane in lanes:
        arms = _arms(lane, row, reach)
        cells[2 * lane.column] = (lines.late if lane.late else lines.normal)[arms]
        styles[2 * lane.column] = LANE_CHOSEN if _leads_to(lane, row, chosen) else LANE
    cells[2 * node] = lines.folded if mark == FOLDED else glyphs.marks[Mark(mark)]
    styles[2 * node] = mark
    return _joined(cells, styles)


def _extent(node: int, lanes: Iterable[Lane]) -> tuple[int, int]:
    columns = [node, *(lane.column for lane in lanes)]
    return min(columns), max(columns)


def _arms(lane: Lane, row: int, reach: tuple[int, int]) -> int:
    above, below = row > lane.top, row < lane.bottom
    if lane.late:
        above = above or lane.into
        below = below or row < lane.source
    else:
        above = above or row > lane.source
        below = below or lane.into
    arms = _UP * above | _DOWN * below
    if lane.touches(row):
        arms |= _LEFT * (lane.column > reach[0]) | _RIGHT * (lane.column < reach[1])
    return arms


def _leads_to(lane: Lane, row: int, chosen: int | None) -> bool:
    """Whether the lane's cell on `row` lies on the way of an edge of `chosen`."""
    if chosen is None:
        return False
    if lane.source == chosen:
        return True
    return lane.serves(chosen) and min(lane.source, chosen) <= row <= max(lane.source, chosen)


def _is_own_turn(lane: Lane, row: int, chosen: int | None) -> bool:
    """Whether the horizontal from the node of `row` to this lane belongs to an edge of `chosen`."""
    return (
        lane.touches(row) and _leads_to(lane, row, chosen) and (chosen == lane.source or row in (lane.source, chosen))
    )


def _joined(cells: list[str], styles: list[str]) -> list[Span]:
    spans: list[Span] = []
    text, style = "", styles[0]
    for cell, name in zip(cells, styles, strict=True):
        if name != style and cell != " ":
            spans.append(Span(text, style))
            text, style = "", name
        text += cell
    spans.append(Span(text, style))
    return [span for span in spans if span.text]
