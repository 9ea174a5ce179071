"""Times, sizes and sums in words, so that every pane says them alike, and coarse enough not to change at every frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the first screen does not wait for it
    from hephaestus_tui.domain.message import Usage

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def duration(seconds: float) -> str:
    """A length of time: "48 s", "3 m", "2 h 5 m", "4 d". A negative one, after a clock was set back, is "0 s"."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} m"
    if whole < _DAY:
        minutes = whole % _HOUR // _MINUTE
        return f"{whole // _HOUR} h {minutes} m" if minutes else f"{whole // _HOUR} h"
    return f"{whole // _DAY} d"


def so_far(seconds: float) -> str:
    """A length of time that still grows: it changes once a minute at most."""
    return "<1 m" if seconds < _MINUTE else duration(seconds)


def ago(seconds: float) -> str:
    """How long ago something was: "just now", "3 m ago"; it changes once a minute at most."""
    return "just now" if seconds < _MINUTE else f"{duration(seconds)} ago"


def cost(usage: Usage) -> str:
    """What it cost; "cost unknown" where a price is."""
    return "cost unknown" if usage.cost is None else money(usage.cost)


def money(dollars: float) -> str:
    """US dollars: "$0.0042" below ten cents, "$1.25" above."""
    return f"${dollars:.4f}" if 0 < dollars < 0.1 else f"${dollars:.2f}"


def thousands(number: float) -> str:
    """A large number in short: "840", "18.4k", "1.2M"."""
    if number < 1_000:
        return f"{number:.0f}"
    return f"{number / 1_000:.1f}k" if number < 1_000_000 else f"{number / 1_000_000:.1f}M"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """ "1 task", "2 tasks"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
