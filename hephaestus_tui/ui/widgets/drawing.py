"""The brushes of the transcript: texts and styles to full-width rows, so that every row has the same margin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hephaestus_tui.ui.text import TEXT_LIMIT, line
from hephaestus_tui.ui.widgets.look import NO_STYLE, Look
from hephaestus_tui.ui.widgets.wrapping import clean_rows, wrap

# one cell for the pointer, one for the sign, one of air; and one at the right
LEFT, RIGHT = 3, 1

# rows of one text, and characters of one head: more is counted or cut, so that no block can hold up the screen
ROWS_LIMIT = 2_000
HEAD_LIMIT = 1_000
# cells that are worth beginning a text in
LEAST = 4
# parts a note, the most important first
PART = " · "
# cells from which on there is room for columns
WIDE = 50

Painted = tuple[str, Style]


class Canvas:
    """Rows of `width` cells for one look; `inner` cells are left between the margins."""

    def __init__(self, width: int, look: Look) -> None:
        self.width = width
        self.look = look
        self.wide = width >= WIDE
        self.inner = max(width - LEFT - RIGHT, 4)
        self.blank = self.row()

    def row(self, *painted: Painted, sign: Painted | None = None) -> Strip:
        """One row: the sign in the gutter, then the texts, cropped or padded to the width. Texts must be clean."""
        base = self.look.base
        mark, style = sign or (" ", base)
        segments = [Segment(f" {mark} ".ljust(LEFT), base + style)]
        segments += [Segment(text, base + style) for text, style in painted if text]
        return Strip(segments).adjust_cell_length(self.width, base)

    def head(self, sign: Painted, left: Iterable[Painted], note: Painted = ("", NO_STYLE)) -> Strip:
        """A one-line block: what it is, and a note at the right; in a narrow pane the note keeps its first part."""
        ellipsis = self.look.glyphs.ellipsis
        told = note[0]
        while cell_len(told) > self.inner // 3 and PART in told:
            told = told.rpartition(PART)[0]
        told = line(told, self.inner // 2, ellipsis=ellipsis) if told else ""
        room = self.inner - (cell_len(told) + 2 if told else 0)
        shown: list[Painted] = []
        for text, style in left:
            if room < LEAST:
                break
            fitting = line(text[:HEAD_LIMIT], room, ellipsis=ellipsis)
            if text.endswith(" "):
                fitting = fitting.ljust(min(len(text), room))
            gap = "  " if fitting else ""
            shown.append((fitting + gap, style))
            room -= cell_len(fitting) + len(gap)
        if told:
            used = sum(cell_len(text) for text, _ in shown)
            spare = self.inner - used - cell_len(told)
            shown += [(" " * max(spare, 0), self.look.base), (told, note[1])]
        return self.row(*shown, sign=sign)

    def text(self, text: str, style: Style, *, bar: Style | None = None, rows: int = ROWS_LIMIT) -> list[Strip]:
        """Wrapped text, cleaned here; behind a bar if it has a style; at most `rows` rows, the first ones."""
        paint = self.painter(style, bar)
        width = self.inner - (2 if bar is not None else 0)
        wrapped = wrap(clean_rows(text), width)
        if len(wrapped) > rows:
            left = len(wrapped) - rows + 1
            wrapped = [*wrapped[: rows - 1], f"{self.look.glyphs.ellipsis} {left:,} more lines"]
        return [paint(row) for row in wrapped]

    def brief(self, text: str, style: Style, rows: int = 2) -> list[Strip]:
        """The first line of a text on a few wrapped rows; what the last of them cannot take is cut there."""
        told = line(text[:HEAD_LIMIT].strip().partition("\n")[0])
        wrapped = wrap(told, self.inner)
        if len(wrapped) > rows:
            rest = line("".join(wrapped[rows - 1 :]), self.inner, ellipsis=self.look.glyphs.ellipsis)
            wrapped = [*wrapped[: rows - 1], rest]
        return [self.row((row.rstrip(), style)) for row in wrapped]

    def capped(self, text: str, style: Style, bar: Style) -> list[Strip]:
        """Text behind a bar, its first TEXT_LIMIT characters; how many more there are is said."""
        rows = self.text(text[:TEXT_LIMIT].rstrip().strip("\n"), style, bar=bar)
        return [*rows, *self.hidden(len(text) - TEXT_LIMIT)]

    def hidden(self, count: int) -> list[Strip]:
        """The row that says how many characters are not shown, if any are."""
        if count <= 0:
            return []
        return [
            self.row((f"{self.look.glyphs.ellipsis} {count:,} more characters hidden, ^o shows all", self.look.faint))
        ]

    def painter(self, style: Style, bar: Style | None = None) -> Callable[[str], Strip]:
        """Paints one row of clean text, as `text` does."""
        return partial(self._paint, style, bar)

    def _paint(self, style: Style, bar: Style | None, row: str) -> Strip:
        row = row.rstrip()
        if bar is None:
            return self.row((row, style))
        return self.row((f"{self.look.bar} ", bar), (row, style))
