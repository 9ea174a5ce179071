"""Gives each pane a title that shows where the focus is, and which panes there is no room for."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static


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

    def __init__(self, name: str, inner: Widget) -> None:
        super().__init__(id=name)
        self.inner = inner
        self._title = Static(classes="title")

    def compose(self) -> ComposeResult:
        yield self._title
        yield self.inner

    def title(self, names: Iterable[str], own: str) -> None:
        """The pane's own name among those of panes that are hidden; literals and keys only, no text from outside."""
        shown = [Content(name) if name == own else Content.styled(name, "not bold $text-muted") for name in names]
        self._title.update(Content("   ").join(shown))
