"""Wraps plain text so that text which grows re-wraps its last row alone: the cost of streaming stays flat."""

from __future__ import annotations

import re
from collections.abc import Callable

from rich.cells import cell_len, chop_cells
from textual.strip import Strip

from hephaestus_tui.ui.text import LINE_LIMIT, clean

_WORD = re.compile(r"\s*\S+\s*|\s+")


def wrap(text: str, width: int) -> list[str]:
    """Rows of at most `width` cells (spaces at the end hang over); joined, the rows of a line are the line.

    A word that is too long for a row begins a row of its own. So a row never changes when text is added behind
    the last one.
    """
    rows: list[str] = []
    for line in text.split("\n"):
        _wrap_line(line, max(width, 1), rows)
    return rows


def _wrap_line(line: str, width: int, rows: list[str]) -> None:
    if len(line) <= width and (line.isascii() or cell_len(line) <= width):
        rows.append(line)
        return
    row, used = "", 0
    for match in _WORD.finditer(line):
        word = match.group()
        size = cell_len(word.rstrip())
        if used + size <= width:
            row, used = row + word, used + cell_len(word)
            continue
        if row:
            rows.append(row)
        row, used = word, cell_len(word)
        if size > width:
            bare = word.rstrip()
            *full, row = chop_cells(bare, width)
            rows += full
            row += word[len(bare) :]
            used = cell_len(row)
    rows.append(row)


def clean_rows(text: str) -> str:
    """Clean text of which no line is cut: long lines are harmless once they are wrapped."""
    if len(text) <= LINE_LIMIT:
        return clean(text)
    return "\n".join(
        clean(line) if len(line) <= LINE_LIMIT
        else "".join(clean(line[i : i + LINE_LIMIT]) for i in range(0, len(line), LINE_LIMIT))
        for line in text.split("\n")
    )  # fmt: skip


class Tail:
    """The rows of a text that grows at its end."""

    def __init__(self, width: int, paint: Callable[[str], Strip]) -> None:
        self.strips: list[Strip] = []
        self._width = width
        self._paint = paint
        self._text = ""
        self._last = ""

    def grow(self, text: str) -> list[Strip]:
        """Take the text as it is now; rows that stay as they were stay the same objects."""
        if not text.startswith(self._text):
            self.strips, self._text, self._last = [], "", ""
        if added := text[len(self._text) :]:
            rows = wrap(self._last + clean_rows(added), self._width)
            self.strips[-1:] = [self._paint(row) for row in rows]
            self._last, self._text = rows[-1], text
        return self.strips
