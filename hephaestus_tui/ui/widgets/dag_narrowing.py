"""Showing a part of the run: what hangs on one task, or what is in one state or phase, laid out for itself.

The rows of the whole run are kept in step behind it, and stand where they stood when one goes back to them. What no longer
belongs to the part stays, marked, so that nothing moves; it goes when the part is laid out anew, for something that came.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import NamedTuple

from hephaestus_tui.config import RailsSettings
from hephaestus_tui.domain.graph import around, longest_chain
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase, TaskId
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.screens.pick import Choice, PickScreen
from hephaestus_tui.ui.widgets.dag_fates import Fate, fate_of
from hephaestus_tui.ui.widgets.dag_folds import Folds
from hephaestus_tui.ui.widgets.dag_moving import DagMoving
from hephaestus_tui.ui.widgets.dag_paint import LEFT
from hephaestus_tui.ui.widgets.dag_rows import DagRows

_LEVELS, _MOST_LEVELS = 2, 99
_ALL = "all"
_LONG = 500  # tasks: fewer are laid out in ten milliseconds


class _Part(NamedTuple):
    """Which tasks are shown, and in words which."""

    words: str
    members: Callable[[], Iterable[TaskId]]


class _Place(NamedTuple):
    """How the whole run stood on the screen before a part of it was shown."""

    folds: Folds
    opened: set[int]
    seen: int
    top: float


class DagNarrowing(DagMoving):
    """A pane that can show a part of its tasks, and the longest chain of those that are still to be done."""

    def __init__(self, glyphs: GlyphSet, rails: RailsSettings | None = None) -> None:
        super().__init__(glyphs, rails)
        self._whole, self._part = self._rows, _Part("", list)
        self._place: _Place | None = None  # None: the whole run is shown
        self._isolated: TaskId | None = None
        self._levels = _LEVELS
        self._chain_shown, self._chain_at = (
            False,
            -1,
        )  # and the fact after which it was worked out; states are changed in place

    # -- what arrives

    async def prepare(self, state: RunState) -> None:
        """Lay a long run out in a thread, so that keys are answered meanwhile; nobody may change `state` before `show`."""
        if len(state.blockers) < _LONG:
            return
        rows = self._new_rows(self._rows.layout.lanes)
        await asyncio.to_thread(rows.update, state)
        if rows.layout.lanes != self._rows.layout.lanes:  # the pane was resized, and other rows are shown
            return
        self._of_lanes[rows.layout.lanes] = self._whole = rows
        self._state = state
        self._painter.fit_ids(rows.rows[-1].task_id)
        self._take_rows(rows)

    def show(self, state: RunState) -> None:
        if self._chain_shown and state.seq != self._chain_at:
            self._state = state
            self._take_chain()
        if self._place is None:
            super().show(state)
            self._whole = self._rows
            return
        self._state = state
        self._whole.update(state)
        members, shown = frozenset(self._part.members()), frozenset(self._rows.only or ())
        if members <= shown:
            super().show(state)
        else:
            self._keeping_line(lambda: self._lay_out(members | ({self._selected or ""} & shown)))
        self._tell(members)

    def _put_cursor(self, task_id: TaskId | None) -> None:
        """What is gone to is shown, if need be among all tasks."""
        hidden = task_id is not None and self._rows.row_of(task_id) is None
        if hidden and self._place is not None and self._whole.row_of(task_id or "") is not None:
            self._widen()
        super()._put_cursor(task_id)

    def _rows_for(self, lanes: int) -> DagRows:
        self._whole = super()._rows_for(lanes)
        self._whole.update(self._state)
        return self._whole if self._place is None else self._new_rows(lanes, self._rows.only)

    # -- parts of the run

    def _narrow(self, part: _Part) -> None:
        """Show a part, in place of the whole run or of another part."""
        if self._place is None:
            self._place = _Place(self._folds, self._opened, self._seen, self.scroll_offset.y)
            self._whole = self._rows
        self._part, members = part, frozenset(part.members())
        self._lay_out(members)
        self._tell(members)

    def _lay_out(self, only: frozenset[TaskId]) -> None:
        rows = self._new_rows(self._whole.layout.lanes, only)
        rows.update(self._state)
        self._folds, self._opened, self._seen, self._begun = Folds(), set(), 0, True
        self._take_rows(rows)

    def _keeping_line(self, lay_out: Callable[[], None]) -> None:
        """Lay other rows out, and leave the selected one, or else the one at the top, on its line of the screen."""
        top = self.scroll_offset.y
        line = top if self._cursor is None else self._folds.line_of(self._cursor)
        if not top <= line < top + self._page:
            line = top
        held = self._rows.rows[self._folds.at(line).first].task_id if line < len(self._folds) else ""
        lay_out()
        row = self._rows.row_of(held)
        if row is not None:
            self.scroll_to(y=max(self._folds.line_of(row) - (line - top), 0), animate=False, force=True)

    def _widen(self) -> None:
        """Show the whole run again, as it stood."""
        if self._place is None:
            return
        place, self._place, self._isolated = self._place, None, None
        self._painter.note, self._painter.left = "", frozenset()
        self._folds, self._opened, self._seen = place.folds, place.opened, place.seen
        self._at_end = False
        self._take_rows(self._whole)
        self.scroll_to(y=place.top, animate=False, force=True)
        if self._cursor is not None:
            self._reveal(self._cursor)

    def _tell(self, members: frozenset[TaskId]) -> None:
        before, left = self._painter.left, frozenset(self._rows.only or ()) - members
        self._painter.left = left
        shown = f"{self._part.words}: {len(self._rows):,} of {len(self._whole):,} shown"
        self._painter.note = shown + (f", {len(left):,} no longer ({LEFT})" if left else "")
        self._redraw(row for task_id in before ^ left if (row := self._rows.row_of(task_id)) is not None)

    def action_isolate(self) -> None:
        """Show only what the selected task hangs on and what hangs on it, or all again."""
        if self._isolated is not None:
            self._widen()
        elif self._selected:
            self._isolated, self._levels = self._selected, _LEVELS
            self._isolate()

    def action_levels(self, by: int) -> None:
        """Isolate to more or fewer levels."""
        if self._isolated is None:
            say(self.app, "no task is isolated")
            return
        self._levels = max(1, min(self._levels + by, _MOST_LEVELS))
        self._isolate()

    def _isolate(self) -> None:
        start, levels = self._isolated or "", self._levels
        words = f"around {start}, {levels} level{'s' if levels > 1 else ''}"
        self._narrow(_Part(words, lambda: around(self._state.blockers, start, levels)))

    def action_filter(self) -> None:
        """Choose a state or a phase, and show only what is in it."""
        marks = self._glyphs.marks
        choices = [Choice(_ALL, "all tasks", note=f"{len(self._whole):,}")] if self._place else []
        choices += [Choice(m, m, aside=marks[m], note=f"{n:,}") for m, n in self._whole.counts.items() if n]
        phases = [(phase, sum(n for (p, _), n in self._whole.phases.items() if p is phase)) for phase in Phase]
        choices += [Choice(p, p, aside=p.value[0].upper(), note=f"{n:,}") for p, n in phases if n]
        if choices:
            self.app.push_screen(PickScreen(choices, "show only"), self._filtered)

    def _filtered(self, chosen: str | None) -> None:
        if chosen is None:
            return
        self._isolated = None
        if chosen == _ALL:
            self._widen()
        elif chosen in {*Phase}:
            self._narrow(_Part(chosen, lambda: [row.task_id for row in self._whole.rows if row.phase == chosen]))
        else:
            mark = Mark(chosen)
            self._narrow(_Part(mark, lambda: [row.task_id for row in self._whole.rows if row.mark is mark]))

    # -- the longest chain

    def action_critical(self) -> None:
        """Underline the longest chain of tasks that wait for each other, or no longer."""
        self._chain_shown = not self._chain_shown
        self._take_chain()
        if self._chain_shown:
            count = len(self._painter.chain)
            say(
                self.app,
                f"the longest chain: {count} tasks, one after another" if count else "no task waits for another",
            )

    def _take_chain(self) -> None:
        chain: frozenset[TaskId] = frozenset()
        self._chain_at = self._state.seq
        if self._chain_shown:
            still = {t for t in self._state.blockers if fate_of(self._state, t) is Fate.OPEN}
            chain = frozenset(longest_chain(self._state.blockers, still))
        changed = chain ^ self._painter.chain
        self._painter.chain = chain
        self._redraw(row for task_id in changed if (row := self._rows.row_of(task_id)) is not None)
