"""Cuts growing Markdown into paragraphs that no later text can change, so that each is rendered once and kept.

A cut is made at a blank line unless something spans it: a code fence, a loose list, an indented continuation. What
is cut off while text streams is always a prefix of what `paragraphs` gives for the whole text.
"""

from __future__ import annotations

import re

# a line that is longer than this shows whether it begins with a list marker, even if its end is still to come
_DECIDED = 12
_LIST_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:\s|$)")
_MAYBE_ITEM = frozenset("-*+0123456789")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")


class Paragraphs:
    """`rest` is the paragraph that is still open, with its last, perhaps partial, line."""

    def __init__(self) -> None:
        self.rest = ""
        self._begin_paragraph()

    def feed(self, text: str) -> list[str]:
        """Add text; returns the paragraphs that it closed."""
        self.rest += text
        return self._scan(last=False)

    def finish(self) -> list[str]:
        """The paragraphs that remain when no text will follow."""
        closed = [*self._scan(last=True), self.rest.strip("\n")]
        self.rest = ""
        self._begin_paragraph()
        return [p for p in closed if p.strip()]

    def _begin_paragraph(self) -> None:
        self._read = 0
        self._fence = ""
        self._after_blank = False
        self._is_list = False
        self._has_text = False

    def _scan(self, *, last: bool) -> list[str]:
        closed: list[str] = []
        while self._read < len(self.rest):
            end = self.rest.find("\n", self._read)
            row = self.rest[self._read :] if end < 0 else self.rest[self._read : end]
            if self._after_blank and row.strip():
                cut = self._cuts(row, whole=last or end >= 0)
                if cut is None:
                    break
                if cut:
                    closed.append(self.rest[: self._read].strip("\n"))
                    self.rest = self.rest[self._read :]
                    self._begin_paragraph()
                    continue
                self._after_blank = False
            if end < 0:
                break
            self._take(row)
            self._read = end + 1
        return [p for p in closed if p.strip()]

    def _cuts(self, row: str, *, whole: bool) -> bool | None:
        """Whether a paragraph begins with this row; None while too little of it is there."""
        if row[0].isspace():
            return False
        if row[0] not in _MAYBE_ITEM:
            return True
        if not whole and len(row) < _DECIDED:
            return None
        return not (self._is_list and _LIST_ITEM.match(row))

    def _take(self, row: str) -> None:
        blank = not row.strip()
        if not blank and not self._has_text:
            self._has_text = True
            self._is_list = _LIST_ITEM.match(row) is not None
        fence = _FENCE.match(row)
        if self._fence:
            if fence and fence[1].startswith(self._fence) and not fence[2].strip():
                self._fence = ""
        elif fence:
            self._fence = fence[1]
        self._after_blank = blank and self._has_text and not self._fence


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a whole text, without the blank lines between them."""
    cutter = Paragraphs()
    return [*cutter.feed(text), *cutter.finish()]
