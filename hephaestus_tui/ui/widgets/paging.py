"""Which page of many agents' talk is wanted next, so that one who scrolls finds it there and nobody reads it whole."""

from __future__ import annotations

from dataclasses import dataclass

from hephaestus_tui.ui.widgets.interleaved import Interleaved
from hephaestus_tui.ui.widgets.viewport import Viewport

# blocks from the end of what is there at which more is asked for: some screens
NEAR = 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """The page before a place in the journal or from one on, else the last one; `at` is a place that it is looked for.

    Words that are looked for are gone to from the beginning of the message there, or where `step` is -1, from its end.
    """

    before: int | None = None
    after: int | None = None
    at: int | None = None
    step: int = 1


FIRST, LAST = Wanted(after=0, at=0), Wanted()


def wanted_near(talk: Interleaved, view: Viewport) -> Wanted | None:
    """What borders on the window's end that is near to what is in view, if there is more."""
    if talk.begin and view.top.block < NEAR:
        return Wanted(before=talk.begin)
    shown = view.shown()
    last = shown[-1][0].block if shown else 0
    if not talk.live and last > len(talk.blocks) - NEAR:
        return Wanted(after=talk.end)
    return None
