"""The inbox: everything that waits is in it, it stays live under a still cursor, and decides nothing."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.decision import Actor, ActorKind, Query
from hephaestus_tui.ui.desk.inbox import Rounds
from hephaestus_tui.ui.panes import Pane
from hephaestus_tui.ui.screens.inbox import InboxScreen
from hephaestus_tui.ui.screens.pick import PickScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen

ADA = Actor(ActorKind.HUMAN, "Ada")
SIZE = (80, 24)


def screen_text(app: Any) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip)[: app.size.width] for strip in strips)


@pytest.fixture
def opened(make_app: Any, wait_for: Any, script: Any) -> Any:
    async def open_(app: Any, pilot: Pilot[None]) -> SuperviseScreen:
        await wait_for(
            pilot,
            lambda: isinstance(app.screen, SuperviseScreen) and app.screen.state.seq == len(script.facts),
            "the run is drawn",
        )
        screen = app.screen
        assert isinstance(screen, SuperviseScreen)
        return screen

    return open_


@pytest.fixture
def inbox(opened: Any, wait_for: Any) -> Any:
    async def open_(app: Any, pilot: Pilot[None]) -> InboxScreen:
        await opened(app, pilot)
        await pilot.press("i")
        await wait_for(
            pilot, lambda: isinstance(app.screen, InboxScreen) and "you" in screen_text(app), "the inbox is open"
        )
        screen = app.screen
        assert isinstance(screen, InboxScreen)
        return screen

    return open_


def busy(script: Any) -> None:
    """T1 asks, T2 is proposed and holds up T3 and T4, T5 failed and holds up T6, T7 is asked back."""
    asking = script.task("Read the cache")
    script.start(asking)
    held = script.propose("Share it", by=asking)
    script.task("Measure it", blocked_by=(held,))
    script.propose("Check it", by=asking, blocked_by=("T3",))
    failed = script.task("Count the statements")
    script.start(failed)
    script.task("Halve the statements", blocked_by=(failed,))
    queried = script.propose("Check names", by=failed)
    script.ask(asking, "Shall it be 204 or 404?")
    script.fail(failed)
    script.record(
        e.ProposalQueried(
            query=Query(id="q1", task_id=queried, version=1, text="Why here?", actor=ADA, asked_at=script.at)
        )
    )


async def test_it_says_what_each_is_for_whom_since_when_and_what_it_holds_up(
    make_app: Any, inbox: Any, script: Any, wait_for: Any
) -> None:
    busy(script)
    app = make_app(now=lambda: script.at + 500)
    async with app.run_test(size=(100, 24)) as pilot:
        await inbox(app, pilot)
        await wait_for(pilot, lambda: "Check names" in screen_text(app), "it is listed")
        rows = [row.strip(" │") for row in screen_text(app).splitlines()]
        assert rows[1].startswith("4 things wait for you, 1 with their agents")
        first, second = rows[4].split(), rows[5]
        assert first[:6] == ["›", "◆", "question", "T1", "Read", "the"]
        assert rows[4].endswith("its agent")
        assert "8 m ago" in second
        assert "backend developer: Shall it be 204 or 404?" in second
        assert rows[6].endswith("2: T3 T4")
        assert rows[6].startswith("◇ proposal     T2 Share it")
        assert "T1's backend developer proposes it" in rows[7]
        failed = next(n for n, row in enumerate(rows) if row.startswith("✗ failed"))
        assert rows[failed].endswith("1: T6")
        assert "the tests do not pass" in rows[failed + 1]
        last = next(n for n, row in enumerate(rows) if "asked back" in row)
        assert last > failed
        assert "asked; T5's agent answers: Why here?" in rows[last + 1]


async def test_what_is_chosen_by_hand_has_been_read_and_what_came_by_itself_has_not(
    make_app: Any, inbox: Any, script: Any, wait_for: Any
) -> None:
    busy(script)
    app = make_app(clock=lambda: 100.0)  # no moment passes
    async with app.run_test(size=SIZE) as pilot:
        await inbox(app, pilot)
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen), "it is closed")
        assert not app.screen.guard.open, "the first was under the cursor by itself"
        await pilot.press("i")
        await wait_for(pilot, lambda: isinstance(app.screen, InboxScreen), "it is open again")
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen), "it is closed again")
        assert app.screen.selected == "T2"
        assert app.screen.guard.open


async def test_enter_goes_there_and_decides_nothing(
    make_app: Any, inbox: Any, script: Any, session: Any, wait_for: Any
) -> None:
    busy(script)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await inbox(app, pilot)
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen), "it is closed")
        assert app.screen.selected == "T2"
        assert app.screen.pane is Pane.DETAIL, "what waits must be read before it is decided"
        await pilot.press("i")
        await wait_for(pilot, lambda: isinstance(app.screen, InboxScreen), "it is open again")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen), "it is closed")
        assert app.screen.selected == "T2"
    assert session.commands == []


async def test_typing_shows_fewer_and_deciding_keys_are_words(
    make_app: Any, inbox: Any, script: Any, session: Any, wait_for: Any
) -> None:
    busy(script)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await inbox(app, pilot)
        await pilot.press(*"failed")
        await wait_for(pilot, lambda: "Share it" not in screen_text(app), "there are fewer")
        assert "Count the statements" in screen_text(app)
        await pilot.press(*"are")
        await wait_for(pilot, lambda: "nothing matches" in screen_text(app), "that is said")
        await pilot.press("enter")
        assert isinstance(app.screen, InboxScreen)
    assert session.commands == []


async def test_what_comes_and_goes_leaves_the_item_under_the_cursor(
    make_app: Any, inbox: Any, script: Any, wait_for: Any
) -> None:
    ids = [script.propose(f"Guess {n}") for n in range(30)]
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await inbox(app, pilot)
        await pilot.press(*["down"] * 20)
        place = next(n for n, row in enumerate(screen_text(app).splitlines()) if "›" in row)
        assert "Guess 20" in screen_text(app).splitlines()[place]
        for n in (1, 2, 3):
            script.decide(ids[n])
        script.task("Waits", blocked_by=(ids[29],))  # what holds up more comes first
        await wait_for(pilot, lambda: "27 things wait" in screen_text(app), "it is live")
        rows = screen_text(app).splitlines()
        assert "Guess 20" in rows[place]
        assert "›" in rows[place]
        script.decide(ids[20])
        await wait_for(pilot, lambda: "26 things wait" in screen_text(app), "it is live")
        assert "Guess 20" not in screen_text(app)
        assert screen.list.cursor is not None


async def test_it_says_when_nothing_waits(make_app: Any, inbox: Any, script: Any, wait_for: Any) -> None:
    script.task("Read")
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await inbox(app, pilot)
        await wait_for(pilot, lambda: "Nothing waits for you" in screen_text(app), "that is said")
        await pilot.press("enter", "down", "pagedown")
        assert isinstance(app.screen, InboxScreen)


async def test_hostile_text_keeps_to_its_row(make_app: Any, inbox: Any, script: Any, wait_for: Any) -> None:
    script.propose("[@click=app.quit]x[/] [/ \x1b]52;c;eA==\x07\u202e" + "缓存" * 40)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await inbox(app, pilot)
        await wait_for(pilot, lambda: "[@click=app.quit]x[/] [/ ␛]52" in screen_text(app), "it is shown")


async def test_something_new_never_opens_over_or_takes_keys_from_someone_typing(
    make_app: Any, opened: Any, script: Any, wait_for: Any
) -> None:
    doing = script.task("Read")
    script.start(doing)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("slash")
        await wait_for(pilot, lambda: isinstance(app.screen, PickScreen), "one types")
        typed = app.screen.query_one(Input)
        script.propose("Share the cache", by=doing)
        script.ask(doing, "Which?")
        script.record(e.BoundReached(bound="depth", task_id=doing, limit=4))
        script.record(e.RunPaused(actor=ADA, limit="limits.run_tokens = 1"))
        await wait_for(pilot, lambda: screen.state.seq == len(script.facts), "all of it is known")
        await pilot.press("a", "n", "i")
        assert app.screen.focused is typed
        assert typed.value == "ani"
        assert screen.selected == doing


# -- one after another


def test_rounds_go_by_item_each_once_the_most_urgent_first(script: Any) -> None:
    busy(script)
    script.record(e.BoundReached(bound="children", task_id="T1", limit=8))
    items = attention(script.state())
    assert sum(item.task_id == "T1" for item in items) == 2, "a task may be there twice"
    rounds, selected, seen = Rounds(), None, []
    for _ in items:
        item = rounds.next(items, selected)
        selected = item.task_id
        seen.append(item)
    assert seen == items
    assert rounds.next(items, selected) == items[0], "then round"


def test_what_is_new_and_more_urgent_is_gone_to_next_and_what_was_passed_is_not(script: Any) -> None:
    ids = [script.propose(f"Guess {n}") for n in range(4)]
    rounds = Rounds()
    items = attention(script.state())
    assert rounds.next(items, ids[0]).task_id == ids[1], "the first one is looked at already"
    script.decide(ids[1])
    items = attention(script.state())
    assert rounds.next(items, ids[1]).task_id == ids[2], "the one that was passed does not come again yet"
    doing = script.task("Do")
    script.start(doing)
    script.ask(doing, "Which?")
    items = attention(script.state())
    assert rounds.next(items, ids[2]).task_id == doing
    assert rounds.next(items, doing).task_id == ids[3]


def test_a_proposal_that_comes_back_in_a_new_version_is_new(script: Any) -> None:
    one, other = script.propose("One"), script.propose("Other")
    rounds = Rounds()
    assert rounds.next(attention(script.state()), one).task_id == other
    script.propose("One, better", version=2, task_id=one)
    assert rounds.next(attention(script.state()), other).task_id == one


async def test_landing_names_the_key_that_deals_with_it(make_app: Any, opened: Any, script: Any, wait_for: Any) -> None:
    busy(script)
    script.record(e.BoundReached(bound="children", task_id="T1", limit=8))
    script.record(e.TaskCancelled(task_id="T3", reason="no", actor=ADA))
    script.record(e.RunPaused(actor=ADA, limit="limits.run_tokens = 1"))
    keys = {
        AttentionKind.BOUND: "b leave or raise it", AttentionKind.FAILED: "R retry",
        AttentionKind.BLOCKER_GONE: "d choose for", AttentionKind.BUDGET: "P lets the run go on",
        AttentionKind.QUESTION: "y answer", AttentionKind.PROPOSAL: "a accept",
    }  # fmt: skip
    app = make_app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await opened(app, pilot)
        for item in attention(script.state()):
            app.screen._land(item)
            words = keys.pop(item.kind, "")
            await wait_for(pilot, lambda w=words: w in screen_text(app), f"{item.kind} is explained")
    assert not keys
