"""Keeps colour out of what is written where NO_COLOR is set: Textual itself would write greys, which are colours too."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

# of the grounds of the theme `mono`: those of cursors, selections, badges and changed words are lighter
_LIGHT = 0.2
_REVERSED = Style(reverse=True)


class Colourless(LineFilter):
    """What stands on a light ground is shown in reverse, since it is that ground by which a cursor is known."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text, _without(style), control) for text, style, control in segments]


@lru_cache(1024)
def _without(style: Style | None) -> Style | None:
    if style is None:
        return None
    ground = style.bgcolor
    light = ground is not None and not ground.is_default and Color.from_rich_color(ground).brightness > _LIGHT
    return style.without_color + _REVERSED if light else style.without_color
