"""Room that is shared fairly, so that one long text does not drive the others out."""

from __future__ import annotations

from collections.abc import Sequence


def shares(sizes: Sequence[int], room: int) -> list[int]:
    """How much of each fits: what needs little gets all of it, and what is left is shared equally by the others."""
    given = [0] * len(sizes)
    left, waiting = max(room, 0), sorted(range(len(sizes)), key=lambda place: sizes[place])
    for done, place in enumerate(waiting):
        given[place] = min(sizes[place], left // (len(sizes) - done))
        left -= given[place]
    return given


def short(text: str, most: int, how_to_read_on: str) -> str:
    """The beginning of a text, and where the rest is; a text that fits as it is."""
    if len(text) <= most:
        return text
    return f"{text[:most].rstrip()}… ({len(text) - most:,} characters more: {how_to_read_on})"
