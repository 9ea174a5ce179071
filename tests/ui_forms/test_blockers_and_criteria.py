"""Choosing blockers by search, and criteria as a list: by keys alone, at the smallest size."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.widgets import Static

from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.task import TaskDraft
from hephaestus_tui.ui.screens.edit import EditScreen
from hephaestus_tui.ui.widgets.blocker_search import described, ids_alone, matching, waiting_for
from hephaestus_tui.ui.widgets.criteria_box import CriteriaBox


class FormApp(App[None]):
    def __init__(self, task_id: str, story: Any) -> None:
        super().__init__()
        self.form = EditScreen(task_id, story.state.proposals[task_id].draft, story.state)

    def on_mount(self) -> None:
        self.push_screen(self.form)

    def rows(self, kind: str) -> list[str]:
        place = self.form.query_one(f".{kind}", Static)
        rows = str(place.render()).split("\n") if place.display else []
        return [" ".join(row.split()) for row in rows]

    def blockers(self) -> tuple[str, ...]:
        return self.draft.blocked_by

    @property
    def draft(self) -> TaskDraft:
        return self.form.draft


async def on_field(pilot: Any, app: FormApp, wait_for: Any, name: str) -> None:
    await wait_for(pilot, lambda: app.form.is_current and app.form.focused is not None, "the form is shown")
    app.form.query_one(f"#{name}").focus()
    await wait_for(pilot, lambda: getattr(app.form.focused, "id", "") == name, "the field has the focus")


async def test_words_find_a_blocker_and_keys_choose_it(story: Any, wait_for: Any) -> None:
    story.completed(title="Read the routes")
    story.failed(title="Measure the routes")
    story.propose(title="Describe the routes")
    mine = story.propose(title="Cache the routes", blocked_by=("T1",))
    app = FormApp(mine, story)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_field(pilot, app, wait_for, "blocked_by")
        assert app.rows("chosen") == ["› T1 Read the routes completed"]
        await pilot.press(*"ROUTES the")
        await wait_for(pilot, lambda: len(app.rows("found")) == 2, "two are found: not itself, nor what is chosen")
        assert app.rows("found") == [
            "› T3 Describe the routes proposed", "T2 Measure the routes failed, it would never start",
        ]  # fmt: skip
        assert app.blockers() == ("T1",), "nothing is chosen by typing"
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: app.blockers() == ("T1", "T2"), "the second is chosen")
        assert app.rows("found") == []
        await pilot.press("up", "ctrl+x")
        await wait_for(pilot, lambda: app.blockers() == ("T1",), "the one under the cursor is removed")
        await pilot.press("delete", "delete")
        await wait_for(pilot, lambda: app.blockers() == (), "the last one is removed")


async def test_ids_are_blockers_as_soon_as_they_are_typed_and_rows_when_one_leaves(story: Any, wait_for: Any) -> None:
    story.completed(), story.completed()
    app = FormApp(story.propose(), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_field(pilot, app, wait_for, "blocked_by")
        await pilot.press(*"t1, 2")
        await wait_for(pilot, lambda: app.blockers() == ("T1", "T2"), "both count")
        await pilot.press("tab")
        await wait_for(pilot, lambda: len(app.rows("chosen")) == 2, "both are rows")
        assert app.form.query_one("#blocked_by").value == ""  # type: ignore[attr-defined]


async def test_an_unknown_id_stays_where_it_was_typed(story: Any, wait_for: Any) -> None:
    story.completed()
    app = FormApp(story.propose(), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_field(pilot, app, wait_for, "blocked_by")
        await pilot.press(*"1 99", "enter")
        await wait_for(pilot, lambda: app.blockers() == ("T1", "T99"), "both count, so that one is a fault")
        assert app.form.query_one("#blocked_by").value == "T99"  # type: ignore[attr-defined]


async def test_escape_clears_the_search_first(story: Any, wait_for: Any) -> None:
    app = FormApp(story.propose(), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_field(pilot, app, wait_for, "blocked_by")
        await pilot.press(*"cache", "escape")
        await wait_for(pilot, lambda: app.form.query_one("#blocked_by").value == "", "it is cleared")  # type: ignore[attr-defined]
        assert app.form.is_current
        await pilot.press("escape")
        await wait_for(pilot, lambda: not app.form.is_current, "then the form is left")


async def test_what_was_found_is_in_sight_and_a_click_chooses_nothing(story: Any, wait_for: Any) -> None:
    for number in range(9):
        story.completed(title=f"Cache {number}")
    app = FormApp(story.propose(description="line\n" * 30), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_field(pilot, app, wait_for, "blocked_by")
        await pilot.press(*"cache")
        found = app.form.query_one(".found", Static)
        fields = app.form.query_one("#fields")
        await wait_for(pilot, lambda: found.display and fields.region.contains_region(found.region), "all is in sight")
        assert app.rows("found")[-1] == "4 more: up and down, or more words"
        await pilot.click(".found")
        await pilot.press(*["down"] * 12)
        await wait_for(pilot, lambda: "› T1 Cache 0" in app.rows("found")[4], "the last one can be reached")
        assert app.blockers() == ()


async def test_a_state_that_changes_is_seen_in_the_rows(story: Any, wait_for: Any) -> None:
    other = story.propose(title="Read")
    app = FormApp(story.propose(blocked_by=(other,)), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_field(pilot, app, wait_for, "blocked_by")
        story.decide(other, Verdict.REJECT, reason="no")
        app.form.refresh_state(story.state)
        await wait_for(pilot, lambda: app.rows("chosen") == ["› T1 Read rejected, it would never start"], "it is said")


def test_what_would_close_a_cycle_is_found_last(story: Any) -> None:
    mine = story.propose(title="Cache")
    later = story.propose(title="Cache test", blocked_by=(mine,))
    latest = story.propose(title="Cache docs", blocked_by=(later,))
    free = story.propose(title="Cache size")
    story.propose(title="Cache old", blocked_by=(latest,))
    assert waiting_for(story.state, mine) == {"T2", "T3", "T5"}
    assert matching("cache", story.state, (), mine) == [free, "T5", "T3", "T2"]
    assert matching("2 3", story.state, (), mine) == ["T2", "T3"]
    assert matching("t1", story.state, (), None)[0] == mine
    assert matching(" ", story.state, (), mine) == []
    assert described(["T2", "T9"], story.state, mine)[0].harm == "closes a cycle"
    assert described(["T9"], story.state, mine)[0].harm == "is not in this run"


def test_ids_alone() -> None:
    assert ids_alone("t1, 2 T1") == ("T1", "T2")
    assert ids_alone("t1 cache") == ()
    assert ids_alone("") == ()


async def test_criteria_are_added_moved_and_removed_by_key(story: Any, wait_for: Any) -> None:
    app = FormApp(story.propose(done_criteria=("one\u200b", "two\nlines", "three")), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_field(pilot, app, wait_for, "done_criteria")
        assert app.form.query_one(CriteriaBox).show_line_numbers
        await pilot.press("alt+down", "alt+down", "alt+down")
        await wait_for(pilot, lambda: app.draft.done_criteria == ("two\nlines", "three", "one\u200b"), "raw, elsewhere")
        await pilot.press("up", "up", "end", "enter", *"new")
        await wait_for(pilot, lambda: app.draft.done_criteria[1] == "new", "one is added in between")
        await pilot.press("alt+up")
        await wait_for(pilot, lambda: app.draft.done_criteria[:2] == ("new", "two\nlines"), "it is moved up")
        await pilot.press("alt+up", "ctrl+x", "down", "ctrl+x")
        await wait_for(pilot, lambda: app.draft.done_criteria == ("two\nlines", "one\u200b"), "two are removed")
        await pilot.press("ctrl+z", "ctrl+z")
        await wait_for(pilot, lambda: len(app.draft.done_criteria) == 4, "and both come back")


async def test_a_criterion_that_is_too_long_is_named_by_its_number(story: Any, wait_for: Any) -> None:
    app = FormApp(story.propose(done_criteria=("short", "x" * 501)), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_field(pilot, app, wait_for, "done_criteria")
        fault = app.form._fields["done_criteria"].fault
        assert fault == "number 2 has 501 characters, 500 at most"
