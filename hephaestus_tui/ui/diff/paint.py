"""Turns the items of a review into rows of the screen; what a row says is clean before it comes to be coloured here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hephaestus_tui.domain.work import Line, Side
from hephaestus_tui.ui import words
from hephaestus_tui.ui.diff.items import Code, Head, HunkHead, Item, Part, Remark, Words
from hephaestus_tui.ui.diff.reading import Reading
from hephaestus_tui.ui.diff.shown import height, rows, shown
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line as one_line
from hephaestus_tui.ui.widgets import lines

_COLOURS = {"keyword": "keyword", "string": "string", "number": "number-word", "remark": "comment", "name": "name",
            "builtin": "builtin"}  # fmt: skip
_NARROWEST = 12
# a terminal of few colours shows one ground for all of them: there it is these that tell
_SIGNS = {Side.OLD: "removed-sign", Side.NEW: "added-sign"}
Said: TypeAlias = Callable[[lines.Line, int, str], list[list[Segment]]]


class Painter:
    """`style_of` resolves a name to the theme, `said` draws a styled line in so many cells on a named ground."""

    def __init__(self, glyphs: GlyphSet, style_of: Callable[[str], Style], said: Said) -> None:
        self.width = 0
        self.split = False
        self._glyphs, self._style_of, self._said = glyphs, style_of, said
        self._signs = (">", ".") if glyphs.name == "ascii" else ("→", "·")
        self._bar, self._goes_on = ("|", "\\") if glyphs.name == "ascii" else ("│", "↳")
        self._reading = Reading(self._signs)

    # -- how much room there is

    def height(self, part: Part, item: Item) -> int:
        match item:
            case Code(old=old, new=new):
                room = self._room(part)
                return max(_height(line, room) for line in (old, new) if line)
            case HunkHead():
                return 1
            case Head():
                return len(lines.rows_of((part.title,), self.width - 3))
            case Words(line=line):
                return len(lines.rows_of((line,), self.width - 2))
            case Remark():
                return len(lines.rows_of(tuple(self._remark(part, item)), self.width - 2))

    def _digits(self, part: Part) -> int:
        last = part.hunks[-1] if part.hunks else None
        most = max(last.old_start, last.new_start) + len(last.lines) if last else 0
        return max(len(str(most)), 3)

    def _room(self, part: Part) -> int:
        digits = self._digits(part)
        taken = (self.width - 1) // 2 + 1 + digits + 3 if self.split else 2 * digits + 5
        return max(self.width - taken - self.split, _NARROWEST)

    # -- rows

    def strips(self, part: Part, item: Item, *, folded: bool, here: Side | None) -> list[Strip]:
        """The rows of one item; `folded` is its hunk, `here` the side of the cursor where it is on it."""
        match item:
            case Code():
                made = self._code(part, item, here)
            case HunkHead():
                made = [self._hunk(part, item, folded, here is not None)]
            case Head():
                made = self._lined([part.title], "head", here is not None, self._fold(part.folded))
            case Words(line=line):
                made = self._lined([line], "text", here is not None)
            case Remark():
                made = self._lined(self._remark(part, item), "sent" if item.sent else "remark", here is not None)
        return [Strip(row).adjust_cell_length(self.width, self._style_of("text")) for row in made]

    def forget(self) -> None:
        """The theme, or what is read, is another."""
        self._reading = Reading(self._signs)

    def _fold(self, folded: bool) -> str:
        return f"{self._glyphs.fold if folded else self._glyphs.unfold} "

    def _lined(self, said: Sequence[lines.Line], ground: str, here: bool, fold: str = "") -> list[list[Segment]]:
        made: list[list[Segment]] = []
        style = self._style_of(ground)
        for line in said:
            for row in self._said(line, self.width - 2 - bool(fold), ground):
                pointer = self._glyphs.pointer if here and not made else " "
                sign = fold if not made else " " * len(fold)
                made.append([Segment(pointer, style + self._style_of("pointer")), Segment(sign or " ", style), *row])
        return [self._filled(row, style) for row in made]

    def _filled(self, row: list[Segment], style: Style) -> list[Segment]:
        gap = self.width - sum(cell_len(segment.text) for segment in row)
        return [*row, Segment(" " * gap, style)] if gap > 0 else row

    def _hunk(self, part: Part, item: HunkHead, folded: bool, here: bool) -> list[Segment]:
        hunk = (part.hunks or ())[item.hunk]
        style = self._style_of("hunk")
        told = f"lines {hunk.new_start:,} on" if hunk.new_start else f"old lines {hunk.old_start:,} on"
        heading = f": {one_line(hunk.heading)}" if hunk.heading.strip() else ""
        count = f" ({words.count(len(hunk.lines), 'line')})" if folded else ""
        text = one_line(f"{self._fold(folded)}{told}{count}{heading}", self.width - 3, ellipsis=self._glyphs.ellipsis)
        pointer = self._glyphs.pointer if here else " "
        row = [Segment(pointer, style + self._style_of("pointer")), Segment(f" {text}", style)]
        return self._filled(row, style)

    def _remark(self, part: Part, item: Remark) -> list[lines.Line]:
        """Under the text of its line: side by side on its own side."""
        right = self.split and item.comment.side is Side.NEW
        under = (self.width - 1) // 2 - 1 if right else 0 if self.split else self._digits(part)
        bar = lines.Span(
            " " * (under + self._digits(part) + 1) + f"{self._bar} ", "careful" if item.sent else "secondary"
        )
        who = f"round {item.sent}: " if item.sent else ""
        said = lines.paragraphs(item.comment.text)
        first = lines.Line((lines.Span(who, "muted"), *said[0].head, *said[0].spans), head=(bar,))
        return [first, *(lines.Line((*row.head, *row.spans), head=(bar,), indent=row.indent) for row in said[1:])]

    # -- lines of code

    def _code(self, part: Part, item: Code, here: Side | None) -> list[list[Segment]]:
        room, digits = self._room(part), self._digits(part)
        if not self.split:
            line = item.new or item.old
            assert line is not None
            gutter = f"{line.old or '':>{digits}} {line.new or '':>{digits}} "
            return self._half(part, item, line, gutter, here is not None, room)
        at = None if here is None else Side.OLD if item.line_on(here) is item.old and here is Side.OLD else Side.NEW
        if at is Side.NEW and item.new is None:
            at = Side.OLD
        left_width = (self.width - 1) // 2
        right_width = self.width - left_width - 1
        numbers = [f"{number or '':>{digits}} " for number in (item.old and item.old.old, item.new and item.new.new)]
        left = self._side(part, item, item.old, numbers[0], at is Side.OLD, room, left_width)
        right = self._side(part, item, item.new, numbers[1], at is Side.NEW, room, right_width)
        many = max(len(left), len(right))
        bar = Segment(self._bar, self._style_of("bar"))
        return [
            [*_at(left, n, self._blank(item.old, left_width)), bar, *_at(right, n, self._blank(item.new, right_width))]
            for n in range(many)
        ]

    def _blank(self, line: Line | None, width: int) -> list[Segment]:
        return [Segment(" " * width, self._style_of(_ground(line)))]

    def _side(
        self, part: Part, item: Code, line: Line | None, gutter: str, here: bool, room: int, width: int
    ) -> list[list[Segment]]:
        if line is None:
            return [self._blank(None, width)]
        made = self._half(part, item, line, gutter, here, room)
        ground = self._style_of(_ground(line))
        return [
            [*row, Segment(" " * gap, ground)] if (gap := width - sum(cell_len(s.text) for s in row)) > 0 else row
            for row in made
        ]

    def _half(self, part: Part, item: Code, line: Line, gutter: str, here: bool, room: int) -> list[list[Segment]]:
        ground = _ground(line)
        base, signed = self._style_of(ground), self._style_of(_SIGNS[line.side]) if line.side in _SIGNS else Style()
        number = self._style_of("cursor") if here else self._style_of("number") + signed
        numbered = number if here else number + Style(bgcolor=base.bgcolor)
        pointer = Segment(
            self._glyphs.pointer if here else " ", self._style_of("pointer") + Style(bgcolor=numbered.bgcolor)
        )
        sign = {Side.OLD: "-", Side.NEW: "+"}.get(line.side, " ")
        made = []
        text, notes = self._text(part, item, line, base, room)
        for place, row in enumerate([*text, *notes]):
            if place:
                goes_on = self._goes_on if place < len(text) else " "
                lead = [
                    Segment(" " * (len(gutter) + 1), base),
                    Segment(f"{goes_on} ", base + self._style_of("faint")),
                ]
            else:
                lead = [pointer, Segment(gutter, numbered), Segment(f"{sign} ", base + signed)]
            gap = room - sum(cell_len(segment.text) for segment in row)
            made.append([*lead, *row, *([Segment(" " * gap, base)] if gap > 0 else [])])
        return made

    def _text(
        self, part: Part, item: Code, line: Line, base: Style, room: int
    ) -> tuple[list[list[Segment]], list[list[Segment]]]:
        """The rows of a line, and what is to be said of it below them."""
        said = shown(line.text, *self._signs)
        looks = [base] * len(said.text)
        edges: set[int] = set()  # where another look begins

        def over(first: int, last: int, style: Style) -> None:
            looks[first:last] = [look + style for look in looks[first:last]]
            edges.update((first, last))

        for first, last, colour in self._reading.colours(part, item.hunk, line):
            over(first, last, self._style_of(_COLOURS[colour]))
        if line.side is not Side.BOTH:
            word = self._style_of("removed-word" if line.side is Side.OLD else "added-word")
            for first, last in self._reading.changed(part, item.hunk, line):
                over(first, last, word)
        text, faint = said.text, self._style_of("faint")
        for at, signs in said.faint:
            text = text[:at] + signs + text[at + len(signs) :]
            over(at, at + len(signs), faint)
        made: list[list[Segment]] = []
        at, ordered = 0, sorted(edges)
        for row in rows(text, room):
            end = at + len(row)
            cuts = [at, *(edge for edge in ordered if at < edge < end), end]
            made.append([Segment(text[a:b], looks[a]) for a, b in pairwise(cuts) if a < b])
            at = end
        notes: list[list[Segment]] = []
        if said.hidden:
            hidden = f"{said.hidden:,} more characters are not shown"
            notes.append([Segment(hidden[:room], base + self._style_of("careful"))])
        if not line.ends:
            notes.append([Segment("no line end here"[:room], base + faint)])
        return made, notes


def _ground(line: Line | None) -> str:
    if line is None:
        return "absent"
    return {Side.OLD: "removed", Side.NEW: "added"}.get(line.side, "text")


def _height(line: Line, room: int) -> int:
    return height(line.text, room) + (not line.ends)


def _at(rows_: list[list[Segment]], number: int, blank: list[Segment]) -> list[Segment]:
    return rows_[number] if number < len(rows_) else blank
