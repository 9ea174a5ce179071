"""Shows a long text whole: in the transcript it would be cut, so that no block can hold up the screen."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.screens.find import FindScreen
from hephaestus_tui.ui.screens.left_once import LeftOnce
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.long_text import LongText
from hephaestus_tui.ui.words import count


class ViewerScreen(LeftOnce[None]):
    """`title` says what the text is."""

    CSS = """
    ViewerScreen > .title { height: 1; padding: 0 1; background: $panel; text-style: bold; }
    ViewerScreen > .keys { height: 1; padding: 0 1; background: $panel; }
    ViewerScreen > LongText { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "dismiss(None)", "Back", show=False),
        Binding("ctrl+f,slash", "find", "Find words", show=False),
        Binding("right_curly_bracket", "match(1)", "Next match", show=False),
        Binding("left_curly_bracket", "match(-1)", "Match before", show=False),
    ]

    def __init__(self, title: str, text: str, glyphs: GlyphSet) -> None:
        super().__init__()
        self._title, self._text = title, LongText(text, glyphs)
        self._head = Static(classes="title")
        self._found = ""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._text
        yield Static(
            key_row(("esc", "back"), ("^f", "find"), ("{ }", "matches"), ("left right", "shift"), ("home end", "ends")),
            classes="keys",
        )

    def on_mount(self) -> None:
        self._text.focus()
        self._say("")

    @work(group="find")
    async def action_find(self) -> None:
        if words := await self.app.push_screen_wait(FindScreen(self._found)):
            self._found = words
            self.action_match(1)

    def action_match(self, step: int) -> None:
        if self._found:
            at, of = self._text.find(self._found, step)
            self._say(
                f"{line(self._found, 30)}: line {at:,} of {of:,}" if of else f"{line(self._found, 30)} is nowhere in it"
            )

    def _say(self, found: str) -> None:
        told = [line(self._title, 100), count(self._text.lines, "line"), found]
        self._head.update(content("  ".join(word for word in told if word)))
