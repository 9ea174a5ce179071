"""The detail pane: everything about the selected task, redrawn only when what it says has changed."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.named_keys import with_names
from hephaestus_tui.ui.widgets.detail_keys import Keys
from hephaestus_tui.ui.widgets.detail_text import detail
from hephaestus_tui.ui.widgets.lines import Row
from hephaestus_tui.ui.widgets.lines_view import LinesView

_CLOCK_STEP = 5.0  # seconds: relative times are looked at again no more often


class DetailView(LinesView):
    """Call `show` with every frame. `keys` are the keys it names; left and right choose a linked task, enter follows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "next_link(1)", "Next linked task", show=False),
        Binding("left", "next_link(-1)", "Previous linked task", show=False),
        Binding("enter", "follow", "Go to task"),
    ]
    BINDINGS = with_names("detail", BINDINGS)

    class TaskLinked(Message):
        """A person asked for a task that is named in the pane."""

        def __init__(self, task_id: TaskId) -> None:
            self.task_id = task_id
            super().__init__()

    def __init__(self, glyphs: GlyphSet, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.glyphs = glyphs
        self.keys = Keys()
        self._task_id: TaskId | None = None
        self._seen: tuple[object, ...] = ()
        self._chosen: int | None = None

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
        chosen = self.chosen_link
        if self.set_lines(detail(state, task_id, now, self.glyphs, self.keys, retry)):
            self._chosen = next((n for n, line in enumerate(self.lines) if chosen and line.link == chosen), None)

    @property
    def chosen_link(self) -> TaskId | None:
        return None if self._chosen is None else self.lines[self._chosen].link

    def style_of(self, row: Row) -> str:
        return "chosen" if row.line == self._chosen else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "follow" or self._chosen is not None

    def action_next_link(self, step: int) -> None:
        links = [number for number, line in enumerate(self.lines) if line.link]
        if not links:
            return
        if self._chosen in links:
            self._chosen = links[(links.index(self._chosen) + step) % len(links)]
        else:
            self._chosen = links[0 if step > 0 else -1]
        self._show_row(self.row_of_line(self._chosen))
        self.redraw()
        self.refresh_bindings()

    def action_follow(self) -> None:
        if link := self.chosen_link:
            self.post_message(self.TaskLinked(link))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if (row := self.row_at(offset.y + self.scroll_offset.y)) and (link := self.lines[row.line].link):
            self.post_message(self.TaskLinked(link))

    def _show_row(self, y: int) -> None:
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if not top <= y < top + height:
            self.go_to(y - height // 2)
