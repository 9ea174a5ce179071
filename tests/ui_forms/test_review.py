"""The review of an edit: what differs from what the agent proposed, and the one key that accepts it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.task import Origin, Phase, Priority, TaskDraft
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.screens.review import ReviewScreen
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.review_lines import review_lines

UNSET = "unset"
BOB = Actor(ActorKind.HUMAN, "Bob")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class ReviewApp(App[None]):
    def __init__(self, make: Callable[[Clock], ReviewScreen]) -> None:
        super().__init__()
        self.clock = Clock()
        self.review = make(self.clock)
        self.given: Any = UNSET

    def on_mount(self) -> None:
        self.push_screen(self.review, self._left)

    def _left(self, given: bool | None) -> None:
        self.given = given

    @property
    def words(self) -> str:
        return "\n".join(str(w.render()) for w in self.review.query("Static") if w.display)


def review_of(story: Any, task_id: str, version: int = 1, **changes: Any) -> ReviewApp:
    final = replace(story.state.proposals[task_id].draft, **changes)
    return ReviewApp(lambda clock: ReviewScreen(task_id, final, story.state, version, clock=clock))


def amend(story: Any, task_id: str, by: Actor | None = None, note: str = "", **changes: Any) -> None:
    before = story.state.proposals[task_id]
    draft = replace(before.draft, **changes)
    again = replace(before, version=before.version + 1, draft=draft, by=by, note=note)
    story.tell(e.TaskProposed(proposal=again))


def said(story: Any, before: TaskDraft, after: TaskDraft) -> list[str]:
    return [line.plain for line in review_lines(before, after, story.state, UNICODE)]


# -- what differs


def test_every_field_that_differs_is_shown_and_no_other(story: Any) -> None:
    story.completed(title="Read"), story.failed(title="Measure"), story.propose(title="Build")
    before = story.draft(description="one\ntwo\nthree\nfour\nfive\nsix", blocked_by=("T1", "T2"))
    after = replace(
        before, title="Cache the lookups of the user routes", description="one\ntwo\nthree\nfour\n5\nsix",
        phase=Phase.VALIDATION, priority=Priority.LOW, blocked_by=("T2", "T3"),
        done_criteria=("a profile shows one query a request", "the docs say so"),
    )  # fmt: skip
    assert said(story, before, after) == [
        "title",
        "- Cache the auth lookups of the user routes",
        "+ Cache the lookups of the user routes",
        "",
        "description",
        "  (3 lines as before)",
        "  four",
        "- five",
        "+ 5",
        "  six",
        "",
        "phase  building → validation",
        "",
        "blocked by",
        "- T1  Read  completed",
        "+ T3  Build  proposed",
        "",
        "done criteria",
        "- all tests pass",
        "  a profile shows one query a request",
        "+ the docs say so",
        "",
        "priority  high → low",
    ]
    assert review_lines(before, before, story.state, UNICODE) == ()


def test_in_a_row_that_differs_the_words_that_do_are_marked(story: Any) -> None:
    before = story.draft(title="Cache the auth lookups")
    lines = review_lines(before, replace(before, title="Cache the user lookups"), story.state, UNICODE)
    marked = [span.text for line in lines for span in line.spans if "strong" in span.style]
    assert marked == ["auth", "user"]


def test_the_same_blockers_in_another_order_are_said_to_be_that(story: Any) -> None:
    before = story.draft(blocked_by=("T1", "T2"))
    assert said(story, before, replace(before, blocked_by=("T2", "T1"))) == [
        "blocked by", "the same, in another order",
    ]  # fmt: skip


_TEXT = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(["a", "b b", "", "c\tc", "\x1b[2J"])).map("\n".join))


@given(_TEXT, _TEXT)
def test_all_that_went_and_came_can_be_read_and_nothing_is_obeyed(new_story: Any, old: str, new: str) -> None:
    story = new_story()
    before = story.draft(description=old)
    lines = said(story, before, replace(before, description=new))
    assert not any(set(line) & {"\x1b", "\r", "\x07"} for line in lines)
    assert bool(lines) == (old != new)


def test_long_texts_are_compared_in_time(story: Any) -> None:
    before = story.draft(description="a b " * 5_000, rationale="\n".join("xy"[n % 2] for n in range(10_000)))
    after = replace(before, description="b a " * 5_000, rationale="\n".join("yx"[n % 3 == 0] for n in range(10_000)))
    began = time.process_time()
    review_lines(before, after, story.state, UNICODE)
    assert time.process_time() - began < 30.0  # it takes a fifth of a second, and without a bound minutes


# -- the dialog


async def shown(pilot: Any, app: ReviewApp, wait_for: Any) -> None:
    await wait_for(pilot, lambda: app.review.is_current and app.review.guarded, "the review is shown")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_only_its_key_accepts_and_not_at_once(story: Any, wait_for: Any, size: tuple[int, int]) -> None:
    app = review_of(story, story.propose(), title="Another")
    async with app.run_test(size=size) as pilot:
        await shown(pilot, app, wait_for)
        await pilot.press("a")
        app.clock.now += 0.5
        await pilot.press("enter", "space", "y")
        await pilot.click(".keys", offset=(1, 0))
        assert app.given == UNSET
        app.clock.now += 0.5
        await pilot.press("a")
        await wait_for(pilot, lambda: app.given is True, "it is accepted")


async def test_escape_goes_back(story: Any, wait_for: Any) -> None:
    app = review_of(story, story.propose(), title="Another")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, wait_for)
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.given is None, "it is left")


async def test_a_long_review_is_read_by_keys(story: Any, wait_for: Any) -> None:
    app = review_of(story, story.propose(description="a\n" * 40), description="b\n" * 40)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, wait_for)
        view = app.review.query_one(LinesView)
        assert app.review.focused is view
        await pilot.press("pagedown")
        await wait_for(pilot, lambda: view.scroll_offset.y > 5, "it scrolls")
        assert app.review.query_one(".keys").region.bottom <= 23


async def test_nothing_changed_is_said(story: Any, wait_for: Any) -> None:
    app = review_of(story, story.propose())
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, wait_for)
        assert "Nothing is changed: it is accepted as it was proposed." in app.words


async def test_it_is_measured_against_what_the_agent_proposed_and_names_who_changed_it_since(
    story: Any, wait_for: Any
) -> None:
    task_id = story.propose(origin=Origin(task_id="T9", agent_id="A9"))
    amend(story, task_id, by=BOB, note="took over T5", rationale="Two say so.")
    app = review_of(story, task_id, version=2, priority=Priority.LOW)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, wait_for)
        lines = [line.plain for line in app.review.query_one(LinesView).lines]
        assert lines[0] == "version 2 was written by Bob: took over T5"
        assert "rationale" in lines
        assert "Its agent is told just this." in app.words


async def test_a_decision_elsewhere_is_said_at_once_and_nothing_is_accepted(story: Any, wait_for: Any) -> None:
    task_id = story.propose()
    app = review_of(story, task_id, title="Another")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, wait_for)
        app.clock.now += 1
        story.decide(task_id, Verdict.REJECT, reason="no")
        app.review.refresh_state(story.state)
        await wait_for(pilot, lambda: "T1 was rejected by ann meanwhile" in app.words, "it is said")
        assert "accept" not in app.words.split("\n")[-1]
        await pilot.press("a")
        assert app.given == UNSET


async def test_a_new_version_is_said_at_once_and_nothing_is_accepted(story: Any, wait_for: Any) -> None:
    task_id = story.propose()
    app = review_of(story, task_id, title="Another")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, wait_for)
        app.clock.now += 1
        amend(story, task_id, rationale="more")
        app.review.refresh_state(story.state)
        words = "T1 was changed meanwhile (rationale): it is version 2 now, and you have read 1. Go back"
        await wait_for(pilot, lambda: words in app.words, "it is said")
        await pilot.press("a")
        assert app.given == UNSET
