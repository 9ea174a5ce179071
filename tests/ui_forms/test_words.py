from __future__ import annotations

import pytest

from hephaestus_tui.domain.message import Usage
from hephaestus_tui.ui.words import ago, cost, count, duration, so_far


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 s"), (59.9, "59 s"), (60, "1 m"), (3_600, "1 h"), (7_500, "2 h 5 m"), (86_400 * 4 + 5, "4 d")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_what_still_grows_says_no_seconds() -> None:
    assert (so_far(59), so_far(61)) == ("<1 m", "1 m")
    assert (ago(-10), ago(59), ago(61)) == ("just now", "just now", "1 m ago")


def test_sums() -> None:
    assert [cost(Usage(cost=c)) for c in (None, 0.0, 0.0042, 1.25)] == ["cost unknown", "$0.00", "$0.0042", "$1.25"]
    assert [count(n, "task") for n in (0, 1, 1_200)] == ["0 tasks", "1 task", "1,200 tasks"]
    assert count(2, "reply", "replies") == "2 replies"
