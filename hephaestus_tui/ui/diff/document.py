"""The rows of a review: which item stands in which row, at one width, folded as it is. Only what changed is laid out again.

A part is a file, or words about the work. An item is named by its part and its place in it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from hephaestus_tui.domain.work import Hunk, Side
from hephaestus_tui.ui.diff.items import Code, Head, HunkHead, Item, Part, Remark, Words, number_of, side_of
from hephaestus_tui.ui.diff.pairs import pairs
from hephaestus_tui.ui.widgets.lines import Line, Span

READING = "reading…"


class Place(NamedTuple):
    """An item: the number of its part, and its own in it. The first item of every part is its head."""

    part: int
    item: int


class _Laid(NamedTuple):
    items: list[Item]
    ends: list[int]  # the row after each item, counted in the part


class Document:
    """`height` says how many rows an item of a part takes. Call `touch` for a part that has changed, `lay_out` for all."""

    def __init__(self, height: Callable[[Part, Item], int]) -> None:
        self.parts: list[Part] = []
        self.remarks: Callable[[str], Sequence[Remark]] = lambda _: ()
        self.split = False
        self._height = height
        self._laid: list[_Laid | None] = []
        self._ends: list[int] | None = None
        self._folded: list[set[int]] = []

    def show(self, parts: Sequence[Part]) -> None:
        """Take another document."""
        self.parts = list(parts)
        self._folded = [set() for _ in parts]
        self.lay_out()

    def insert(self, number: int, part: Part) -> None:
        """Put one more part before another."""
        self.parts.insert(number, part)
        self._folded.insert(number, set())
        self._laid.insert(number, None)
        self._ends = None

    def lay_out(self) -> None:
        self._laid, self._ends = [None] * len(self.parts), None

    def touch(self, part: int) -> None:
        self._laid[part], self._ends = None, None

    # -- rows and items

    @property
    def rows(self) -> int:
        ends = self._all_ends()
        return ends[-1] if ends else 0

    def items(self, part: int) -> list[Item]:
        return self._of(part).items

    def item(self, place: Place) -> Item:
        return self._of(place.part).items[place.item]

    def at(self, row: int) -> tuple[Place, int]:
        """The item in a row of the document, and which of its own rows that is."""
        ends = self._all_ends()
        part = min(bisect_right(ends, row), len(ends) - 1)
        own = row - (ends[part - 1] if part else 0)
        laid = self._of(part)
        item = min(bisect_right(laid.ends, own), len(laid.items) - 1)
        return Place(part, item), own - (laid.ends[item - 1] if item else 0)

    def row_of(self, place: Place) -> int:
        """The first row of an item."""
        above = self._all_ends()[place.part - 1] if place.part else 0
        return above + (self._of(place.part).ends[place.item - 1] if place.item else 0)

    def height_of(self, place: Place) -> int:
        ends = self._of(place.part).ends
        return ends[place.item] - (ends[place.item - 1] if place.item else 0)

    def next(self, place: Place, step: int) -> Place | None:
        """The item after (1) or before (-1) another; None at the ends."""
        item = place.item + step
        if 0 <= item < len(self._of(place.part).items):
            return Place(place.part, item)
        part = place.part + step
        if not 0 <= part < len(self.parts):
            return None
        return Place(part, 0 if step > 0 else len(self._of(part).items) - 1)

    def clamp(self, place: Place) -> Place:
        """The same, or the nearest before it that there is."""
        part = min(max(place.part, 0), len(self.parts) - 1)
        return Place(part, min(max(place.item, 0), len(self._of(part).items) - 1))

    # -- folding

    def fold(self, part: int, folded: bool | None = None) -> None:
        here = self.parts[part]
        here.folded = not here.folded if folded is None else folded
        self.touch(part)

    def fold_hunk(self, part: int, hunk: int) -> None:
        self._folded[part] ^= {hunk}
        self.touch(part)

    def is_folded(self, part: int, hunk: int) -> bool:
        return hunk in self._folded[part]

    # -- finding

    def number(self, part: Part) -> int | None:
        """Where a part stands, which is told from others by being itself."""
        return next((n for n, other in enumerate(self.parts) if other is part), None)

    def file(self, path: str) -> int | None:
        """The part of a file."""
        return next((n for n, p in enumerate(self.parts) if p.change and p.change.path == path), None)

    def find(self, part: int, wanted: Callable[[Item], bool]) -> Place | None:
        """The first item of a part that is as wanted."""
        return next((Place(part, n) for n, item in enumerate(self._of(part).items) if wanted(item)), None)

    def seek(self, place: Place, step: int, wanted: Callable[[Item], bool]) -> Place | None:
        """The next item that is as wanted, from a place on but not there."""
        here = self.next(place, step)
        while here is not None and not wanted(self.item(here)):
            here = self.next(here, step)
        return here

    # -- laying out

    def _all_ends(self) -> list[int]:
        if self._ends is None:
            self._ends = list(accumulate(self._of(n).ends[-1] for n in range(len(self.parts))))
        return self._ends

    def _of(self, number: int) -> _Laid:
        if (laid := self._laid[number]) is None:
            part = self.parts[number]
            items = [Head(), *([] if part.folded else self._body(number, part))]
            laid = _Laid(items, list(accumulate(self._height(part, item) for item in items)))
            self._laid[number] = laid
        return laid

    def _body(self, number: int, part: Part) -> Iterable[Item]:
        yield from part.words
        if part.change is None:
            return
        if part.fault:
            yield Words(Line((Span(part.fault, "bad"),), indent=2))
        elif part.hunks is None:
            yield Words(Line((Span(READING, "muted"),), indent=2))
        else:
            remarks = list(self.remarks(part.change.path))
            for place, hunk in enumerate(part.hunks):
                yield HunkHead(place)
                if place not in self._folded[number]:
                    yield from self._hunk(place, hunk, remarks)
            if part.clipped:
                told = "The rest of this file's diff is too long to be shown: look at the branch with git."
                yield Words(Line((Span(told, "careful"),), indent=2))

    def _hunk(self, place: int, hunk: Hunk, remarks: Sequence[Remark]) -> Iterable[Item]:
        here: dict[tuple[Side, int], list[Remark]] = {}
        for remark in remarks:
            here.setdefault((remark.comment.side, remark.comment.line), []).append(remark)
        if self.split:
            codes = [Code(place, old, new) for old, new in pairs(hunk.lines)]
        else:
            codes = [
                Code(place, None if line.side is Side.NEW else line, None if line.side is Side.OLD else line)
                for line in hunk.lines
            ]
        if not here:
            yield from codes
            return
        for code in codes:
            yield code
            for line in dict.fromkeys(line for line in (code.old, code.new) if line):
                yield from here.get((side_of(line), number_of(line)), ())
