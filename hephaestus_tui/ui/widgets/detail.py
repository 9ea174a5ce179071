"""The detail pane: everything about the selected task, redrawn only when what it says has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.named_keys import with_names
from hephaestus_tui.ui.widgets.detail_keys import Keys
from hephaestus_tui.ui.widgets.detail_sections import Folds, Section, laid_out
from hephaestus_tui.ui.widgets.detail_stops import (
    Stop,
    found_again,
    heading_stops,
    link_at,
    link_stops,
    link_under,
)
from hephaestus_tui.ui.widgets.detail_text import sections_of
from hephaestus_tui.ui.widgets.lines import Row
from hephaestus_tui.ui.widgets.lines_view import MARGIN, LinesView
from hephaestus_tui.ui.widgets.links import Link

_CLOCK_STEP = 5.0  # seconds: relative times are looked at again no more often


class DetailView(LinesView):
    """Call `show` with every frame. `keys` are the keys it names; its own choose a link or a section, follow and fold."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "next_link(1)", "Next place that it leads to", show=False),
        Binding("left", "next_link(-1)", "The one before", show=False),
        Binding("enter", "follow", "Go there", tooltip="Go to the place that is chosen; fold or unfold a section"),
        Binding("right_square_bracket", "section(1)", "Next section", show=False),
        Binding("left_square_bracket", "section(-1)", "Section before", show=False),
        Binding("Z", "fold_all", "Fold all sections, or unfold them", show=False),
        Binding("backspace", "back", "Back to the task from which one came", show=False),
    ]
    BINDINGS = with_names("detail", BINDINGS)

    class LinkFollowed(Message):
        """A person asked for what is named in the pane."""

        def __init__(self, link: Link) -> None:
            self.link = link
            super().__init__()

    class BackAsked(Message):
        """A person asked for the task that was shown before."""

    def __init__(self, glyphs: GlyphSet, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.glyphs = glyphs
        self.keys = Keys()
        self._task_id: TaskId | None = None
        self._seen: tuple[object, ...] = ()
        self._chosen: Stop | None = None
        self._sections: Sequence[Section] = ()
        self._folds = Folds()

    def show(self, state: RunState, task_id: TaskId | None, now: float, retry: str = "") -> None:
        """Show a task as it is in `state`; None shows the run. The same task keeps its place, another starts at the top.

        Cheap when nothing happened: a state is known by its `run_id` and `seq`.
        """
        seen = (state.run_id, state.seq, task_id, now // _CLOCK_STEP, self.glyphs.name, self.keys, retry)
        if seen == self._seen:
            return
        self._seen = seen
        if task_id != self._task_id:
            self._task_id = task_id
            self._chosen = None
            self.go_to(0)
        self._sections = sections_of(state, task_id, now, self.glyphs, self.keys, retry)
        self._lay_sections()

    def _lay_sections(self) -> None:
        before, chosen = self.lines, self._chosen
        if self.set_lines(laid_out(self._sections, self.glyphs, self._folds)):
            self._chosen = found_again(self.lines, before, chosen)

    @property
    def chosen_link(self) -> Link | None:
        return link_at(self.lines, self._chosen)

    def style_of(self, row: Row) -> str:
        return "chosen" if self._chosen == Stop(row.line) else ""

    def style_of_link(self, row: Row, number: int) -> str:
        return "chosen" if self._chosen == Stop(row.line, number) else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "follow" or self._chosen is not None

    def action_next_link(self, step: int) -> None:
        self._to_next(link_stops(self.lines), step)
        if self._chosen:
            self._show_row(self.row_of_line(self._chosen.line))

    def action_section(self, step: int) -> None:
        """To the heading of the next section, which is put at the top as far as there are rows."""
        self._to_next(heading_stops(self.lines), step)
        if self._chosen:
            self.go_to(self.row_of_line(self._chosen.line))

    def _to_next(self, stops: Sequence[Stop], step: int) -> None:
        """From the one that is chosen, or else from what is at the top of the pane; round at the ends."""
        if not stops:
            return
        top = self.row_at(self.scroll_offset.y)
        at = self._chosen or Stop(top.line if top else 0)
        if self._chosen is None and step > 0:
            later = [stop for stop in stops if stop.line >= at.line]
        else:
            later = [stop for stop in stops if (stop > at if step > 0 else stop < at)]
        self._chosen = (later or list(stops))[0 if step > 0 else -1]
        self.redraw()
        self.refresh_bindings()

    def action_follow(self) -> None:
        if self._chosen and (name := self.lines[self._chosen.line].section):
            self._fold(name)
        elif (link := self.chosen_link) is not None:
            self.post_message(self.LinkFollowed(link))

    def action_fold_all(self) -> None:
        self._folds.toggle_all(self._sections)
        self._lay_sections()
        if self._chosen:
            self._show_row(self.row_of_line(self._chosen.line))

    def action_back(self) -> None:
        self.post_message(self.BackAsked())

    def _fold(self, name: str) -> None:
        for section in self._sections:
            if section.name == name:
                self._folds.toggle(section)
        self._lay_sections()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or (row := self.row_at(offset.y + self.scroll_offset.y)) is None:
            return
        if name := self.lines[row.line].section:
            self._fold(name)
        elif (link := link_under(self.lines, row, offset.x - MARGIN)) is not None:
            self.post_message(self.LinkFollowed(link))

    def _show_row(self, y: int) -> None:
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if not top <= y < top + height:
            self.go_to(y - height // 2)
