"""How a task reads in its row: phase, id, title, and the blockers that no line leads from; the title gives way to the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from hephaestus_tui.domain.task import Phase, TaskId
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.dag_gutter import lines_for
from hephaestus_tui.ui.widgets.dag_spans import (
    BROKEN,
    FOLDED,
    LANE,
    NAMED,
    PHASE,
    ROLE,
    SHARED,
    TITLES,
    Span,
    cells,
    cut,
)

ROLE_CELLS = 11
TITLE_CELLS = 8
# what a title keeps before a blocker is named that the place of the row tells already
TITLE_CELLS_ABOVE = 16


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
