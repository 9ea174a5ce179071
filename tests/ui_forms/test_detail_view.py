from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.strip import Strip

from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.widgets.detail import DetailView
from hephaestus_tui.ui.widgets.links import DecisionAt, Link


class CountingView(DetailView):
    drawn = 0

    def render_line(self, y: int) -> Strip:
        type(self).drawn += 1
        return super().render_line(y)


class DetailApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = CountingView(UNICODE)
        self.linked: list[Link] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_detail_view_link_followed(self, event: DetailView.LinkFollowed) -> None:
        self.linked.append(event.link)


@pytest.fixture
def app() -> DetailApp:
    return DetailApp()


def rows(app: DetailApp) -> list[str]:
    view = app.view
    return [view.render_line(y).text.strip() for y in range(view.size.height)]


async def test_it_shows_the_task_and_draws_nothing_when_nothing_changed(
    app: DetailApp, story: Any, wait_for: Any
) -> None:
    task_id = story.propose()
    async with app.run_test(size=(40, 24)) as pilot:
        app.view.show(story.state, task_id, story.now)
        await wait_for(pilot, lambda: "T1  proposed" in rows(app)[0], "the task is shown")
        await pilot.pause()
        CountingView.drawn = 0
        for frame in range(20):
            app.view.show(story.state, task_id, story.now + frame)
            await pilot.pause()
        assert CountingView.drawn == 0
        app.view.show(story.state, task_id, story.now + 200)
        await wait_for(pilot, lambda: CountingView.drawn > 0, "a minute later it is drawn")
        assert any("3 m" in row for row in rows(app))


async def test_the_same_task_keeps_its_place_and_another_starts_at_the_top(
    app: DetailApp, story: Any, wait_for: Any
) -> None:
    first = story.propose(description="\n\n".join(f"step {n}" for n in range(60)))
    second = story.propose(description="\n\n".join(f"step {n}" for n in range(60)))
    async with app.run_test(size=(40, 20)) as pilot:
        app.view.focus()
        app.view.show(story.state, first, story.now)
        await wait_for(pilot, lambda: app.view.has_focus, "it has the focus")
        await pilot.press("pagedown", "down", "down")
        assert app.view.scroll_offset.y == 21
        story.decide(first, Verdict.ACCEPT)
        app.view.show(story.state, first, story.now)
        await pilot.pause()
        assert app.view.scroll_offset.y == 21
        app.view.show(story.state, second, story.now)
        await wait_for(pilot, lambda: app.view.scroll_offset.y == 0, "the other task starts at the top")
        await pilot.press("end")
        assert app.view.scroll_offset.y == app.view.max_scroll_y > 40
        await pilot.press("home", "up")
        assert app.view.scroll_offset.y == 0


async def test_a_text_that_gets_shorter_is_not_left_behind_its_end(app: DetailApp, story: Any, wait_for: Any) -> None:
    task_id = story.propose(description="\n\n".join(f"step {n}" for n in range(60)))
    async with app.run_test(size=(40, 20)) as pilot:
        app.view.focus()
        app.view.show(story.state, task_id, story.now)
        await wait_for(pilot, lambda: app.view.has_focus, "it has the focus")
        await pilot.press("end")
        story.decide(task_id, Verdict.EDIT, description="short")
        app.view.show(story.state, task_id, story.now)
        await wait_for(pilot, lambda: app.view.scroll_offset.y <= app.view.max_scroll_y, "it is within its text")
        await wait_for(pilot, lambda: any(rows(app)), "something is shown")


async def test_linked_tasks_are_reached_by_keys_and_by_the_mouse(app: DetailApp, story: Any, wait_for: Any) -> None:
    blockers = (story.completed(title="Look"), story.started(title="Serve"))
    task_id = story.propose(blocked_by=blockers)
    async with app.run_test(size=(60, 40)) as pilot:
        app.view.focus()
        app.view.show(story.state, task_id, story.now)
        await wait_for(pilot, lambda: app.view.has_focus, "it has the focus")
        await pilot.press("enter")
        assert app.linked == []
        await pilot.press("right", "right", "enter")
        await pilot.press("right", "enter")
        await wait_for(pilot, lambda: app.linked == list(blockers), "both are followed")
        y = next(n for n, row in enumerate(rows(app)) if "T1 Look" in row)
        await pilot.click(DetailView, offset=(6, y))
        await wait_for(pilot, lambda: app.linked[-1] == blockers[0] and len(app.linked) == 3, "the click is followed")


async def test_a_click_on_the_keys_of_a_proposal_decides_nothing(app: DetailApp, story: Any) -> None:
    async with app.run_test(size=(60, 40)) as pilot:
        app.view.show(story.state, story.propose(), story.now)
        await pilot.pause()
        y = next(n for n, row in enumerate(rows(app)) if "accept" in row)
        await pilot.click(DetailView, offset=(2, y))
        assert app.linked == []


@pytest.mark.parametrize("size", [(80, 24), (12, 3), (3, 1)])
async def test_wide_text_and_narrow_panes(app: DetailApp, story: Any, size: tuple[int, int]) -> None:
    task_id = story.propose(title="認証キャッシュ" * 9, description="長い説明" * 40)
    async with app.run_test(size=size) as pilot:
        app.view.show(story.state, task_id, story.now)
        await pilot.pause()
        strips: list[Any] = [app.view.render_line(y) for y in range(app.view.size.height)]
        assert all(strip.cell_length == app.view.scrollable_content_region.width for strip in strips)


async def test_another_theme_draws_the_rows_anew(app: DetailApp, story: Any, wait_for: Any) -> None:
    task_id = story.propose()
    async with app.run_test(size=(40, 24)) as pilot:
        app.view.show(story.state, task_id, story.now)
        await pilot.pause()
        before = app.view.render_line(0)
        app.theme = "textual-light"
        await wait_for(pilot, lambda: app.view.render_line(0) != before, "the colours are those of the other theme")


async def test_sections_are_gone_through_folded_and_unfolded_by_keys(app: DetailApp, story: Any, wait_for: Any) -> None:
    task_id = story.propose(description="\n\n".join(f"step {n}" for n in range(40)), blocked_by=(story.completed(),))
    async with app.run_test(size=(60, 24)) as pilot:
        app.view.focus()
        app.view.show(story.state, task_id, story.now)
        await wait_for(pilot, lambda: app.view.has_focus, "it has the focus")
        await pilot.press("right_square_bracket", "right_square_bracket")
        assert rows(app)[0] == "What to do"
        await pilot.press("enter")
        assert "▸ What to do  step 0 +39" in rows(app), "the chosen heading stays chosen, and tells what it hides"
        await pilot.press("enter")
        assert "step 1" in rows(app)
        await pilot.press("left_square_bracket")
        assert "If you accept it" in rows(app)
        await pilot.press("Z")
        folded = [row for row in rows(app) if row.startswith("▸")]
        assert [row[2:].split("  ")[0] for row in folded] == [
            "If you accept it", "What to do", "Done when", "Blocked by", "Found by"
        ]  # fmt: skip
        # what a person has folded stays so for the next task
        other = story.propose()
        app.view.show(story.state, other, story.now)
        await wait_for(pilot, lambda: other in rows(app)[0], "the other is shown")
        assert any(row.startswith("▸ Done when") for row in rows(app))
        await pilot.press("Z")
        assert not any(row.startswith("▸") for row in rows(app))


async def test_words_within_a_line_lead_to_what_they_name(app: DetailApp, story: Any, wait_for: Any) -> None:
    blockers = (story.started(title="Look"), story.started(title="Serve"))
    task_id = story.accepted(blocked_by=blockers)
    async with app.run_test(size=(60, 40)) as pilot:
        app.view.focus()
        app.view.show(story.state, task_id, story.now)
        await wait_for(pilot, lambda: app.view.has_focus, "it has the focus")
        y = next(n for n, row in enumerate(rows(app)) if row.startswith("blocked by"))
        plain = app.view.render_line(y)
        await pilot.press("right")
        first = app.view.render_line(y)
        await pilot.press("right")
        second = app.view.render_line(y)
        assert plain != first != second != plain, "each of the two is marked in its turn"
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.linked == [blockers[1]], "the second is followed")
        x = app.view.render_line(y).text.index("T1")
        await pilot.click(DetailView, offset=(x, y))
        await wait_for(pilot, lambda: app.linked[1:] == [blockers[0]], "the first is clicked")
        await pilot.click(DetailView, offset=(2, y))
        await pilot.press("left", "left", "enter")
        await wait_for(pilot, lambda: len(app.linked) == 3, "the last of all is followed")
        assert app.linked[2] == DecisionAt(int(task_id[1:])), "a click beside the words did nothing"
