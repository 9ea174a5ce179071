"""What every part of the tasks' picture is made of: texts with the names of their styles, counted and cut by cells."""

from __future__ import annotations

from typing import Final, NamedTuple

from rich.cells import cell_len, set_cell_size

from hephaestus_tui.ui.glyphs import Mark

LANE = "lane"
LANE_CHOSEN = "lane-chosen"
FOLDED: Final = "folded"
PHASE = "phase"
ROLE = "role"
NAMED = "named"
BROKEN = "broken"
SHARED = "shared"
FOUND = "found"

TITLES: dict[Mark, str] = {
    Mark.PENDING: "title", Mark.READY: "title", Mark.RUNNING: "title-live", Mark.PAUSED: "title", Mark.BLOCKED: "title-waiting",
    Mark.DEAD: "title-waiting", Mark.NEEDS_YOU: "title-needs-you", Mark.PROPOSED: "title-ghost",
    Mark.AMENDED: "title-ghost", Mark.QUERIED: "title-ghost",
    Mark.REJECTED: "title-struck", Mark.DONE: "title-past", Mark.FAILED: "title", Mark.CANCELLED: "title-struck",
    Mark.TO_MERGE: "title-needs-you", Mark.DISCARDED: "title-struck", Mark.JOINED: "title-struck",
}  # fmt: skip

STYLES = (LANE, LANE_CHOSEN, FOLDED, PHASE, ROLE, NAMED, BROKEN, SHARED, FOUND, *sorted(set(TITLES.values())))


class Span(NamedTuple):
    """Clean text and the name of its style: a constant of this module, or the value of a `Mark`."""

    text: str
    style: str


def cells(spans: list[Span]) -> int:
    return sum(cell_len(span.text) for span in spans)


def cut(spans: list[Span], width: int) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        text = span.text if cell_len(span.text) <= width else set_cell_size(span.text, max(width, 0))
        width -= cell_len(text)
        if text:
            kept.append(Span(text, span.style))
    return kept
