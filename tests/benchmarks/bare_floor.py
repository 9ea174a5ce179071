"""The floor of every screen: as little as a Textual app can be, a field and a line."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Input, Static


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Input(placeholder="nothing")
        yield Static("bare")


if __name__ == "__main__":
    Bare().run()
