"""Many at once: selected by keys, seen in one list, decided in one command after one question; or left alone."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from hephaestus_tui.domain.commands import DecideMany, Ruling
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.errors import AlreadyDecided
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.ui.bulk import counted, rephased
from hephaestus_tui.ui.guard import HOLD_SECONDS
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.pick import PickScreen
from hephaestus_tui.ui.screens.reason import ReasonScreen
from hephaestus_tui.ui.screens.select import SelectScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen
from hephaestus_tui.ui.screens.together import TogetherScreen

ADA = Actor(ActorKind.HUMAN, "Ada")


class Clock:
    """The guard's time: the test moves it."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def screen_text(app: Any) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip)[: app.size.width] for strip in strips)


class Person:
    """Presses keys and waits for what must come of them."""

    def __init__(self, app: Any, pilot: Pilot[None], clock: Clock, wait_for: Any) -> None:
        self.app, self.pilot, self.clock, self._wait_for = app, pilot, clock, wait_for

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def sees(self, *words: str) -> None:
        for word in words:
            await self._wait_for(self.pilot, lambda w=word: w in screen_text(self.app), f"{word!r} is on the screen")

    async def is_at(self, screen: type) -> Any:
        """The screen is open, and its first moments are past."""

        def there() -> bool:
            return isinstance(self.app.screen, screen) and getattr(self.app.screen, "guarded", True)

        await self._wait_for(self.pilot, there, f"{screen.__name__} is open")
        self.clock.now += HOLD_SECONDS
        return self.app.screen

    async def until(self, predicate: Any, words: str) -> None:
        await self._wait_for(self.pilot, predicate, words)


@pytest.fixture
def person(make_app: Any, clock: Clock, wait_for: Any, script: Any) -> Any:
    async def seated(pilot: Pilot[None]) -> Person:
        seated = Person(pilot.app, pilot, clock, wait_for)
        await seated.until(
            lambda: isinstance(pilot.app.screen, SuperviseScreen) and pilot.app.screen.state.seq == len(script.facts),
            "the run is drawn",
        )
        clock.now += 1.0
        return seated

    return seated


@pytest.fixture
def app(make_app: Any, clock: Clock) -> Any:
    return make_app(clock=clock)


def accept(task_id: str, version: int = 1) -> Ruling:
    return Ruling(task_id=task_id, verdict=Verdict.ACCEPT, version=version)


def proposals(script: Any) -> list[str]:
    doing = script.task("Read")
    script.start(doing)
    look = script.propose("Look into it", by=doing, phase=Phase.INVESTIGATION)
    build = script.propose("Build it", by=doing, blocked_by=(look,))
    check = script.propose("Check it", by=doing, blocked_by=(build,), phase=Phase.VALIDATION)
    other = script.propose("Other", by=doing)
    return [look, build, check, other]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_range_is_accepted_in_one_command_after_one_question(
    size: tuple[int, int], app: Any, person: Any, script: Any, session: Any
) -> None:
    look, build, check, _ = proposals(script)
    async with app.run_test(size=size) as pilot:
        ada = await person(pilot)
        await ada.press("g", "j", "space", "j", "j", "v")
        await ada.sees("A decide on 3 selected")
        assert sum("*" in row for row in screen_text(app).splitlines()) == 3
        await ada.press("A")
        await ada.is_at(TogetherScreen)
        await ada.sees("Decide together on 3 selected proposals", "Look into it", "investigation")
        await ada.press("a")
        await ada.is_at(ConfirmScreen)
        await ada.sees("Accept 3 proposals: 1 investigation, 1 building, 1")
        assert session.commands == []
        await ada.press("enter")
        assert session.commands == []
        await ada.press("y")
        await ada.until(lambda: session.commands, "it is submitted")
    assert session.commands == [DecideMany(rulings=(accept(look), accept(build), accept(check)), actor=ADA)]


async def test_keys_that_come_too_soon_decide_nothing(
    app: Any, person: Any, script: Any, session: Any, clock: Clock
) -> None:
    proposals(script)
    async with app.run_test(size=(80, 24)) as pilot:
        ada = await person(pilot)
        await ada.press("g", "j", "space", "A")
        await ada.until(lambda: isinstance(app.screen, TogetherScreen) and app.screen.guarded, "the list is open")
        await ada.press("A", "a", "r", "p")
        assert isinstance(app.screen, TogetherScreen)
        clock.now += HOLD_SECONDS
        await ada.press("a")
        await ada.until(lambda: isinstance(app.screen, ConfirmScreen) and app.screen.guarded, "it is asked")
        await ada.press("y")
        assert isinstance(app.screen, ConfirmScreen)
        await ada.press("n")
        await ada.until(lambda: isinstance(app.screen, TogetherScreen), "no leads back to the list")
        await ada.press("escape")
        await ada.until(lambda: isinstance(app.screen, SuperviseScreen), "it is left")
        await ada.sees("A decide on 1 selected")
    assert session.commands == []


async def test_all_are_rejected_for_one_reason(app: Any, person: Any, script: Any, session: Any) -> None:
    look, _, _, other = proposals(script)
    async with app.run_test(size=(80, 24)) as pilot:
        ada = await person(pilot)
        await ada.press("g", "j", "space", "j", "j", "j", "space", "A")
        await ada.is_at(TogetherScreen)
        await ada.press("r")
        await ada.is_at(ReasonScreen)
        await ada.press(*"later", "enter")
        await ada.is_at(ConfirmScreen)
        await ada.sees("Reject 2 proposals: 1 investigation, 1 building.", "Reason: later")
        await ada.press("y")
        await ada.until(lambda: session.commands, "it is submitted")
    (command,) = session.commands
    assert [(r.task_id, r.verdict, r.reason) for r in command.rulings] == [
        (look, Verdict.REJECT, "later"), (other, Verdict.REJECT, "later"),
    ]  # fmt: skip


async def test_all_are_accepted_in_another_phase(app: Any, person: Any, script: Any, session: Any) -> None:
    look, build, *_ = proposals(script)
    drafts = {t: p.draft for t, p in script.state().proposals.items()}
    async with app.run_test(size=(80, 24)) as pilot:
        ada = await person(pilot)
        await ada.press("g", "j", "space", "j", "space", "A")
        await ada.is_at(TogetherScreen)
        await ada.press("p")
        await ada.is_at(PickScreen)
        await ada.press(*"building", "enter")
        await ada.is_at(ConfirmScreen)
        await ada.sees("Accept 2 proposals as building: 1 from investigation")
        await ada.press("y")
        await ada.until(lambda: session.commands, "it is submitted")
    (command,) = session.commands
    first, second = command.rulings
    assert (first.task_id, first.verdict, first.final.phase) == (look, Verdict.EDIT, Phase.BUILDING)
    assert first.final.title == drafts[look].title
    assert second == accept(build)


async def test_without_a_selection_a_proposal_is_accepted_with_what_blocks_it(
    app: Any, person: Any, script: Any, session: Any
) -> None:
    look, build, check, _ = proposals(script)
    async with app.run_test(size=(80, 24)) as pilot:
        ada = await person(pilot)
        await ada.press("g", "j", "j", "j", "A")
        await ada.is_at(TogetherScreen)
        await ada.sees("Decide on T4 and 2 proposals that block it")
        await ada.press("a")
        await ada.is_at(ConfirmScreen)
        await ada.press("y")
        await ada.until(lambda: session.commands, "it is submitted")
    assert session.commands == [DecideMany(rulings=(accept(look), accept(build), accept(check)), actor=ADA)]


async def test_on_a_task_without_a_selection_it_says_how_to_begin(
    app: Any, person: Any, script: Any, session: Any
) -> None:
    proposals(script)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        ada = await person(pilot)
        await ada.press("g", "A")
        await ada.sees("select proposals first")
    assert session.commands == []


async def test_what_is_decided_or_changed_meanwhile_is_left_out_and_says_so(
    app: Any, person: Any, script: Any, session: Any
) -> None:
    look, build, check, other = proposals(script)
    async with app.run_test(size=(80, 24)) as pilot:
        ada = await person(pilot)
        await ada.press("g", "j", "space", "j", "j", "j", "v", "A")
        await ada.is_at(TogetherScreen)
        await ada.sees("4 proposals")
        script.decide(other, Verdict.REJECT)
        script.propose("Build it well", by="T1", version=2, task_id=build)
        await ada.sees("2 left out", "was rejected by Ada", "changed since", "2 proposals: 1 investigation, 1")
        await ada.press("a")
        await ada.is_at(ConfirmScreen)
        await ada.press("y")
        await ada.until(lambda: session.commands, "it is submitted")
    assert session.commands == [DecideMany(rulings=(accept(look), accept(check)), actor=ADA)]


async def test_a_version_that_changed_since_it_was_selected_is_marked_and_must_be_selected_again(
    app: Any, person: Any, script: Any, session: Any
) -> None:
    look, *_ = proposals(script)
    async with app.run_test(size=(80, 24)) as pilot:
        ada = await person(pilot)
        await ada.press("g", "j", "space")
        await ada.sees("A decide on 1 selected")
        script.propose("Look again", by="T1", version=2, task_id=look)
        await ada.sees("A decide on 0 selected (1 changed since)")
        assert any("~" in row and "Look again" in row for row in screen_text(app).splitlines())
        await ada.press("A")
        await ada.is_at(TogetherScreen)
        await ada.press("a")
        assert isinstance(app.screen, TogetherScreen), "there is nothing to decide on"
        await ada.press("escape")
        await ada.until(lambda: isinstance(app.screen, SuperviseScreen), "it is left")
        await ada.press("space")
        await ada.sees("A decide on 1 selected  ")
    assert session.commands == []


async def test_a_refusal_says_that_nothing_was_decided_and_what_is_left(
    app: Any, person: Any, script: Any, session: Any
) -> None:
    look, build, *_ = proposals(script)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        ada = await person(pilot)
        await ada.press("g", "j", "space", "j", "space", "A")
        await ada.is_at(TogetherScreen)
        await ada.press("a")
        await ada.is_at(ConfirmScreen)
        script.decide(build)
        session.refusal = AlreadyDecided(f"{build} was accepted by Bob.")
        await ada.press("y")
        await ada.sees("T3 was accepted by Bob.")
        said = next(n.message for n in app._notifications if "Bob" in n.message)
        assert (
            said
            == "T3 was accepted by Bob. Nothing was decided: it is all of them or none. 1 of them is still selected."
        )
        assert list(app.screen.selection.versions) == [look]


async def test_words_select_and_how_many_match_is_seen_while_typing(
    app: Any, person: Any, script: Any, session: Any
) -> None:
    proposals(script)
    async with app.run_test(size=(80, 24)) as pilot:
        ada = await person(pilot)
        await ada.press("f")
        await ada.is_at(SelectScreen)
        await ada.press(*"it")
        await ada.sees("4 of 4 match")
        await ada.press(*"self")
        await ada.sees("0 of 4 match")
        await ada.press("enter")
        assert isinstance(app.screen, SelectScreen)
        await ada.press(*["backspace"] * 6, *"bui it")
        await ada.sees("2 of 4 match")
        await ada.press("enter")
        await ada.sees("A decide on 2 selected")
        await ada.press("escape")
        await ada.until(lambda: "selected" not in screen_text(app), "none is selected")
    assert session.commands == []


async def test_doubts_stand_beside_what_is_accepted_unread(app: Any, person: Any, script: Any) -> None:
    gone = script.propose("Rewrite it all")
    script.propose("Then this", blocked_by=(gone,))
    script.propose("And that")
    script.decide(gone, Verdict.REJECT)
    async with app.run_test(size=(80, 24)) as pilot:
        ada = await person(pilot)
        await ada.press("g", "j", "space", "j", "space", "A")
        await ada.is_at(TogetherScreen)
        await ada.sees("T1 will not complete", "Look again at T2")
        await ada.press("a")
        await ada.is_at(ConfirmScreen)
        await ada.sees("Look again at T2: marked with a doubt.")


async def test_five_hundred_are_one_command_and_the_list_makes_only_what_is_seen(
    app: Any, person: Any, script: Any, session: Any
) -> None:
    for n in range(1, 501):
        script.facts.append(_proposed(script, n))
    async with app.run_test(size=(80, 24)) as pilot:
        ada = await person(pilot)
        await ada.press("g", "space", "G", "v", "A")
        screen = await ada.is_at(TogetherScreen)
        await ada.sees("500 proposals: 500 building")
        assert len(screen.list._strips) < 50
        await ada.press("a")
        await ada.is_at(ConfirmScreen)
        await ada.sees("y  accept 500")
        await ada.press("y")
        await ada.until(lambda: session.commands, "it is submitted")
    (command,) = session.commands
    assert len(command.rulings) == 500


def _proposed(script: Any, number: int) -> Any:
    # without a replay of all that came before, which `Script.propose` does each time
    if number == 1:
        script.propose("Guess")
        _proposed.fact = script.facts.pop()  # type: ignore[attr-defined]
    fact = _proposed.fact  # type: ignore[attr-defined]
    proposal = fact.fact.proposal
    made = type(proposal)(
        task_id=f"T{number}", version=1, draft=proposal.draft, origin=proposal.origin, waits=False, proposed_at=1.0
    )
    return type(fact)(len(script.facts) + 1, float(number), type(fact.fact)(proposal=made))


def test_what_is_decided_is_counted_in_words(script: Any) -> None:
    ids = [script.propose(f"G{n}", phase=Phase.BUILDING if n else Phase.INVESTIGATION) for n in range(3)]
    found = [script.state().proposals[t] for t in ids]
    assert counted(found) == "3 proposals: 1 investigation, 2 building"
    assert counted(found[:1]) == "1 proposal: 1 investigation"
    assert rephased(found, Phase.BUILDING) == "3 proposals as building: 1 from investigation, 2 as proposed"


async def test_enter_in_the_palette_accepts_nothing(app: Any, person: Any, script: Any, session: Any) -> None:
    guess = script.propose("Share it")
    async with app.run_test(size=(80, 24)) as pilot:
        ada = await person(pilot)
        await ada.press("ctrl+p")
        await ada.is_at(PickScreen)
        await ada.press("enter")
        await ada.is_at(SuperviseScreen)
        await ada.press("ctrl+p")
        await ada.is_at(PickScreen)
        await ada.press(*"proposal.accept", "enter")
        await ada.is_at(ConfirmScreen)
        await ada.sees(f"Accept {guess}?", "Share it")
        await ada.press("enter")
        assert session.commands == []
        await ada.press("y")
        await ada.until(lambda: session.commands, "it is submitted")
    assert [(c.task_id, c.verdict) for c in session.commands] == [(guess, Verdict.ACCEPT)]


async def test_escape_with_nothing_selected_says_nothing(app: Any, person: Any, script: Any) -> None:
    script.task("Read")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        ada = await person(pilot)
        await ada.press("escape", "escape")
        await pilot.pause()
        assert not list(app._notifications)
        await ada.press("space")
        await ada.until(lambda: list(app._notifications), "another key says why it does nothing")
