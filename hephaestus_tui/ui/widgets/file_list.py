"""The files of a work beside their diff, where there is room: which one is being read, and how much is in each."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from hephaestus_tui.ui.diff.items import Part
from hephaestus_tui.ui.diff.parts import letter, path_words
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.row_list import Piece, RowList, Rows, spread

_STYLES = {"good": "good", "bad": "bad", "careful": "careful", "accent": "accent", "primary": "strong"}


class FileList(RowList):
    """Its cursor follows that of the diff; it takes no keys."""

    DEFAULT_CSS = """
    FileList { width: 38; height: 1fr; background: $surface; padding: 0 0 0 0; }
    """

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(self._row, 1, glyphs.pointer)
        self._glyphs = glyphs
        self._parts: Sequence[Part] = ()
        self._at = 0

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Take the parts of the document."""
        self._parts = tuple(parts)
        self.show([(part.title, part.folded) for part in parts])
        self.point(self._at)

    def point(self, number: int) -> None:
        """Put the cursor on a part."""
        self._at = number
        if self.cursor is not None and number != self.cursor:
            self.move(number - self.cursor)

    def _row(self, number: int, width: int) -> Rows:
        part = self._parts[number]
        if part.change is None:
            return [[Piece(set_cell_size(part.title.plain.split("  ")[0], width), "muted")]]
        change = part.change
        sign = letter(change)
        told = [Piece("binary", "muted")] if change.binary else [
            Piece(f"+{change.insertions:,}", "good"), Piece(" "), Piece(f"-{change.deletions:,}", "bad"),
        ]  # fmt: skip
        if comments := [
            span.text.strip() for span in part.title.spans if "comment" in span.text and span.style == "secondary"
        ]:
            told.insert(0, Piece(f"{comments[0].split(' ')[0]}{self._glyphs.bullet} ", "secondary"))
        room = width - 3 - sum(cell_len(piece.text) for piece in told)
        return [
            spread(
                [Piece(f"{sign.text} ", _STYLES[sign.style]), Piece(self._cut(path_words(change.path), room))],
                told,
                width,
            )
        ]

    def _cut(self, path: str, room: int) -> str:
        """The end of a long path says more than its beginning."""
        if cell_len(path) <= room:
            return path
        while path and cell_len(path) > room - 1:
            path = path[1:]
        return f"{self._glyphs.ellipsis}{path}"
