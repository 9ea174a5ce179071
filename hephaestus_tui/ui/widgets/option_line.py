"""One of a few choices in a line: left and right move, nothing opens, and what is chosen stands in brackets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from hephaestus_tui.ui.text import content, line

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Offer(Generic[_T]):
    value: _T
    label: str


class OptionLine(Static, Generic[_T], can_focus=True):
    """Gives `Changed` when another option is chosen; with one option it takes no focus."""

    DEFAULT_CSS = """
    OptionLine { height: auto; padding: 0 1; border-left: outer $panel; }
    OptionLine:focus { border-left: outer $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Before", show=False),
        Binding("right", "move(1)", "After", show=False),
    ]

    class Changed(Message):
        """Another option is chosen."""

    def __init__(self, options: Sequence[Offer[_T]], chosen: _T, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._options: tuple[Offer[_T], ...] = ()
        self._chosen = chosen
        self.offer(options)

    @property
    def chosen(self) -> _T:
        return self._chosen

    def offer(self, options: Sequence[Offer[_T]]) -> None:
        """Let these be the options; one that was chosen and is gone gives way to the first."""
        if tuple(options) == self._options:
            return
        self._options = tuple(options)
        if self._chosen not in [option.value for option in self._options]:
            self._chosen = self._options[0].value
        self.can_focus = len(self._options) > 1
        self._draw()

    def action_move(self, step: int) -> None:
        values = [option.value for option in self._options]
        place = max(0, min(values.index(self._chosen) + step, len(values) - 1))
        if values[place] != self._chosen:
            self._chosen = values[place]
            self._draw()
            self.post_message(self.Changed())

    def _draw(self) -> None:
        parts = []
        for option in self._options:
            if option.value == self._chosen:
                parts.append(Content.styled(f"[{line(option.label)}]", "bold reverse"))
            else:
                parts.append(content(f" {line(option.label)} ", "$text-muted"))
        self.update(Content(" ").join(parts))
