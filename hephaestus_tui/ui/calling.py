"""Calls a person who looks elsewhere: how much waits stands in the terminal's title, and what is new may ring or notify.

What is written goes to the terminal past every filter, so all text in it is cleaned here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hephaestus_tui.config import Notify, UiSettings
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.words import first_line

if TYPE_CHECKING:  # the first screen does not wait for it
    from hephaestus_tui.domain.attention import Attention

CALL_SECONDS = 5.0
_TITLE_CELLS, _CALL_CELLS = 80, 100
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_PUSH, _POP = "\x1b[22;2t", "\x1b[23;2t"  # xterm keeps the title that was there, and puts it back


class Calling:
    """`write` goes to the terminal, `looked_at` says whether it has the focus; nothing is written while `suspend`ed.

    At most one call in `CALL_SECONDS`. What waits when the run is opened is not new.
    """

    def __init__(
        self,
        settings: UiSettings,
        write: Callable[[str], None],
        looked_at: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._write, self._looked_at, self._clock = settings, write, looked_at, clock
        self._on = False
        self._title = ""
        self._shown = ""
        self._known: set[tuple[object, ...]] | None = None
        self._called_at = -CALL_SECONDS

    def begin(self) -> None:
        """Keep the title that the terminal has. Also after `suspend`: the title is ours again."""
        self._on = True
        if self._settings.title:
            self._write(_PUSH)
            self._show_title()

    def suspend(self) -> None:
        """Give the title back, for good or while another program has the terminal."""
        if self._on and self._settings.title:
            self._write(f"{_title('')}{_POP}")  # a terminal that keeps no title goes back to its own
        self._on, self._shown = False, ""

    def show(self, goal: str, waiting: int, inbox: Callable[[], Sequence[Attention]]) -> None:
        """Say how much waits; with every frame in which anything moved. `inbox` is asked only where calls are wanted."""
        dot = "-" if self._settings.ascii else "·"
        of = f" {dot} {line(first_line(goal), _TITLE_CELLS)}" if goal else ""
        self._title = f"({waiting:,}) hephaestus{of}" if waiting else f"hephaestus{of}"
        if self._on:
            self._show_title()
            self._call(inbox)

    def _show_title(self) -> None:
        if self._settings.title and self._title and self._title != self._shown:
            self._shown = self._title
            self._write(_title(self._title))

    def _call(self, inbox: Callable[[], Sequence[Attention]]) -> None:
        if self._settings.notify is Notify.OFF:
            return
        items = {(*item.key, item.since): item for item in inbox()}
        known, self._known = self._known, set(items)
        if known is None:
            return
        new = [item for sign, item in items.items() if sign not in known]
        if not new:
            return
        if self._settings.notify is not Notify.BELL and self._looked_at():
            return
        now = self._clock()
        if now - self._called_at >= CALL_SECONDS:
            self._called_at = now
            self._write(_call(self._settings.notify, new[0], len(items)))


def _title(text: str) -> str:
    return f"\x1b]2;{_CONTROL.sub('', text)}\x07"


def _call(how: Notify, item: Attention, waiting: int) -> str:
    if how is Notify.BELL:
        return "\x07"
    what = f"{item.task_id} {item.kind}: {line(item.text, _CALL_CELLS)}"
    text = _CONTROL.sub("", f"{waiting:,} {'waits' if waiting == 1 else 'wait'} for you; {what}")
    # begun with a word, since a number would be taken for the name of a command by some terminals
    return f"\x1b]9;hephaestus: {text}\x07" if how is Notify.OSC9 else f"\x1b]777;notify;hephaestus;{text}\x07"
