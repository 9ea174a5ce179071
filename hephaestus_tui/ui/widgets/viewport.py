"""Which rows a pane of some height shows, and how a person moves in them: following, holding, folding, pointing."""

from __future__ import annotations

from collections.abc import Callable

from textual.strip import Strip

from hephaestus_tui.ui.widgets.block_rows import BlockRows, Place
from hephaestus_tui.ui.widgets.blocks import Block, Call, folds
from hephaestus_tui.ui.widgets.drawing import Canvas

# while it follows, text grows into this share of the pane before it moves up: fewer, longer moves are calmer to read
# and cheaper to draw than one for every row
SLACK_SHARE, SLACK_ROWS = 6, 6


class Viewport:
    """A window on rows. `chosen` is the block that is pointed at, if any; call `settle` after blocks changed."""

    def __init__(self, rows: BlockRows, height: int) -> None:
        self.rows = rows
        self.height = height
        self.following = True
        self.chosen: int | None = None
        self._top = Place(0, 0)
        self._seen = 0
        self._fresh = True
        self.arrived: int | None = None  # how many blocks have come, where those of before are not all there
        self.more = False  # there is more below than the last block

    def shown(self) -> list[tuple[Place, Strip]]:
        return self.rows.window(self._top, self.height)

    @property
    def top(self) -> Place:
        return self._top

    @property
    def news(self) -> int:
        """Blocks that came since the pane was held."""
        return max(self._arrived() - self._seen, 0)

    def _arrived(self) -> int:
        return len(self.rows.blocks) if self.arrived is None else self.arrived

    def shift(self, by: int) -> None:
        """The blocks have other numbers, larger by so much; what is in view stays where it is."""
        if not by:
            return
        top = self._top
        grown = top.block == 0 and by > 0  # the row that parts it from a block before
        self.rows.shift(by)
        self._top = Place(top.block + by, top.row) if top.block + by >= 0 else Place(0, 0)
        if grown and top.block + by < len(self.rows.blocks):
            self._top = Place(self._top.block, top.row + self.rows.head(self._top.block).row)
        if self.chosen is not None:
            self.chosen = self.chosen + by if self.chosen + by >= 0 else None

    def at_end(self) -> bool:
        if self.more:
            return False
        shown = self.shown()
        return not shown or shown[-1][0] == self.rows.end()

    def settle(self) -> None:
        """Keep the place, or when following, the newest row in view."""
        rows, height = self.rows, self.height
        self._top = rows.clamp(self._top)
        if self.chosen is not None and self.chosen >= len(rows.blocks):
            self.chosen = None
        if not rows.blocks or not self.following:
            return
        if self._fresh:
            self._fresh = False
            self._top = self._lowest()
        below = len(rows.window(self._top, height + 1))
        slack = min(height // SLACK_SHARE, SLACK_ROWS)
        if below > height:
            self._top = rows.up(rows.end(), max(height - slack - 1, 0))
        elif below < height - slack:
            self._top = self._lowest()

    def repaint(self, canvas: Canvas) -> None:
        """Take another width or look; the top stays in the same part of the same block."""
        top, rows = self._top, self.rows
        known = top.block < len(rows.blocks)
        old = len(rows.rows(top.block)) if known else 1
        rows.canvas = canvas
        if known:
            new = len(rows.rows(top.block))
            self._top = Place(top.block, min(top.row * new // max(old, 1), max(new - 1, 0)))

    def show_stamps(self, stamped: bool) -> None:
        """With the stamps of blocks or without them; the block at the top stays there."""
        self.rows.stamped = stamped
        self._top = self.rows.clamp(self._top)
        if self.following and self.rows.blocks:
            self._top = self._lowest()

    # -- moving

    def follow(self) -> None:
        self.following, self.chosen = True, None
        if self.rows.blocks:
            self._top = self._lowest()

    def hold(self) -> None:
        if self.following:
            self.following, self._seen = False, self._arrived()

    def first(self) -> None:
        if self._top != Place(0, 0):
            self.hold()
            self._top = Place(0, 0)

    def move(self, count: int) -> None:
        """Up (negative) holds; down to the last row follows again."""
        if not self.rows.blocks:
            return
        lowest = self._lowest()
        if count < 0:
            top = self.rows.up(min(self._top, lowest), -count)
            if top != self._top:
                self.hold()
                self._top = top
        elif not self.following:
            self._top = min(self.rows.down(self._top, count), lowest)
            self.following = self._top == lowest and not self.more

    def _lowest(self) -> Place:
        return self.rows.up(self.rows.end(), max(self.height - 1, 0))

    # -- folding

    def choose(self, step: int) -> None:
        """Point at the next block that folds, and bring it into view."""
        blocks = self.rows.blocks
        start = self.chosen
        if start is None:
            start = len(blocks) if step < 0 else self._top.block - 1
        places = range(start + step, -1 if step < 0 else len(blocks), step)
        chosen = next((i for i in places if folds(blocks[i])), None)
        if chosen is None:
            return
        self.chosen = chosen
        head = self.rows.head(chosen)
        shown = [place for place, _ in self.shown()]
        if head in shown[:-1] or (head in shown and self.at_end()):
            return
        self.hold()
        self._top = self.rows.up(head, self.height // 3)

    def point(self, index: int, since: int) -> None:
        """Hold at one block and point at it; it is moved into view, with what leads to it from the block `since` on.

        Of more than there is room for, the end is shown.
        """
        self.hold()
        self.chosen = index
        head, start = self.rows.head(index), self.rows.head(since)
        shown = [place for place, _ in self.shown()]
        if head in shown[:-1] and start in shown:
            return
        fits = any(place == head for place, _ in self.rows.window(start, self.height - 2))
        self._top = min(start if fits else self.rows.up(head, self.height * 2 // 3), self._lowest())

    def stand(self, block: int) -> None:
        """Hold with the head of a block as the first row in view."""
        self.hold()
        self._fresh = False
        self._top = min(self.rows.head(block), self._lowest())

    def look_at(self, place: Place) -> None:
        """Hold, and bring one row into view, with some of what leads to it."""
        self.hold()
        if place not in [shown for shown, _ in self.shown()][:-1]:
            self._top = min(self.rows.up(place, self.height // 3), self._lowest())

    def pointed(self, wanted: Callable[[Block], object]) -> int | None:
        """The block that is pointed at, if it is in view and wanted; else the lowest in view that is."""
        shown = self.shown()
        seen = shown if self.following or self.at_end() else shown[:-1]  # a notice covers the last
        in_view = sorted({place.block for place, _ in seen}, reverse=True)
        if self.chosen is not None and self.chosen in in_view and wanted(self.rows.blocks[self.chosen]):
            return self.chosen
        return next((index for index in in_view if wanted(self.rows.blocks[index])), None)

    def fold(self) -> None:
        """Fold or unfold what `foldable` gives."""
        if (index := self.foldable()) is not None:
            self.toggle(index)

    def foldable(self) -> int | None:
        """The chosen block if it is in view, else the lowest in view that folds, a tool call if any."""
        in_view = {place.block for place, _ in self.shown()}
        if self.chosen is not None and self.chosen in in_view:
            return self.chosen
        blocks = self.rows.blocks
        candidates = [i for i in sorted(in_view, reverse=True) if folds(blocks[i])]
        calls = [i for i in candidates if isinstance(blocks[i], Call)]
        return next(iter((*calls, *candidates)), None)

    def toggle(self, index: int) -> None:
        """Fold or unfold one block; its head stays where it is, or goes up as far as it must to show what unfolded."""
        if not folds(self.rows.blocks[index]):
            return
        self.chosen = index
        shown = [place for place, _ in self.shown()]
        head = self.rows.head(index)
        self.rows.toggle(index)
        self.hold()
        if head in shown:
            new = self.rows.head(index)
            room = max(self.height - len(self.rows.rows(index)) + new.row, 0)
            self._top = self.rows.up(new, min(shown.index(head), room))
        self.following = self.at_end()

    def headed_at(self, y: int) -> int | None:
        """The block whose head stands in the row `y` of the window."""
        shown = self.shown()
        headed = 0 <= y < len(shown) and shown[y][0] == self.rows.head(shown[y][0].block)
        return shown[y][0].block if headed else None
