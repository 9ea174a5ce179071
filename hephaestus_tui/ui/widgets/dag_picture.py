"""How a row of the DAG reads: lanes become line characters, tasks become words; pure, so that tests can read it back.

Every row holds one node, and every horizontal on the row belongs to that node: lanes that begin there lead to the
tasks that wait for it, lanes that end or pass a junction there come from its blockers. A crossing keeps its vertical.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from rich.cells import cell_len, set_cell_size

from hephaestus_tui.domain.task import Phase, TaskId
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.dag_layout import Lane, Layout

LANE = "lane"
LANE_CHOSEN = "lane-chosen"
FOLDED: Final = "folded"
PHASE = "phase"
ROLE = "role"
NAMED = "named"
BROKEN = "broken"
SHARED = "shared"
FOUND = "found"

TITLES: dict[Mark, str] = {
    Mark.PENDING: "title", Mark.READY: "title", Mark.RUNNING: "title-live", Mark.PAUSED: "title", Mark.BLOCKED: "title-waiting",
    Mark.DEAD: "title-waiting", Mark.NEEDS_YOU: "title-needs-you", Mark.PROPOSED: "title-ghost",
    Mark.AMENDED: "title-ghost", Mark.QUERIED: "title-ghost",
    Mark.REJECTED: "title-struck", Mark.DONE: "title-past", Mark.FAILED: "title", Mark.CANCELLED: "title-struck",
    Mark.TO_MERGE: "title-needs-you", Mark.DISCARDED: "title-struck", Mark.JOINED: "title-struck",
}  # fmt: skip

STYLES = (LANE, LANE_CHOSEN, FOLDED, PHASE, ROLE, NAMED, BROKEN, SHARED, FOUND, *sorted(set(TITLES.values())))

ROLE_CELLS = 11
TITLE_CELLS = 8
# what a title keeps before a blocker is named that the place of the row tells already
TITLE_CELLS_ABOVE = 16

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
VERTICAL = _UP | _DOWN
_ARMS = {
    "vertical": _UP | _DOWN, "down right": _DOWN | _RIGHT, "down left": _DOWN | _LEFT, "up right": _UP | _RIGHT,
    "up left": _UP | _LEFT, "right": _UP | _DOWN | _RIGHT, "left": _UP | _DOWN | _LEFT,
    "down": _DOWN | _LEFT | _RIGHT, "up": _UP | _LEFT | _RIGHT, "cross": _UP | _DOWN | _LEFT | _RIGHT,
}  # fmt: skip


class Span(NamedTuple):
    """Clean text and the name of its style: a constant of this module, or the value of a `Mark`."""

    text: str
    style: str


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


class Row(NamedTuple):
    """What one row says; `earlier` and `later` are blockers without a lane, `broken` those that can never complete.

    `above` is the blocker right above in the same column: an edge, but with no room for a line between the two.
    `unlike` is the task right above in the same column, where this one looks as if it waited for it but does not.
    `shares` are tasks that change a file which this one changes too. `past` are blockers that it waits for no more.
    """

    task_id: TaskId
    mark: Mark
    phase: Phase
    title: str
    role: str
    earlier: tuple[TaskId, ...] = ()
    later: tuple[TaskId, ...] = ()
    broken: tuple[tuple[Mark, TaskId], ...] = ()
    above: TaskId | None = None
    unlike: TaskId | None = None
    shares: tuple[TaskId, ...] = ()
    past: tuple[TaskId, ...] = ()


# A pane without tangled edges keeps a narrow gutter; past this it takes the full one, once, for the rest of the run.
NARROW_COLUMNS = 4


def gutter_width(layout: Layout) -> int:
    """In cells: one of two widths, so that the titles jump sideways once in a run at the most."""
    columns = min(layout.columns, NARROW_COLUMNS) if layout.widest <= NARROW_COLUMNS else layout.columns
    return 2 * columns - 1


def lanes_for(width: int) -> int:
    """How many lanes a pane of that width affords."""
    return 4 if width < 70 else 6 if width < 90 else 8


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


def words(row: Row, width: int, glyphs: GlyphSet, *, id_cells: int, with_role: bool) -> list[Span]:
    """Phase, id, title, named blockers and role in exactly `width` cells; the title gives way to the rest."""
    head = [Span(f"{row.phase.value[0].upper()} ", PHASE), Span(f"{row.task_id:<{id_cells}} ", TITLES[row.mark])]
    tail = [Span(_role(row.role, glyphs), ROLE)] if with_role else []
    room = width - cells(head) - cells(tail)
    chips = _chips(row, glyphs)
    if len(chips) > 1 and room - cells(chips) < TITLE_CELLS:
        chips = _folded(row, chips)
    if row.above:
        above = Span(f" {lines_for(glyphs).earlier}{row.above}", NAMED)
        if room - cells([above, *chips]) >= TITLE_CELLS_ABOVE:
            chips = [above, *chips]
    room -= cells(chips)
    title = line(row.title, room, ellipsis=glyphs.ellipsis) if room > 0 else ""
    gap = Span(" " * max(0, room - cell_len(title)), LANE)
    return cut([*head, Span(title, TITLES[row.mark]), gap, *chips, *tail], width)


def fold_words(rows: Sequence[Row], glyphs: GlyphSet) -> list[Span]:
    """What a line says that stands for all of `rows`: how many ended in which way, and from which task to which."""
    told = Counter(row.mark for row in rows)
    spans = [Span(f"{glyphs.marks[mark]} {number:,} {mark}  ", mark) for mark, number in told.most_common()]
    dash = "-" if glyphs.name == "ascii" else "–"
    return [*spans, Span(f"{rows[0].task_id}{dash}{rows[-1].task_id}", FOLDED)]


def _role(role: str, glyphs: GlyphSet) -> str:
    name = line(role.replace("_", " "))
    short = name if cell_len(name) < ROLE_CELLS else line(name.split(" ")[0], ROLE_CELLS - 1, ellipsis=glyphs.ellipsis)
    return " " * (ROLE_CELLS - cell_len(short)) + short


def _chips(row: Row, glyphs: GlyphSet) -> list[Span]:
    """The blockers without a lane: those that can never complete, then earlier rows, then later ones."""
    lines = lines_for(glyphs)
    broken = [f"{glyphs.marks[mark]}{blocker}" for mark, blocker in row.broken]
    groups = ((lines.earlier, broken, BROKEN), (lines.earlier, row.earlier, NAMED), (lines.later, row.later, NAMED))
    chips = [Span(f" {arrow}{named[0]}{_more(len(named))}", style) for arrow, named, style in groups if named]
    if row.unlike:
        chips.append(Span(f" {lines.unlike}{row.unlike}", NAMED))
    if row.past:
        chips.append(Span(f" ({lines.earlier}{row.past[0]}{_more(len(row.past))})", NAMED))
    if row.shares:
        chips.append(Span(f" {lines.shared}{row.shares[0]}{_more(len(row.shares))}", SHARED))
    return chips


def _more(count: int) -> str:
    return f"+{count - 1}" if count > 1 else ""


def _folded(row: Row, chips: list[Span]) -> list[Span]:
    """The first chip, counting the blockers of all."""
    first = chips[0].text.split("+")[0]
    return [Span(first + _more(len(row.broken) + len(row.earlier) + len(row.later) + len(row.past)), chips[0].style)]


def cells(spans: list[Span]) -> int:
    return sum(cell_len(span.text) for span in spans)


def cut(spans: list[Span], width: int) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        text = span.text if cell_len(span.text) <= width else set_cell_size(span.text, max(width, 0))
        width -= cell_len(text)
        if text:
            kept.append(Span(text, span.style))
    return kept
