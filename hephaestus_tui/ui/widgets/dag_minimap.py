"""The whole run in one column: the worst that is the matter in each stretch of it, and which stretch is on the screen."""

from __future__ import annotations

from typing import NamedTuple

from hephaestus_tui.ui.glyphs import GlyphSet, Mark

# the worst first
_WORST = (
    Mark.FAILED, Mark.DEAD, Mark.NEEDS_YOU, Mark.PROPOSED, Mark.AMENDED, Mark.TO_MERGE, Mark.RUNNING, Mark.QUERIED,
    Mark.PAUSED, Mark.BLOCKED, Mark.READY, Mark.PENDING, Mark.DISCARDED, Mark.CANCELLED, Mark.REJECTED, Mark.JOINED,
    Mark.DONE,
)  # fmt: skip
LEVELS: dict[Mark, int] = {mark: level for level, mark in enumerate(reversed(_WORST))}
CALM = LEVELS[Mark.DISCARDED]  # up to here it has ended, and not badly
BY_LEVEL: tuple[Mark, ...] = tuple(reversed(_WORST))


class Cell(NamedTuple):
    """A sign, the mark that it stands for, and whether the rows that are on the screen are among its own."""

    sign: str
    mark: Mark
    here: bool


def minimap(levels: bytes | bytearray, height: int, top: int, page: int, glyphs: GlyphSet) -> tuple[Cell, ...]:
    """`height` cells for rows whose `LEVELS` are given, of which `page` are shown from `top` on; none if all are."""
    count = len(levels)
    if count <= page or height <= 0:
        return ()
    calm, calm_here = (":", "|") if glyphs.name == "ascii" else ("│", "┃")
    cells = []
    for place in range(height):
        first = place * count // height
        end = max((place + 1) * count // height, first + 1)
        level = max(levels[first:end])
        mark = BY_LEVEL[level]
        here = first < top + page and end > top
        sign = (calm_here if here else calm) if level <= CALM else glyphs.marks[mark]
        cells.append(Cell(sign, mark, here))
    return tuple(cells)


def place_at(cell: int, height: int, count: int) -> int:
    """The first row that a cell of the map stands for."""
    return max(0, min(cell * count // max(height, 1), count - 1))
