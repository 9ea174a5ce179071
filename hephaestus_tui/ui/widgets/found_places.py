"""Where in all that many agents said words were found, page by page: what is in view is a small part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from hephaestus_tui.session import Page
from hephaestus_tui.ui.widgets.blocks import Block
from hephaestus_tui.ui.widgets.entries import Entry
from hephaestus_tui.ui.widgets.finding import matches_in
from hephaestus_tui.ui.widgets.interleaved import Interleaved, Many

# a message's place in the journal, and how many matches are in it
Places: TypeAlias = Sequence[tuple[int, int]]


def places_in(page: Page, many: Many, words: str) -> Places:
    """Those of one page, in its order. Upper and lower case are the same."""
    needle = words.lower()
    counted = ((entry.seq, _count(entry.blocks, needle)) for entry in Interleaved(page, many).entries)
    return [(seq, count) for seq, count in counted if count]


class Arriving:
    """Matches in messages from a place in the journal on, which came after all pages had been looked through."""

    def __init__(self, words: str, since: int) -> None:
        self._needle, self._since = words.lower(), since
        self._known: dict[int, tuple[tuple[Block, ...], int]] = {}

    def places(self, entries: Sequence[Entry]) -> Places:
        """Those of some messages; only those are read that are not as they were."""
        known: dict[int, tuple[tuple[Block, ...], int]] = {}
        for entry in entries:
            if entry.seq >= self._since:
                blocks = tuple(entry.blocks)
                before = self._known.get(entry.seq)
                known[entry.seq] = before if before and before[0] == blocks else (blocks, _count(blocks, self._needle))
        self._known = known
        return [(seq, count) for seq, (_, count) in known.items() if count]


def _count(blocks: Sequence[Block], needle: str) -> int:
    return sum(matches_in(block, needle) for block in blocks)


def beside(places: Places, talk: Interleaved) -> tuple[int, int]:
    """How many matches are before the window, and how many after it."""
    return sum(n for seq, n in places if seq < talk.begin), sum(n for seq, n in places if seq >= talk.end)


def next_place(places: Places, talk: Interleaved, step: int) -> int | None:
    """The nearest message with a match outside the window."""
    if step > 0:
        return next((seq for seq, _ in places if seq >= talk.end), None)
    return next((seq for seq, _ in reversed(places) if seq < talk.begin), None)
