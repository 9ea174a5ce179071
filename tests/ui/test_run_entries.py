"""Each run of the list says what waits in it for a person, and what it cost."""

from __future__ import annotations

import pytest

from hephaestus_tui.session import RunSummary
from hephaestus_tui.ui.glyphs import Mark
from hephaestus_tui.ui.screens.run_entries import state


@pytest.mark.parametrize(
    ("waiting", "questions", "to_merge", "words"),
    [
        (1, 0, 0, "1 proposal waits"),
        (2, 0, 0, "2 proposals wait"),
        (0, 1, 0, "1 question waits"),
        (2, 1, 3, "2 proposals, 1 question, 3 merges wait"),
    ],
)
def test_all_that_waits_is_counted(waiting: int, questions: int, to_merge: int, words: str) -> None:
    run = RunSummary(
        run_id="r", goal="g", project="/p", model="m", started_at=0.0, last_at=0.0, tasks=3, completed=3, failed=0,
        waiting=waiting, cost=None, questions=questions, to_merge=to_merge,
    )  # fmt: skip
    assert state(run) == (Mark.NEEDS_YOU, words)
