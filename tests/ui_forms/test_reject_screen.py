"""Why a proposal is rejected: reasons given before, words of one's own that are never lost, and no rejection by accident."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.app import App
from textual.widgets import OptionList

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Verdict
from hephaestus_tui.domain.task import Origin
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.reject import RejectScreen, reader_words, recent_reasons

UNSET = "unset"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class RejectApp(App[None]):
    def __init__(self, task_id: str, story: Any, **options: Any) -> None:
        super().__init__()
        self.clock = Clock()
        self.dialog = RejectScreen(task_id, story.state, clock=self.clock, **options)
        self.given: str | None = UNSET

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self._left)

    def _left(self, given: str | None) -> None:
        self.given = given

    @property
    def words(self) -> str:
        return "\n".join(str(w.render()) for w in self.dialog.query("Static") if w.display)


def rejected(story: Any, *reasons: str) -> None:
    for reason in reasons:
        story.decide(story.propose(), Verdict.REJECT, reason=reason)


async def ready(pilot: Any, app: RejectApp, wait_for: Any) -> None:
    await wait_for(pilot, lambda: app.dialog.is_current and app.dialog.guarded, "the dialog is shown")


def test_recent_reasons_are_peoples_own_each_once_the_newest_first(story: Any) -> None:
    rejected(story, "out of scope", "too early", "Out of  scope")
    rule = Actor(ActorKind.RULE, "no-docs")
    others: list[dict[str, Any]] = [{"actor": rule}, {"merged_into": "T1"}]
    for number, changes in enumerate(others, 40):
        task_id = story.propose()
        decision = Decision(
            id=number, task_id=task_id, version=1, verdict=Verdict.REJECT, actor=Actor(ActorKind.HUMAN, "ann"),
            decided_at=0.0, waited=0.0, reason="not by hand",
        )  # fmt: skip
        story.tell(e.ProposalDecided(decision=replace(decision, **changes), task=None))
    assert recent_reasons(story.state) == ("Out of  scope", "too early")
    rejected(story, *(f"reason {n}" for n in range(12)))
    assert recent_reasons(story.state) == tuple(f"reason {n}" for n in range(11, 2, -1))


def test_who_reads_it(story: Any) -> None:
    doing = story.started()
    task_id = story.propose(origin=Origin(task_id=doing, agent_id="A1"))
    assert reader_words(story.state, task_id) == "The proposing agent reads it."
    story.tell(e.TaskCompleted(task_id=doing, summary="done", evidence=()))
    assert reader_words(story.state, task_id) == "It is kept in the record."


async def test_a_reason_is_needed_and_enter_does_not_send_it_at_once(story: Any, wait_for: Any) -> None:
    app = RejectApp(story.propose(), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await pilot.press("enter")
        await wait_for(pilot, lambda: "write something" in app.words, "it is asked for")
        await pilot.press(*"no", "enter")
        await wait_for(pilot, lambda: "a moment" in app.words, "typed ahead: it is not sent")
        assert app.given == UNSET
        app.clock.now += 1
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.given == "no", "it is sent")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_reason_given_before_fills_the_box_and_can_be_changed(
    story: Any, wait_for: Any, size: tuple[int, int]
) -> None:
    rejected(story, "out of scope", "too early")
    app = RejectApp(story.propose(), story)
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app, wait_for)
        app.clock.now += 1
        assert "tab reasons given before" in app.words
        await pilot.press("tab", "2", "enter")
        await wait_for(pilot, lambda: app.dialog.text == "out of scope", "the box is filled")
        assert app.given == UNSET, "neither the key that chose it nor one that came at once has sent it"
        app.clock.now += 1
        await pilot.press(*" here", "enter")
        await wait_for(pilot, lambda: app.given == "out of scope here", "it is sent")


async def test_looking_through_them_keeps_what_was_typed(story: Any, wait_for: Any) -> None:
    rejected(story, "out of scope", "too early")
    app = RejectApp(story.propose(), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await pilot.press(*"mine", "tab", "down", "down", "up")
        assert app.dialog.text == "mine"
        await pilot.press("1")
        await wait_for(pilot, lambda: app.dialog.text == "too early", "one is taken")
        await pilot.press("tab", "2")
        await wait_for(pilot, lambda: app.dialog.text == "out of scope", "another is taken")
        await pilot.press("tab", "0")
        await wait_for(pilot, lambda: app.dialog.text == "mine", "what was typed comes back")
        await pilot.press("tab", "down", "enter")
        await wait_for(pilot, lambda: app.dialog.text != "mine", "enter takes what is highlighted")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: app.dialog.text == "mine", "so does undoing")
        assert app.given == UNSET


async def test_a_click_takes_no_reason(story: Any, wait_for: Any) -> None:
    rejected(story, "out of scope")
    app = RejectApp(story.propose(), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await pilot.click(OptionList, offset=(4, 0))
        await pilot.pause()
        assert app.dialog.text == ""
        assert app.given == UNSET


async def test_leaving_asks_before_words_are_lost(story: Any, wait_for: Any) -> None:
    rejected(story, "out of scope")
    app = RejectApp(story.propose(), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await pilot.press("x", "escape")
        await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen), "it asks")
        await pilot.press("n")
        await wait_for(pilot, lambda: app.dialog.is_current, "it goes on")
        await pilot.press("tab", "1", "escape")
        await wait_for(pilot, lambda: app.given is None, "a reason that is kept anyway is not asked about")


async def test_a_new_version_is_said_and_must_be_agreed_to(story: Any, wait_for: Any) -> None:
    task_id = story.propose()
    app = RejectApp(task_id, story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        app.clock.now += 1
        await pilot.press(*"no")
        before = story.state.proposals[task_id]
        story.tell(e.TaskProposed(proposal=replace(before, version=2, draft=replace(before.draft, title="Other"))))
        app.dialog.refresh_state(story.state)
        await wait_for(pilot, lambda: "T1 was changed meanwhile (title)" in app.words, "it is said")
        await pilot.press("enter")
        assert (app.given, app.dialog.text) == (UNSET, "no")
        await pilot.press("ctrl+n", "enter")
        await wait_for(pilot, lambda: "a moment" in app.words, "not at once")
        app.clock.now += 1
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.given == "no", "it is sent")
    assert app.dialog.version == 2


async def test_a_decision_elsewhere_is_said_and_the_words_stay(story: Any, wait_for: Any) -> None:
    task_id = story.propose()
    app = RejectApp(task_id, story, text="written before", told="It could not be stored.")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        assert "It could not be stored." in app.words
        app.clock.now += 1
        story.decide(task_id, Verdict.ACCEPT)
        app.dialog.refresh_state(story.state)
        await wait_for(pilot, lambda: "T1 was accepted by ann meanwhile" in app.words, "it is said")
        await pilot.press("enter")
        assert (app.given, app.dialog.text) == (UNSET, "written before")


async def test_hostile_reasons_are_inert(story: Any, wait_for: Any) -> None:
    rejected(story, "[@click=app.quit]x[/] \x1b[2J\u202e" + "y" * 300)
    app = RejectApp(story.propose(), story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await pilot.press("tab", "1")
        await wait_for(pilot, lambda: app.dialog.text.endswith("yyy"), "it is taken, all of it")
        assert not set(app.dialog.text) & {"\x1b", "\u202e"}
