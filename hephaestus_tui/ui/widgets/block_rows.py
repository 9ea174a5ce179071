"""All blocks as one column of rows of which only those are rendered that someone looks at: memory follows the screen.

A place is a block and a row in it. There is no total height: to know it, every block would have to be rendered, and
to tell it, the screen laid out anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from textual.strip import Strip

from hephaestus_tui.ui.colours import without_colours
from hephaestus_tui.ui.widgets import block_lines
from hephaestus_tui.ui.widgets.block_lines import Markdown
from hephaestus_tui.ui.widgets.blocks import Block, Call, Head, Prose, Thought, folds, unfolded_at_first
from hephaestus_tui.ui.widgets.call_lines import LIVE_ROWS, call_head
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.stamps import Stamp
from hephaestus_tui.ui.widgets.wrapping import Tail

# rows that are kept rendered: some twenty screens
KEPT_ROWS = 1_000


class Place(NamedTuple):
    block: int
    row: int


@dataclass(slots=True)
class _Drawn:
    block: Block
    unfolded: bool
    gap: int
    stamp: str
    strips: list[Strip]

    def shows(self, block: Block, unfolded: bool, gap: int, stamp: str) -> bool:
        same = self.block is block or self.block == block
        return same and self.unfolded == unfolded and self.gap == gap and self.stamp == stamp


class BlockRows:
    """The rows of blocks at one width. `canvas` may be replaced; `blocks` and `stamps` too, as often as one likes.

    While `stamped`, the stamp of a block stands in the row that parts it from the one before.
    """

    def __init__(self, canvas: Canvas, markdown: Markdown) -> None:
        self.blocks: Sequence[Block] = ()
        self.stamps: Mapping[int, Stamp] = {}
        self.stamped = False
        self._canvas = canvas
        self._markdown = markdown
        self._drawn: OrderedDict[int, _Drawn] = OrderedDict()
        self._kept = 0
        self._unfolded: dict[int, tuple[type[Block], bool]] = {}
        self._tails: dict[tuple[int, type[Block]], Tail] = {}

    def shift(self, by: int) -> None:
        """Each block has a number that is larger by so much; those that would have none are gone."""
        self._drawn = OrderedDict((n + by, drawn) for n, drawn in self._drawn.items() if n + by >= 0)
        self._kept = sum(len(drawn.strips) for drawn in self._drawn.values())
        self._unfolded = {n + by: kept for n, kept in self._unfolded.items() if n + by >= 0}
        self._tails.clear()

    @property
    def canvas(self) -> Canvas:
        return self._canvas

    @canvas.setter
    def canvas(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._drawn.clear()
        self._tails.clear()
        self._kept = 0

    def unfolded(self, index: int) -> bool:
        block = self.blocks[index]
        kind, unfolded = self._unfolded.get(index, (None, False))
        return unfolded if kind is type(block) else unfolded_at_first(block)

    def toggle(self, index: int) -> None:
        block = self.blocks[index]
        if folds(block):
            self._unfolded[index] = (type(block), not self.unfolded(index))

    def rows(self, index: int) -> list[Strip]:
        """The rows of a block, with the blank one that parts it from the block before."""
        block, unfolded, gap, stamp = self.blocks[index], self.unfolded(index), self._gap(index), self._stamp(index)
        drawn = self._drawn.get(index)
        if drawn and drawn.shows(block, unfolded, gap, stamp):
            self._drawn.move_to_end(index)
            return drawn.strips
        above = [self._canvas.row((stamp, self._canvas.look.faint)) if stamp else self._canvas.blank] * gap
        strips = above + self._draw(index, block, unfolded)
        self._keep(index, _Drawn(block, unfolded, gap, stamp, strips))
        return strips

    def head(self, index: int) -> Place:
        """The place of the row that stands for a block: its first that does not just part it from another."""
        return Place(index, self._gap(index))

    def end(self) -> Place:
        """The place of the last row."""
        last = len(self.blocks) - 1
        return Place(last, len(self.rows(last)) - 1) if last >= 0 else Place(0, 0)

    def up(self, place: Place, count: int) -> Place:
        """`count` rows above, or the first row."""
        block, row = place
        while row < count:
            if block == 0:
                return Place(0, 0)
            count -= row + 1
            block -= 1
            row = len(self.rows(block)) - 1
        return Place(block, row - count)

    def down(self, place: Place, count: int) -> Place:
        """`count` rows below, or the last row."""
        block, row = place
        while block < len(self.blocks) and row + count >= (size := len(self.rows(block))):
            if block == len(self.blocks) - 1:
                return Place(block, max(size - 1, 0))
            count -= size - row
            block, row = block + 1, 0
        return Place(block, row + count)

    def window(self, place: Place, count: int) -> list[tuple[Place, Strip]]:
        """The rows from a place on, `count` at most."""
        seen: list[tuple[Place, Strip]] = []
        block, row = place
        while len(seen) < count and block < len(self.blocks):
            rows = self.rows(block)
            seen += [(Place(block, r), rows[r]) for r in range(row, min(len(rows), row + count - len(seen)))]
            block, row = block + 1, 0
        return seen

    def clamp(self, place: Place) -> Place:
        """The place, or the nearest that still exists."""
        if not self.blocks:
            return Place(0, 0)
        block = min(place.block, len(self.blocks) - 1)
        return Place(block, min(place.row, len(self.rows(block)) - 1))

    def _draw(self, index: int, block: Block, unfolded: bool) -> list[Strip]:
        canvas = self._canvas
        match block:
            case Prose(text=text, live=True, hidden=hidden):
                said = self._tail(index, block).grow(text.rstrip("\n"))
                return [*said, *canvas.hidden(hidden)]
            case Thought(text=text, live=True):
                return block_lines.thought_rows(canvas, self._tail(index, block).grow(text), unfolded)
            case Call(output=output) if output and not unfolded:
                return [
                    call_head(block, canvas),
                    *self._tail(index, block).grow(without_colours(output).rstrip("\n"))[-LIVE_ROWS:],
                ]
            case _:
                self._tails.pop((index, type(block)), None)
                return block_lines.rows_of(block, canvas, self._markdown, unfolded=unfolded)

    def _tail(self, index: int, block: Block) -> Tail:
        key = (index, type(block))
        if key not in self._tails:
            self._tails[key] = block_lines.tail(block, self._canvas)
        return self._tails[key]

    def _stamp(self, index: int) -> str:
        stamp = self.stamps.get(index) if self.stamped else None
        return stamp.told(self._canvas.inner) if stamp else ""

    def _gap(self, index: int) -> int:
        if self._stamp(index):
            return 1
        if index == 0 or isinstance(self.blocks[index - 1], Head):
            return 0
        close = block_lines.compact(self.blocks[index], self.unfolded(index)) and block_lines.compact(
            self.blocks[index - 1], self.unfolded(index - 1)
        )
        return 0 if close else 1

    def _keep(self, index: int, drawn: _Drawn) -> None:
        if old := self._drawn.pop(index, None):
            self._kept -= len(old.strips)
        self._drawn[index] = drawn
        self._kept += len(drawn.strips)
        while self._kept > KEPT_ROWS and len(self._drawn) > 1:
            _, dropped = self._drawn.popitem(last=False)
            self._kept -= len(dropped.strips)
