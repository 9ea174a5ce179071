"""Where a key may stop in the detail pane: at headings, and at words that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from textual.content import Content

from hephaestus_tui.ui.widgets.lines import LINKED, Line, Lines, Row
from hephaestus_tui.ui.widgets.links import Link

WHOLE = -1


class Stop(NamedTuple):
    """A line, and the number of a link in it; `WHOLE` where all of the line is one, or a heading."""

    line: int
    number: int = WHOLE


def links_of(row: Line) -> Iterator[tuple[int, Link]]:
    """The links of a line by their numbers."""
    if row.link is not None:
        yield WHOLE, row.link
        return
    for spans in (row.head, row.spans):
        found = [span.link for span in spans if span.link is not None]
        yield from enumerate(found)


def link_stops(lines: Lines) -> list[Stop]:
    return [Stop(place, number) for place, row in enumerate(lines) for number, _ in links_of(row)]


def heading_stops(lines: Lines) -> list[Stop]:
    return [Stop(place) for place, row in enumerate(lines) if row.section]


def link_at(lines: Lines, stop: Stop | None) -> Link | None:
    if stop is None or stop.line >= len(lines):
        return None
    return next((link for number, link in links_of(lines[stop.line]) if number == stop.number), None)


def link_under(lines: Lines, row: Row, cell: int) -> Link | None:
    """Where the words in a cell of a row lead."""
    line = lines[row.line]
    if line.link is not None:
        return line.link
    place = _place(row.content, cell)
    for span in row.content.spans:
        _, _, number = str(span.style).partition(LINKED)
        if number and span.start <= place < span.end:
            return dict(links_of(line)).get(int(number))
    return None


def found_again(lines: Lines, before: Lines, stop: Stop | None) -> Stop | None:
    """The same stop in other lines: the nearest that leads to the same place, or the heading of the same section."""
    if stop is None or stop.line >= len(before):
        return None
    if section := before[stop.line].section:
        return next((there for there in heading_stops(lines) if lines[there.line].section == section), None)
    link = link_at(before, stop)
    same = [there for there in link_stops(lines) if link_at(lines, there) == link]
    return min(same, key=lambda there: abs(there.line - stop.line), default=None)


def _place(content: Content, cell: int) -> int:
    """Which character stands in a cell."""
    return len(content.truncate(max(cell + 1, 1)).plain.rstrip("\n")) - 1
