"""Finds a commented line again in a diff that has changed since: by its text, and of several the nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hephaestus_tui.domain.work import Hunk, LineComment
from hephaestus_tui.ui.diff.items import number_of, side_of


def found(comment: LineComment, hunks: Sequence[Hunk]) -> LineComment | None:
    """The comment where its line stands now; None where it is not in the diff."""
    numbers = [
        number_of(line)
        for hunk in hunks
        for line in hunk.lines
        if side_of(line) is comment.side and line.text == comment.quoted
    ]
    if not numbers:
        return None
    return replace(comment, line=min(numbers, key=lambda number: abs(number - comment.line)))
