"""Styled lines as plain values, and how they wrap: what a pane says can be tested without a screen.

The text in a `Span` is clean already: it comes through `ui/text.py` or is our own. A style is a name of `STYLES`, or
several joined by spaces; a widget resolves them to the theme.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from rich.cells import cell_len, chop_cells
from textual.content import Content
from textual.content import Span as ContentSpan

from hephaestus_tui.ui.text import clean
from hephaestus_tui.ui.widgets.links import Link
from hephaestus_tui.ui.widgets.markdown import named_rows
from hephaestus_tui.ui.widgets.paragraphs import paragraphs as cut

STYLES = (
    "strong", "italic", "struck", "muted", "heading", "key", "good", "bad", "careful", "chosen",
    "accent", "primary", "secondary", "success", "warning", "error", "text-muted",
)  # fmt: skip
LINKED = "@"  # before the number of a link in its line, among the names of a style
_PIECE = 200  # so short that no piece is cut by `clean`, even when each of its characters is shown by its number
_NARROWEST = 8
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[smhd]\b)")
_GLUE = "\ue000"  # as wide as a space, and taken for a part of a word, which even a space that forbids breaks is not


@dataclass(frozen=True, slots=True)
class Span:
    """`link` is where these words lead, in a line that leads nowhere as a whole."""

    text: str
    style: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line, `indent` cells from the edge; what it wraps into hangs under the end of `head`.

    `link` is where it leads to. `section` names what it is the heading of. `panel` puts it on the background of what waits for a person. `exact` wraps it at
    the cell, so that no space is dropped where it wraps. `markdown`, the name of a glyph set, makes a paragraph of it.
    """

    spans: tuple[Span, ...] = ()
    head: tuple[Span, ...] = ()
    indent: int = 0
    link: Link | None = None
    section: str = ""
    panel: bool = False
    exact: bool = False
    markdown: str = ""

    @property
    def plain(self) -> str:
        return "".join(span.text for span in (*self.head, *self.spans))


Lines: TypeAlias = tuple[Line, ...]
BLANK = Line()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the screen, without its background: a part of `Lines[line]`."""

    line: int
    content: Content


def line_of(*parts: Span | str, link: Link | None = None) -> Line:
    """A line of several spans; a bare str is one without style."""
    return Line(tuple(Span(p) if isinstance(p, str) else p for p in parts), link=link)


def paragraphs(text: str, style: str = "") -> list[Line]:
    """Text from outside, a line for each of its own; list items hang under their first word."""
    return [_paragraph(row, style) for row in clean(text).strip("\n").rstrip().split("\n")]


def _paragraph(row: str, style: str) -> Line:
    body = row.strip()
    if not body:
        return BLANK
    mark, space, rest = body.partition(" ")
    is_bullet = mark in ("-", "*", "+") or (mark[:-1].isdecimal() and len(mark) < 5 and mark[-1] in ".)")
    indent = len(row) - len(row.lstrip())
    if space and rest and is_bullet:
        return Line((Span(rest, style),), head=(Span(f"{mark} ", style),), indent=indent)
    return Line((Span(body, style),), indent=indent)


def prose(text: str, glyphs: str) -> list[Line]:
    """Text from outside as Markdown, a line for each of its paragraphs; `glyphs` is the name of a glyph set."""
    lines: list[Line] = []
    for piece in cut(clean(text)):
        lines += [*([BLANK] if lines else []), Line((Span(piece),), markdown=glyphs)]
    return lines


def on_panel(lines: Iterable[Line]) -> list[Line]:
    return [replace(line, panel=True) for line in lines]


def whole(text: str, *, exact: bool = False) -> str:
    """Clean text of which nothing is cut, however long it is: for what a person edits or allows."""
    rows = text.replace("\r\n", "\n").split("\n")
    return "\n".join(
        "".join(clean(row[i : i + _PIECE], exact=exact) for i in range(0, len(row), _PIECE)) for row in rows
    )


def rows_of(lines: Lines, width: int) -> list[Row]:
    """The rows into which lines wrap in `width` cells; wide characters count two and are never cut in half."""
    return [Row(number, content) for number, line in enumerate(lines) for content in _wrapped(line, width)]


def _wrapped(line: Line, width: int) -> list[Content]:
    if line.markdown:
        return _rendered(line, width)
    head = _content(line.head)
    indent = min(line.indent, max(width - head.cell_length - _NARROWEST, 0))
    left = indent + head.cell_length
    room = max(width - left, 2)
    if line.exact:
        style = line.spans[0].style if line.spans else ""
        rows = [_content((Span(piece, style),)) for piece in _pieces("".join(s.text for s in line.spans), room)]
    else:
        rows = _by_words(_content(line.spans), room)
    first = head.pad_left(indent) + rows[0]
    return [first, *(row.pad_left(left) for row in rows[1:])]


def _rendered(line: Line, width: int) -> list[Content]:
    text = "".join(span.text for span in line.spans)
    head = _content(line.head)
    room = max(width - head.cell_length, _NARROWEST)
    pieces = named_rows(text, room, line.markdown)
    if pieces is None:
        rows = [row for piece in text.split("\n") for row in _wrapped(_paragraph(piece, ""), room)]
    else:
        rows = [_content(tuple(Span(*piece) for piece in row)) for row in pieces] or [Content("")]
    return [head + rows[0], *(row.pad_left(head.cell_length) for row in rows[1:])]


def _by_words(content: Content, width: int) -> list[Content]:
    """Wrapped between words, but never between a number and its unit of time."""
    glued = _BEFORE_UNIT.sub(_GLUE, content.plain)
    if glued == content.plain:
        return content.wrap(width)
    rows = Content(glued, spans=list(content.spans)).wrap(width)
    return [Content(row.plain.replace(_GLUE, " "), spans=list(row.spans), cell_length=row.cell_length) for row in rows]


def _pieces(text: str, width: int) -> list[str]:
    pieces = chop_cells(text, width)
    if "".join(pieces) == text:
        return pieces or [""]
    # chop_cells drops a sign that takes no cell where there is none before it to stand on
    pieces, used = [""], 0
    for char in text:
        size = cell_len(char)
        if used + size > width:
            pieces.append("")
            used = 0
        pieces[-1] += char
        used += size
    return pieces


def _content(spans: tuple[Span, ...]) -> Content:
    text = "".join(span.text for span in spans)
    marks: list[ContentSpan] = []
    start = linked = 0
    for span in spans:
        end = start + len(span.text)
        style = span.style
        if span.link is not None:
            style, linked = f"{style} {LINKED}{linked}".lstrip(), linked + 1
        if style and span.text:
            marks.append(ContentSpan(start, end, style))
        start = end
    return Content(text, spans=marks, cell_length=cell_len(text))
