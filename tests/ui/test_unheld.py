"""Whoever supervises commands that nothing holds is told so, on every screen that matters, and is never told otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.policy import Containment, Effect, Policy, RolePolicy
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.app import HephaestusApp
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.held import auto_words, effect_words, other_policies, policy_words, roles_words
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.leave import LeaveScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen
from hephaestus_tui.ui.widgets.unheld_banner import UnheldBanner

BARE = (Containment.NONE, Containment.TRUSTED)


class Clock:
    """Each look at it is a second later: no key comes too soon."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


@pytest.fixture
def app(make_app: Any) -> HephaestusApp:
    made: HephaestusApp = make_app(clock=Clock())
    return made


@pytest.fixture
def supervised(wait_for: Any, script: Any) -> Any:
    async def opened(pilot: Pilot[None]) -> SuperviseScreen:
        def drawn() -> bool:
            screen = pilot.app.screen
            return isinstance(screen, SuperviseScreen) and screen.state.seq == len(script.facts)

        await wait_for(pilot, drawn, "the run is drawn")
        assert isinstance(pilot.app.screen, SuperviseScreen)
        return pilot.app.screen

    return opened


def found(script: Any, containment: Containment, policy: Policy = Policy.ASK) -> None:
    script.record(e.RunResumed(model="scripted:demo", policy=policy, roles=("tech_lead",), containment=containment))


@pytest.mark.parametrize("containment", Containment)
@pytest.mark.parametrize("long", [True, False])
def test_the_header_never_says_that_commands_run_unasked_where_they_ask(containment: Containment, long: bool) -> None:
    words, _ = policy_words(Policy.AUTO, containment, long=long)
    assert ("commands ask" in words) == (containment is Containment.NONE)


def test_a_role_that_may_do_something_else_is_told() -> None:
    own = (RolePolicy(role="qa_tester", own=Policy.AUTO), RolePolicy(role="tech_lead", at_most=Policy.AUTO))
    state = RunState(policy=Policy.ASK, role_policies=own)
    assert other_policies(state) == [("qa_tester", Policy.AUTO)]
    assert roles_words(state) == "qa_tester: auto."
    assert policy_words(Policy.ASK, Containment.SANDBOX, long=True, roles=1)[0] == "asks before it writes, 1 role else"
    assert policy_words(Policy.ASK, Containment.SANDBOX, long=False, roles=2)[0] == "asks +2"


def test_only_a_command_is_said_to_be_held() -> None:
    assert effect_words(Effect.WRITE, Containment.SANDBOX) == effect_words(None, Containment.NONE) == ""
    assert "sandbox" in effect_words(Effect.RUN, Containment.SANDBOX)
    for containment in BARE:
        assert "whatever you can do" in effect_words(Effect.RUN, containment)


class One(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.banner = UnheldBanner(UNICODE.ellipsis)

    def compose(self) -> ComposeResult:
        yield self.banner


@pytest.mark.parametrize("width", [20, 40, 80, 140])
@pytest.mark.parametrize("containment", Containment)
async def test_the_banner_stands_where_nothing_holds_commands(width: int, containment: Containment) -> None:
    app = One()
    async with app.run_test(size=(width, 4)) as pilot:
        app.banner.show(RunState(containment=containment))
        await pilot.pause()
        shown: bool = app.banner.display
        assert not shown  # no run is open
        app.banner.show(RunState(run_id="r", containment=containment))
        await pilot.pause()
        shown = app.banner.display
        assert shown == (containment in BARE)
        if shown:
            row = app.banner.render_line(0).text
            assert row.strip().startswith("NO SANDBOX")
            assert len(row) <= width
            assert ("doctor` says why" in row) == (width == 140)


@pytest.mark.parametrize("containment", BARE)
async def test_the_banner_is_on_the_screen_of_the_run(
    containment: Containment, app: Any, supervised: Any, script: Any, wait_for: Any
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        assert not screen.unheld.display
        found(script, containment)
        await wait_for(pilot, lambda: screen.unheld.display, "the banner stands")
        found(script, Containment.SANDBOX)
        await wait_for(pilot, lambda: not screen.unheld.display, "it is gone")


@pytest.mark.parametrize("containment", Containment)
async def test_what_a_looser_policy_means_is_said_before_it_is_set(
    containment: Containment, app: Any, supervised: Any, script: Any, wait_for: Any
) -> None:
    found(script, containment, Policy.READ_ONLY)
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        await pilot.press("m")
        await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen) and app.screen.guarded, "it is asked")
        said = " ".join(str(widget.render()) for widget in app.screen.query("Static"))
    assert auto_words(containment)[:30] in said


@pytest.mark.parametrize("containment", Containment)
async def test_the_prompt_says_who_asks_and_how_far_the_command_could_reach(
    containment: Containment, app: Any, supervised: Any, script: Any, wait_for: Any
) -> None:
    found(script, containment)
    task = script.task("Read")
    script.start(task)
    script.ask(task, "make", kind=e.QuestionKind.PERMISSION)
    asked = script.facts[-1].fact.question
    script.facts[-1] = replace(script.facts[-1], fact=e.QuestionAsked(question=replace(asked, effect=Effect.RUN)))
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        await pilot.press("y")
        await wait_for(pilot, lambda: isinstance(app.screen, LeaveScreen) and app.screen.guarded, "it is asked")
        said = str(app.screen.query_one(".note").render())
    assert said.startswith("asked by ")
    assert said.endswith(effect_words(Effect.RUN, containment))
