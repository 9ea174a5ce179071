"""How a decision is called is true of what was decided, and what is chosen in a line is told by a sign, not by colour."""

from __future__ import annotations

from typing import Any

from textual.app import App, ComposeResult

from hephaestus_tui.domain.decision import Verdict, verdict_words
from hephaestus_tui.ui.widgets.option_line import Offer, OptionLine


def test_a_blocker_that_was_left_out_is_no_change_of_the_person(story: Any) -> None:
    gone, kept = story.propose(), story.propose()
    for changes, words in (
        ({"blocked_by": (kept,)}, f"accepted without waiting for {gone}"),
        ({"blocked_by": (kept,), "title": "Another"}, "accepted with changes"),
        ({}, "accepted"),
    ):
        task_id = story.propose(blocked_by=(gone, kept))
        story.decide(task_id, Verdict.EDIT if changes else Verdict.ACCEPT, **changes)
        assert verdict_words(story.state.decisions[task_id]) == words


class OptionApp(App[None]):
    def compose(self) -> ComposeResult:
        yield OptionLine([Offer(1, "one"), Offer(2, "two")], 1)


async def test_the_chosen_option_stands_in_brackets() -> None:
    app = OptionApp()
    async with app.run_test(size=(40, 5)) as pilot:
        options = app.query_one(OptionLine)
        assert str(options.content) == "[one]  two "
        options.focus()
        await pilot.press("right")
        assert str(options.content) == " one  [two]"
