"""Which panes fit: three side by side, two, or one, without the rest of the app knowing how wide the terminal is."""

from __future__ import annotations

from enum import StrEnum

from textual.geometry import Size

THREE_FROM, TWO_FROM = 120, 90
SMALLEST = Size(30, 8)
LOW = 16  # with fewer rows, what only divides gives its rows to what is read


class Pane(StrEnum):
    DAG = "dag"
    TRANSCRIPT = "transcript"
    DETAIL = "detail"


ORDER = tuple(Pane)
NAMES = {Pane.DAG: "tasks", Pane.TRANSCRIPT: "transcript", Pane.DETAIL: "detail"}


def shown_panes(width: int, current: Pane, beside: Pane, *, zoomed: bool) -> tuple[Pane, ...]:
    """The panes that are on the screen. `current` is the one in use, `beside` the one that shares two with the DAG."""
    if zoomed or width < TWO_FROM:
        return (current,)
    if width < THREE_FROM:
        return (Pane.DAG, beside if current is Pane.DAG else current)
    return ORDER


def neighbour(pane: Pane, steps: int) -> Pane:
    return ORDER[(ORDER.index(pane) + steps) % len(ORDER)]


def too_small(size: Size) -> bool:
    return size.width < SMALLEST.width or size.height < SMALLEST.height
