"""Where in all that many agents said words were found, page by page: what is in view is a small part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from hephaestus_tui.session import Page
from hephaestus_tui.ui.widgets.block_text import said_by
from hephaestus_tui.ui.widgets.interleaved import Interleaved, Many

# a message's place in the journal, and how many matches are in it
Places: TypeAlias = Sequence[tuple[int, int]]


def places_in(page: Page, many: Many, words: str) -> Places:
    """Those of one page, in its order. Upper and lower case are the same."""
    needle = words.lower()
    counted = (
        (entry.seq, sum(said_by(block).lower().count(needle) for block in entry.blocks))
        for entry in Interleaved(page, many).entries
    )
    return [(seq, count) for seq, count in counted if count]


def beside(places: Places, talk: Interleaved) -> tuple[int, int]:
    """How many matches are before the window, and how many after it."""
    return sum(n for seq, n in places if seq < talk.begin), sum(n for seq, n in places if seq >= talk.end)


def next_place(places: Places, talk: Interleaved, step: int) -> int | None:
    """The nearest message with a match outside the window."""
    if step > 0:
        return next((seq for seq, _ in places if seq >= talk.end), None)
    return next((seq for seq, _ in reversed(places) if seq < talk.begin), None)
