"""The text of a diff's line as it may be shown: what hides in it (tabs, odd spaces, controls) is made visible."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len, chop_cells

from hephaestus_tui.ui.text import LINE_LIMIT, clean

_TAB = 4
_NEAR = 3  # a space in the last third of a row is near
_MOST_PER_CELL = 4  # characters that are looked at for a cell: some have none of their own


@dataclass(frozen=True, slots=True)
class Shown:
    """`text` is clean, with spaces where tabs and trailing spaces are; `faint` are the signs that stand there instead.

    A sign is a place in `text` and what is drawn there, exactly as long; `hidden` characters of a long line are not shown.
    """

    text: str
    faint: tuple[tuple[int, str], ...] = ()
    hidden: int = 0


def is_plain(text: str) -> bool:
    """Whether a line is shown as it is, a cell for each character."""
    return text.isascii() and text.isprintable() and not text.endswith(" ") and len(text) <= LINE_LIMIT


def shown(text: str, tab: str, space: str) -> Shown:
    """A line as it is shown; `tab` and `space` are the signs, of one cell each, for a tab and a trailing space."""
    if is_plain(text):
        return Shown(text)
    hidden = max(len(text) - LINE_LIMIT, 0)
    text = text[:LINE_LIMIT]
    body = text.rstrip(" ")
    faint: list[tuple[int, str]] = []
    parts: list[str] = []
    at = cells = 0
    for number, piece in enumerate(body.split("\t")):
        if number:
            gap = _TAB - cells % _TAB
            faint.append((at, tab + " " * (gap - 1)))
            parts.append(" " * gap)
            at, cells = at + gap, cells + gap
        said = clean(piece.replace("\n", "\u2424"), exact=True).replace("\n", "\u2424")
        parts.append(said)
        at, cells = at + len(said), cells + cell_len(said)
    if trail := len(text) - len(body):
        faint.append((at, space * trail))
        parts.append(" " * trail)
    return Shown("".join(parts), tuple(faint), hidden)


def rows(text: str, width: int) -> list[str]:
    """The text in rows of at most `width` cells, broken after a space where one is near; nothing is lost or added."""
    made: list[str] = []
    at = 0
    while True:
        row = _fitting(text[at : at + _MOST_PER_CELL * width], width)
        if at + len(row) >= len(text):
            return [*made, row]
        space = row.rfind(" ", len(row) - -(-len(row) // _NEAR))
        if space >= 0 and row[:space].strip():
            row = row[: space + 1]
        made.append(row)
        at += len(row)


def _fitting(text: str, width: int) -> str:
    """As much of the beginning as has room in so many cells."""
    if text.isascii():
        return text[:width]
    piece = chop_cells(text, width)[0]
    return piece if piece and text.startswith(piece) else text[: max(width // 2, 1)]


def height(text: str, width: int) -> int:
    """How many rows a line takes; cheap for plain ones, of which there are many."""
    if is_plain(text):
        return 1 if len(text) <= width else len(rows(text, width))
    said = shown(text, " ", " ")
    return len(rows(said.text, width)) + bool(said.hidden)
