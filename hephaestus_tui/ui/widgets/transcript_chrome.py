"""The two lines around a transcript that say where one is: its title, and what lies below when the pane is scrolled up."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.drawing import WIDE


def title(text: str, state: str, width: int, glyphs: GlyphSet, bold: Style, plain: Style) -> Strip:
    """The title at the left, the state of following at the right."""
    room = max(width - len(state) - 4, 0)
    told = line(text, room, ellipsis=glyphs.ellipsis)
    left = Strip([Segment(" ", plain), Segment(told, bold)]).adjust_cell_length(max(width - len(state) - 1, 0), plain)
    return Strip.join([left, Strip([Segment(f"{state} ", plain)])]).adjust_cell_length(width, plain)


def found(words: str, ordinal: int, count: int, width: int, *, here: bool = False) -> str:
    """Which of how many matches a person is at; what is looked for where there is room for it.

    `here` says that only the pages that have been read were looked through.
    """
    told = f"{ordinal:,} of {count:,}" + (" in these pages" if here else "")
    return f"{line(words, 20)}: {told}  {{ }} move" if width >= WIDE else told


def notice(news: int, width: int, glyphs: GlyphSet, style: Style) -> Strip:
    """How many blocks came below, and the key that leads there."""
    arrow = "↓" if glyphs.name == "unicode" else "v"
    told = f"{news} new {arrow} end " if news else f"more {arrow} end "
    return Strip([Segment(told.rjust(width), style)]).adjust_cell_length(width, style)
