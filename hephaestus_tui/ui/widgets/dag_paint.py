"""Turns rows of the DAG into strips for one width, and keeps them: a frame paints only the rows that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import COLOURS, GlyphSet, Mark
from hephaestus_tui.ui.selection import Picked
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.dag_edges import TOLD, Edges, bare
from hephaestus_tui.ui.widgets.dag_folds import Stretch
from hephaestus_tui.ui.widgets.dag_gutter import gutter, gutter_width
from hephaestus_tui.ui.widgets.dag_header import counts, phase_bars
from hephaestus_tui.ui.widgets.dag_matches import Matches
from hephaestus_tui.ui.widgets.dag_minimap import Cell
from hephaestus_tui.ui.widgets.dag_rows import DagRows
from hephaestus_tui.ui.widgets.dag_spans import FOLDED, FOUND, PHASE, STYLES, TITLES, Span
from hephaestus_tui.ui.widgets.dag_words import fold_words, words

CHAIN = "chain"
# in the first cell of a row: where the selected task was found, and what was found in it
PARENT, CHILD = "^", "+"
LEFT = "x"  # what was part of what is shown, and no longer is
_KEPT_STRIPS = 512
_ROLES_FROM = 72
_ON_CURSOR = ("phase", *TITLES.values())


def class_of(style: str) -> str:
    """The component class of `DagView` that says how a style of the picture looks."""
    return f"dag--{style.replace(' ', '-')}"


CLASSES = {class_of(s) for s in (*Mark, *STYLES, "cursor", "header", "empty", "picked", "changed", "here", CHAIN)}
CSS = """
DagView {
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-size-vertical: 0;
    .dag--lane { color: $text-muted 55%; }
    .dag--lane-chosen { color: $accent; text-style: bold; }
    .dag--phase, .dag--role, .dag--named, .dag--folded, .dag--header, .dag--empty { color: $text-muted; }
    .dag--title-waiting { color: $foreground 75%; }
    .dag--broken { color: $error; }
    .dag--shared { color: $warning; }
    .dag--title-live { text-style: bold; }
    .dag--title-needs-you { color: $secondary; text-style: bold; }
    .dag--title-ghost { color: $text-muted; text-style: italic; }
    .dag--title-struck { color: $text-disabled; text-style: strike; }
    .dag--title-past { color: $text-disabled; }
    .dag--here { background: $panel; text-style: bold; }
    .dag--chain { color: $foreground; text-style: bold underline; }
    .dag--found { text-style: bold reverse; }
    .dag--picked { color: $accent; text-style: bold; }
    .dag--changed { color: $warning; text-style: bold; }
    .dag--cursor { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
    &:focus .dag--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    MARKS
}
""".replace("MARKS", "\n".join(f".{class_of(mark)} {{ color: ${colour}; }}" for mark, colour in COLOURS.items()))


class DagPainter:
    """`style_of` resolves a component class to the theme; `width` is in cells. What it paints is clean already."""

    def __init__(self, glyphs: GlyphSet, style_of: Callable[[str], Style]) -> None:
        self.width = 0
        self.picked: Mapping[TaskId, Picked] = {}
        self.chain: frozenset[TaskId] = frozenset()  # the ids that are underlined
        self.note = ""  # which part of the run is shown; empty for all of it
        self.ticks: Mapping[TaskId, str] = {}
        self.left = frozenset[TaskId]()  # what is shown, and no longer a part of that
        self.sought = ""  # what is looked for, and how many there are
        self.found: Matches | None = None
        self.edges = Edges.LIVE
        self._glyphs, self._style_of = glyphs, style_of
        self._id_cells = 0
        self._strips: dict[Stretch, Strip] = {}
        self._cells: dict[Cell, Strip] = {}
        self._styles: dict[tuple[str, bool], Style] = {}

    def forget(self, stretches: Iterable[Stretch] | None = None) -> None:
        """Paint these rows anew, or all of them, when they are asked for next."""
        if stretches is None:
            self._strips.clear()
        else:
            for stretch in stretches:
                self._strips.pop(stretch, None)

    def restyle(self) -> None:
        """The theme is another, or the pane has won or lost the focus."""
        self._strips.clear()
        self._cells.clear()
        self._styles.clear()

    def fit_ids(self, longest: TaskId) -> None:
        if (cells := max(3, len(longest))) != self._id_cells:
            self._id_cells = cells
            self._strips.clear()

    def row(self, rows: DagRows, stretch: Stretch, cursor: int | None) -> Strip:
        if (strip := self._strips.get(stretch)) is None:
            if len(self._strips) >= _KEPT_STRIPS:
                self._strips.clear()
            paint = self._fold if stretch.folded else self._row
            strip = self._strips[stretch] = paint(rows, stretch, cursor)
        return strip

    def cell(self, cell: Cell) -> Strip:
        """One cell of the map at the right edge."""
        if (strip := self._cells.get(cell)) is None:
            style = self._style(cell.mark, False)
            if cell.here:
                style = self._style("here", False) + Style(color=style.color)
            strip = self._cells[cell] = Strip([Segment(cell.sign, style)], 1)
        return strip

    def _row(self, rows: DagRows, stretch: Stretch, cursor: int | None) -> Strip:
        row = stretch.first
        task, here, with_role = rows.rows[row], row == cursor, self.width >= _ROLES_FROM
        spans = [Span(self._glyphs.pointer if here else " ", "lane-chosen")]
        spans += gutter(rows.layout, row, task.mark, self._glyphs, cursor, with_lines=self.edges is not Edges.NONE)
        spans.append(self._sign(task.task_id))
        room = self.width - gutter_width(rows.layout) - 2 - with_role
        if self.edges is Edges.ALL:
            task = task._replace(past=rows.past(row))
        elif self.edges is Edges.NONE:
            task = bare(task)
        told = words(task, room, self._glyphs, id_cells=self._id_cells, with_role=with_role)
        if task.task_id in self.chain and len(told) > 1:
            cells = told[1].text.rstrip()
            told[1:2] = [Span(cells, CHAIN), Span(told[1].text[len(cells) :], "lane")]
        return self.strip(self.matched([*spans, *told], task.task_id, here=here), here=here)

    def _fold(self, rows: DagRows, stretch: Stretch, cursor: int | None) -> Strip:
        first, last = stretch
        here = cursor is not None and first <= cursor <= last
        spans = [Span(self._glyphs.pointer if here else " ", "lane-chosen")]
        spans += gutter(rows.layout, first, FOLDED, self._glyphs, cursor, with_lines=self.edges is not Edges.NONE)
        spans += [Span(" ", "lane"), *fold_words(rows.rows[first : last + 1], self._glyphs)]
        if self.found and (count := self.found.within(first, last)):
            spans += [Span("  ", FOLDED), Span(f"{self._glyphs.found} {count:,} found", FOUND)]
        return self.strip(spans, here=here)

    def matched(self, spans: list[Span], task_id: TaskId, *, here: bool) -> list[Span]:
        """The spans of a task, marked in their first cell if it holds what is looked for, is no part of what is shown, or is kin."""
        tick = LEFT if task_id in self.left else self.ticks.get(task_id)
        left = Span(tick, PHASE) if tick and not here else spans[0]
        if self.found is None or task_id not in self.found:
            return [left, *spans[1:]]
        sign = spans[0] if here else Span(self._glyphs.found, "lane-chosen")
        return [sign, *self.found.lit(spans[1:])]

    def _sign(self, task_id: TaskId) -> Span:
        picked = self.picked.get(task_id)
        if picked is None:
            return Span(" ", "lane")
        return (
            Span(self._glyphs.picked, "picked") if picked is Picked.AS_SEEN else Span(self._glyphs.changed, "changed")
        )

    def bars(self, rows: DagRows) -> Strip:
        """How much of each phase is done."""
        return self.strip([Span(" ", "header"), *phase_bars(rows.phases, self.width - 2, self._glyphs)])

    @property
    def notes(self) -> str:
        """What is looked for, which part of the run is shown, and which edges; empty where there is nothing to say."""
        return " · ".join(filter(None, (self.sought, self.note, TOLD[self.edges])))

    def told(self) -> Strip:
        """The same as a row."""
        notes, room = self.notes, self.width - 2
        told = notes if cell_len(notes) <= room else line(notes, room, ellipsis=self._glyphs.ellipsis)
        return self.strip([Span(f" {told}", Mark.READY)])

    def header(self, rows: DagRows, unseen: int, ground: Style) -> Strip:
        """How many tasks are in each state, and how many new ones are out of view."""
        if not len(rows):
            return Strip.blank(self.width, ground)
        spans = [Span(" ", "header"), *counts(rows.counts, self.width - 2, self._glyphs)]
        if unseen > 0:
            note = f"{unseen:,} new {'v' if self._glyphs.name == 'ascii' else '↓'} End "
            gap = self.width - cell_len(note) - sum(cell_len(span.text) for span in spans)
            if gap > 0:
                spans += [Span(" " * gap, "header"), Span(note, Mark.READY)]
        return self.strip(spans)

    def empty(self) -> Strip:
        return self.strip([Span("No tasks yet".center(self.width), "empty")])

    def strip(self, spans: Iterable[Span], width: int | None = None, *, here: bool = False) -> Strip:
        """Spans in so many cells, or as many as a row has; `here` under the cursor."""
        segments = [Segment(span.text, self._style(span.style, here)) for span in spans]
        cells = self.width if width is None else width
        return Strip(segments).adjust_cell_length(cells, self._style("cursor" if here else "lane", here))

    def _style(self, name: str, here: bool) -> Style:
        """The style of a span; on the cursor's row the words take its colour, signs and lines keep their own."""
        style = self._styles.get((name, here))
        if style is None:
            style = self._style_of(class_of(name))
            if here:
                cursor = self._style_of(class_of("cursor"))
                style += cursor if name in _ON_CURSOR else Style(bgcolor=cursor.bgcolor)
            self._styles[name, here] = style
        return style
