"""The only way for text from a model, a tool, a file or a database to reach the screen: shown, never obeyed.

Textual strips almost no control characters and parses markup in most places that take a `str`; so every other
module of the UI passes text through `clean`/`line` and hands widgets a `Content` or a rich `Text`, never markup.
"""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from hephaestus_tui.domain.plain import LINE_LIMIT, TEXT_LIMIT, clean, one_line

__all__ = ["LINE_LIMIT", "TEXT_LIMIT", "EscapeFilter", "clean", "content", "exact", "line"]

_FILTERED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def line(text: str, width: int | None = None, *, ellipsis: str = "…") -> str:
    """One line of clean text; with `width`, cut to that many cells (wide characters count two)."""
    text = one_line(text)
    if width is None or cell_len(text) <= width:
        return text
    if width <= cell_len(ellipsis):
        return set_cell_size(ellipsis, max(width, 0))
    return set_cell_size(text, width - cell_len(ellipsis)).rstrip() + ellipsis


def exact(text: str) -> str:
    """One line that a person is about to approve, whole: odd spaces and letters that look like others are marked."""
    return clean(text, exact=True).replace("\n", " ")


def content(text: str, style: str = "") -> Content:
    """Clean text as a Content in one style; never parsed as markup."""
    return Content.styled(clean(text), style) if style else Content(clean(text))


class EscapeFilter(LineFilter):
    """The last gate before the terminal: no control or bidi character leaves the app, whoever let it in."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if not any(_FILTERED.search(s.text) for s in segments if not s.control):
            return segments
        return [s if s.control else Segment(_FILTERED.sub("\ufffd", s.text), s.style) for s in segments]
