"""Which rows of the DAG stand on which lines of the pane: runs of finished tasks share one, all others have their own.

Folding changes no row and no column of the layout; it only leaves out lines on which nothing begins or ends.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable
from operator import itemgetter
from typing import NamedTuple

LEAST = 3
_RUNS = re.compile(rb"\x01{%d,}" % LEAST)


class Stretch(NamedTuple):
    """The rows on one line, both included."""

    first: int
    last: int

    @property
    def folded(self) -> bool:
        return self.last > self.first


class Folds:
    """Lines over rows 0..count-1. `fold` takes one byte a row: 1 where the row may be folded away."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._count = 0
        self._folded = 0
        self._pick: Callable[[bytes | bytearray], tuple[int, ...]] | None = None

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def any(self) -> bool:
        """Whether some rows are folded."""
        return self._folded > 0

    def at(self, line: int) -> Stretch:
        """What stands on a line."""
        end = self._starts[line + 1] if line + 1 < len(self._starts) else self._count
        return Stretch(self._starts[line], end - 1)

    def line_of(self, row: int) -> int:
        return bisect_right(self._starts, row) - 1 if self._folded else row

    def grow(self, count: int) -> None:
        """Give each row up to `count` that is new a line of its own."""
        if count > self._count:
            self._pick = None
        self._starts.extend(range(self._count, count))
        self._count = count

    def fold(self, foldable: bytes | bytearray, first: int, end: int, keep: Collection[int] = ()) -> bool:
        """Fold what may be folded of the rows first..end-1, but for those to `keep`; other rows stay as they are.

        Gives back whether a line came or went.
        """
        before = self._starts
        cut, rest = self._edge(first), self._edge(end)
        if cut >= rest:
            return False
        first, end = before[cut], before[rest] if rest < len(before) else self._count
        may = bytearray(foldable[first:end])
        for row in keep:
            if first <= row < end:
                may[row - first] = 0
        made: list[int] = []
        at = first
        for run in _RUNS.finditer(may):
            made.extend(range(at, first + run.start()))
            made.append(first + run.start())
            at = first + run.end()
        made.extend(range(at, end))
        return self._take([*before[:cut], *made, *before[rest:]])

    def unfold(self, first: int, last: int) -> bool:
        """Give every row that is folded with one of first..last a line of its own again."""
        if not self._folded:
            return False
        cut, end = bisect_right(self._starts, first) - 1, bisect_right(self._starts, last)
        until = self._starts[end] if end < len(self._starts) else self._count
        return self._take([*self._starts[:cut], *range(self._starts[cut], until), *self._starts[end:]])

    def wake(self, rows: Iterable[int]) -> bool:
        """Unfold whatever hides one of `rows`."""
        hidden = [row for row in rows if self.at(self.line_of(row)).folded]
        for row in hidden:
            self.unfold(row, row)
        return bool(hidden)

    def by_line(self, values: bytes | bytearray) -> bytes | bytearray:
        """What is given of each row, by line: of rows that share one, the value of the first."""
        if not self._folded or len(self._starts) < 2:
            return bytes(map(values.__getitem__, self._starts)) if self._folded else values
        if self._pick is None:  # asked at every frame, of lines that seldom change
            self._pick = itemgetter(*self._starts)
        return bytes(self._pick(values))

    def _edge(self, row: int) -> int:
        """The first line that begins at `row` or after it."""
        line = bisect_right(self._starts, row) - 1
        return line if line >= 0 and self._starts[line] == row else line + 1

    def _take(self, starts: list[int]) -> bool:
        changed = starts != self._starts
        self._pick = None if changed else self._pick
        self._starts = starts
        self._folded = self._count - len(starts)
        return changed
