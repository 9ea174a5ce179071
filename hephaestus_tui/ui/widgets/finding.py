"""Words that are looked for in a transcript: counted in what its blocks say, so that nothing is drawn to count them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from hephaestus_tui.ui.widgets.block_rows import BlockRows, Place
from hephaestus_tui.ui.widgets.block_text import said_by
from hephaestus_tui.ui.widgets.blocks import Block, Head, folds
from hephaestus_tui.ui.widgets.drawing import LEFT
from hephaestus_tui.ui.widgets.viewport import Viewport


class Finding:
    """`at` is the match that a person is at, a block and how many matches in it come before; `place` is its row.

    Upper and lower case are the same.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        self.at: tuple[int, int] | None = None
        self.place: Place | None = None
        self._needle = words.lower()
        self._blocks: list[Block] = []
        self._counts: list[int] = []

    def shift(self, by: int) -> None:
        """The blocks have other numbers, larger by so much."""
        if by and self.at is not None:
            self.at = (self.at[0] + by, self.at[1]) if self.at[0] + by >= 0 else None
        if by and self.place is not None:
            self.place = Place(self.place.block + by, self.place.row) if self.at else None

    def look(self, blocks: Sequence[Block]) -> int:
        """How many matches there are; only blocks that are not those of the last look are read."""
        known = self._blocks
        for index, block in enumerate(blocks):
            if index < len(known) and known[index] is block:
                continue
            count = matches_in(block, self._needle)
            self._blocks[index : index + 1] = [block]
            self._counts[index : index + 1] = [count]
        del self._blocks[len(blocks) :], self._counts[len(blocks) :]
        return sum(self._counts)

    def block_from(self, start: int, step: int) -> int | None:
        """The first block from `start` on (before it, where `step` is -1) that has a match; past the end, from the other."""
        size = len(self._counts)
        around = ((start + step * n) % size for n in range(size))
        return next((index for index in around if self._counts[index]), None)

    @property
    def ordinal(self) -> int:
        """Which of all matches a person is at, from 1; 0 at none."""
        if self.at is None or self.at[0] >= len(self._counts):
            return 0
        block, within = self.at
        before = sum(self._counts[:block])
        return before + min(within + 1, self._counts[block])

    def step(self, view: Viewport, step: int, start: int | None = None) -> None:
        """Go on to the next match, or back (-1) to the one before, and bring it into view.

        The first is looked for from `start` on, else from the block at the top of the view.
        """
        rows = view.rows
        if start is not None or self.at is None or self.at[0] >= len(self._counts):
            start = view.top.block if start is None else start
            block, within = self.block_from(start, step), 0 if step > 0 else -1
        else:
            block, within = self.at[0], self.at[1] + step
            if not 0 <= within < len(self._places(rows, block)):
                block, within = self.block_from(block + step, step), 0 if step > 0 else -1
        if block is None:
            return
        places = self._places(rows, block)
        if not places and folds(rows.blocks[block]):
            rows.toggle(block)
            places = self._places(rows, block)
        within %= max(len(places), 1)
        self.at = block, within
        self.place = Place(block, places[within]) if places else rows.head(block)
        view.look_at(self.place)

    def _places(self, rows: BlockRows, block: int) -> list[int]:
        """The rows of the matches in a block. What its head repeats of its text counts only while it is folded."""
        drawn, head = rows.rows(block), rows.head(block).row
        found = self.rows_in(drawn)
        below = [row for row in found if row > head]
        return below if below and folds(rows.blocks[block]) else found

    def rows_in(self, rows: Sequence[Strip]) -> list[int]:
        """The row in which each match begins; one that is wrapped is found too."""
        texts = [" ".join(row.text[LEFT:].lstrip("│| ").split()).lower() for row in rows]
        ends = list(accumulate(len(text) + 1 for text in texts))
        whole = " ".join(texts)
        found: list[int] = []
        row, start = 0, whole.find(self._needle)
        while start >= 0:
            while ends[row] <= start:
                row += 1
            found.append(row)
            start = whole.find(self._needle, start + len(self._needle))
        return found

    def lit(self, strip: Strip, style: Style) -> Strip:
        """A row with its matches in a style of their own."""
        return lit(strip, self._needle, style)


def matches_in(block: Block, needle: str) -> int:
    """How often a needle in small letters is in what a block says. Heads say nothing: they come and go with the pages."""
    return 0 if isinstance(block, Head) else said_by(block).lower().count(needle)


def lit(strip: Strip, needle: str, style: Style) -> Strip:
    """A row with each match of a needle in small letters in a style of its own."""
    text = strip.text
    low = text.lower()
    if needle not in low or len(low) != len(text):
        return strip
    pieces: list[Strip] = []
    cell = place = 0
    while (start := low.find(needle, place)) >= 0:
        left = cell + cell_len(text[place:start])
        right = left + cell_len(text[start : start + len(needle)])
        pieces += [strip.crop(cell, left), _over(strip.crop(left, right), style)]
        place, cell = start + len(needle), right
    return Strip.join([*pieces, strip.crop(cell)])


def _over(strip: Strip, style: Style) -> Strip:
    return Strip([segment._replace(style=(segment.style or Style()) + style) for segment in strip], strip.cell_length)
