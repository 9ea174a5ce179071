"""Where the terminal is trusted with ASCII alone, no sign of ours may slip through: not a dot, not the end of a scroll bar."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# each has one cell, and so has what stands for it; text of others is left as it is
_SIGNS = str.maketrans(
    "·•…→←↑↓›│─┃━╭╮╰╯┌┐└┘├┤┬┴┼▌▐▎▏▕▁▂▃▄▅▆▇█▀▔▉▊▋▍×–−",
    "-*~><^v>|-|-+++++++++++++|||||       #  ||||x--",
)


class PlainSigns(LineFilter):
    """The nearest sign of ASCII in place of what lines and lists are drawn with."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [s if s.text.isascii() else Segment(s.text.translate(_SIGNS), s.style, s.control) for s in segments]
