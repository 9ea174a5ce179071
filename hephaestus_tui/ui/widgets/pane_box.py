"""Gives each pane a title that shows where the focus is, and which panes there is no room for."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

_GAP = "   "


class PaneBox(Vertical):
    """A pane under its title."""

    DEFAULT_CSS = """
    PaneBox {
        height: 1fr; width: 1fr;
        & > * { height: 1fr; width: 1fr; }
        & > .title { height: 1; padding: 0 1; color: $text-muted; background: $background; }
        &.-current > .title { color: $primary; text-style: bold; }
    }
    """

    class TitleClicked(Message):
        """A person clicked on the name of a pane; `place` counts the names in the title."""

        def __init__(self, box: PaneBox, place: int) -> None:
            self.box, self.place = box, place
            super().__init__()

    def __init__(self, name: str, inner: Widget) -> None:
        super().__init__(id=name)
        self.inner = inner
        self._title = Static(classes="title")
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        yield self._title
        yield self.inner

    def title(self, names: Iterable[str], own: str) -> None:
        """The pane's own name among those of panes that are hidden; literals and keys only, no text from outside."""
        self._names = list(names)
        shown = [Content(name) if name == own else Content.styled(name, "not bold $text-muted") for name in self._names]
        self._title.update(Content(_GAP).join(shown))

    def on_click(self, event: events.Click) -> None:
        region = self._title.content_region
        if not region.contains(event.screen_x, event.screen_y):
            return
        end = 0
        for place, name in enumerate(self._names):
            end += len(name) + len(_GAP)
            if event.screen_x - region.x < end:
                self.post_message(self.TitleClicked(self, place))
                return
