"""What is found out about the lines of a diff when they come into view: the colours of their words, and what changed in them."""

from __future__ import annotations

from hephaestus_tui.domain.work import Hunk, Line, Side
from hephaestus_tui.ui.diff.items import Part
from hephaestus_tui.ui.diff.lexer import Colour, Lexing
from hephaestus_tui.ui.diff.pairs import Part as Piece
from hephaestus_tui.ui.diff.pairs import changed_parts, pairs
from hephaestus_tui.ui.diff.shown import shown


class Reading:
    """Remembers what it has found out; make another where the document is another."""

    def __init__(self, signs: tuple[str, str]) -> None:
        self._signs = signs
        self._lexings: dict[tuple[str, int, Side], Lexing] = {}
        self._partners: dict[tuple[str, int], dict[int, Line]] = {}  # by the identity of the other one

    def colours(self, part: Part, hunk: int, line: Line) -> list[Colour]:
        """The colours of a line of a hunk, which is read as a part of its side."""
        if part.change is None or part.hunks is None:
            return []
        side = Side.OLD if line.side is Side.OLD else Side.NEW
        key = (part.change.path, hunk, side)
        here = part.hunks[hunk]
        if (lexing := self._lexings.get(key)) is None:
            path = part.change.before if side is Side.OLD and part.change.before else part.change.path
            lexing = self._lexings[key] = Lexing(path, _side(here, side), self._clean)
        number = (line.old or 0) - here.old_start if side is Side.OLD else (line.new or 0) - here.new_start
        return lexing.of(number)

    def changed(self, part: Part, hunk: int, line: Line) -> tuple[Piece, ...]:
        """Where a line differs from the one that it stands beside."""
        if part.change is None or part.hunks is None:
            return ()
        key = (part.change.path, hunk)
        if (partners := self._partners.get(key)) is None:
            partners = self._partners[key] = {}
            for old, new in pairs(part.hunks[hunk].lines):
                if old and new and old is not new:
                    partners[id(old)], partners[id(new)] = new, old
        if (other := partners.get(id(line))) is None:
            return ()
        is_old = line.side is Side.OLD
        old, new = (line, other) if is_old else (other, line)
        return changed_parts(self._clean(old.text), self._clean(new.text))[0 if is_old else 1]

    def _clean(self, text: str) -> str:
        return shown(text, *self._signs).text


def _side(hunk: Hunk, side: Side) -> list[str]:
    other = Side.NEW if side is Side.OLD else Side.OLD
    return [line.text for line in hunk.lines if line.side is not other]
