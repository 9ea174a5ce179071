"""Views of the tasks in which a line holds one or several of them: what they share, so that each only says what is where.

A chip is a task at a place; notes are chips without one. Every blocker that is still open is named on its chip.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from rich.cells import cell_len

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.dag_edges import Edges
from hephaestus_tui.ui.widgets.dag_fates import Fate, fate_of, waits
from hephaestus_tui.ui.widgets.dag_gutter import lines_for
from hephaestus_tui.ui.widgets.dag_rows import DagRows
from hephaestus_tui.ui.widgets.dag_spans import FOUND, NAMED, PHASE, TITLES, Span, cut
from hephaestus_tui.ui.widgets.dag_words import Row


class View(StrEnum):
    """The ways to look at the tasks of a run."""

    RAILS = "rails"
    TREE = "tree"
    FOCUS = "focus"
    PHASES = "phases"


class Chip(NamedTuple):
    """`width` cells from `x` on; `before` stands in front of the mark, `after` at the end; a note has no task."""

    x: int
    width: int
    task_id: TaskId | None
    before: str = ""
    after: str = ""


Lines = Sequence[Sequence[Chip]]


class Chips(ABC):
    """The lines of a view, and how one goes from chip to chip. A line is made when it is asked for."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def line(self, y: int) -> Sequence[Chip]:
        """The chips of a line, from left to right."""

    @abstractmethod
    def place_of(self, task_id: TaskId) -> tuple[int, int] | None:
        """The line of a task, and which of its chips it is; None where it has none."""

    @abstractmethod
    def update(self, rows: DagRows, state: RunState, changed: Collection[int]) -> bool:
        """Take over rows that changed or came; whether a chip came, went or moved."""

    def hidden(self, task_id: TaskId) -> Iterable[TaskId]:
        """The tasks that stand behind the chip of another and have none of their own."""
        return ()

    @property
    def lines(self) -> Iterator[Sequence[Chip]]:
        return (self.line(y) for y in range(len(self)))

    def line_of(self, task_id: TaskId | None) -> int | None:
        place = self.place_of(task_id) if task_id else None
        return place[0] if place else None

    def below(self, task_id: TaskId, by: int) -> TaskId | None:
        """The chip `by` lines further down, or the last on the way, that stands nearest below or above it."""
        place = self.place_of(task_id)
        if place is None:
            return self.first() if by > 0 else self.last()
        y, n = place
        x, found = self.line(y)[n].x, None
        step = 1 if by > 0 else -1
        while 0 <= y + step < len(self) and by:
            y += step
            chips = self.line(y)
            near = [c for c in chips if c.task_id and (len(chips) == 1 or _beside(c, x))]
            if near:
                by -= step
                found = min(near, key=lambda c: abs(c.x - x)).task_id
        return found

    def beside(self, task_id: TaskId, by: int) -> TaskId | None:
        """The next chip to the right (or with -1 to the left): on its line, or else the nearest of the column there."""
        place = self.place_of(task_id)
        if place is None:
            return None
        y, n = place
        x = self.line(y)[n].x
        columns = {c.x for c in chain.from_iterable(self.lines) if c.task_id and (c.x - x) * by > 0}
        if not columns:
            return None
        there = min(columns, key=lambda other: abs(other - x))
        found = ((abs(row - y), c.task_id) for row, line_ in enumerate(self.lines) for c in line_ if c.x == there)
        return min((f for f in found if f[1]), default=(0, None), key=lambda f: f[0])[1]

    def at(self, y: int, x: int) -> TaskId | None:
        """The task whose chip covers a cell."""
        row = self.line(y) if 0 <= y < len(self) else ()
        return next((c.task_id for c in row if c.x <= x < c.x + c.width and c.task_id), None)

    def first(self) -> TaskId | None:
        return next((c.task_id for c in chain.from_iterable(self.lines) if c.task_id), None)

    def last(self) -> TaskId | None:
        upwards = (self.line(y) for y in reversed(range(len(self))))
        return next((c.task_id for row in upwards for c in reversed(row) if c.task_id), None)


class LaidOut(Chips):
    """Few lines, all made at once, and all anew with `again` when something changes."""

    def __init__(self, again: Callable[[RunState], Lines], state: RunState) -> None:
        self._again, self._lines = again, again(state)

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, y: int) -> Sequence[Chip]:
        return self._lines[y]

    def place_of(self, task_id: TaskId) -> tuple[int, int] | None:
        return next(
            ((y, n) for y, row in enumerate(self._lines) for n, c in enumerate(row) if c.task_id == task_id), None
        )

    def update(self, rows: DagRows, state: RunState, changed: Collection[int]) -> bool:
        before, self._lines = self._lines, self._again(state)
        return before != self._lines


def _beside(chip: Chip, x: int) -> bool:
    return chip.x <= x < chip.x + chip.width


def chip_spans(
    chip: Chip, row: Row | None, state: RunState, glyphs: GlyphSet, *, here: bool, edges: Edges = Edges.LIVE, found: int = 0,
) -> list[Span]:  # fmt: skip
    """A chip in exactly its cells: pointer, mark, id, title, what it waits for, and how much is found behind it; the title
    gives way."""
    if row is None:
        indent = chip.before[: len(chip.before) - len(chip.before.lstrip())]
        note = line(chip.before, chip.width - len(indent), ellipsis=glyphs.ellipsis)
        return _filled([Span(indent + note, PHASE)], chip.width)
    style = TITLES[row.mark]
    head = [
        Span(glyphs.pointer if here else " ", "lane-chosen"), Span(chip.before, PHASE),
        Span(f"{glyphs.marks[row.mark]} ", row.mark), Span(f"{row.task_id} ", style),
    ]  # fmt: skip
    tail = [Span(f" {words}", NAMED) for words in (chip.after, *_waiting(row.task_id, state, glyphs, edges)) if words]
    if found:
        tail += [Span("  ", NAMED), Span(f"{glyphs.found} {found:,} found", FOUND)]
    room = chip.width - sum(cell_len(span.text) for span in (*head, *tail)) - 1
    title = line(row.title, room, ellipsis=glyphs.ellipsis) if room > 0 else ""
    return _filled([*head, Span(title, style), *tail], chip.width)


def _waiting(task_id: TaskId, state: RunState, glyphs: GlyphSet, edges: Edges) -> list[str]:
    """The first blocker that is still waited for, and how many more there are; in brackets those that no longer are."""
    if edges is Edges.NONE or not (blockers := state.blockers[task_id]):
        return []
    still = [b for b in blockers if fate_of(state, b) is not Fate.DONE] if waits(state, task_id) else []
    past = [b for b in blockers if b not in still] if edges is Edges.ALL else []
    arrow = lines_for(glyphs).earlier
    told = [f"{arrow}{few[0]}" + (f"+{len(few) - 1}" if len(few) > 1 else "") if few else "" for few in (still, past)]
    return [words for words in (told[0], f"({told[1]})" if past else "") if words]


def _filled(spans: list[Span], width: int) -> list[Span]:
    kept = cut(spans, width)
    gap = width - sum(cell_len(span.text) for span in kept)
    return [*kept, Span(" " * gap, "lane")] if gap > 0 else kept
