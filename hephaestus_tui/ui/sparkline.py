"""A row of signs that rise and fall with numbers: seen at a glance where a column of figures would have to be read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hephaestus_tui.ui.glyphs import ASCII, GlyphSet

_BARS, _ASCII_BARS = " ▁▂▃▄▅▆▇█", " .:-=+*#@"


def sparkline(values: Sequence[float], width: int, glyphs: GlyphSet) -> str:
    """One cell for each value, or for the most of several where there are more than `width`; the highest is full.

    Nothing is a space, and whatever is more than nothing shows at least the lowest bar.
    """
    bars = _ASCII_BARS if glyphs is ASCII else _BARS
    shown = _fitted(values, max(width, 1))
    most = max(shown, default=0.0)
    top = len(bars) - 1
    return "".join(bars[max(1, round(value / most * top))] if value > 0 else bars[0] for value in shown)


def _fitted(values: Sequence[float], width: int) -> list[float]:
    count = len(values)
    if count <= width:
        return list(values)
    edges = [place * count // width for place in range(width + 1)]
    return [max(values[start:end]) for start, end in pairwise(edges)]
