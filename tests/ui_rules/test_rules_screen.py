"""A rule is switched on only after what it would have done was shown, and off by one key, also while the file is broken."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain.commands import StopRules, SwitchRule
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import Phase, Priority
from hephaestus_tui.rules_file import FILE, own_rules, save_rule
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.new_rule import NewRuleScreen
from hephaestus_tui.ui.screens.rules import RulesScreen

ADA = Actor(ActorKind.HUMAN, "Ada")
SMALL = Rule(id="small-looks", verdict=Verdict.ACCEPT, phases=(Phase.INVESTIGATION,), size=600)
TESTS = Rule(id="no-tests", verdict=Verdict.REJECT, reason="with the code", phases=(Phase.VALIDATION,), per_hour=0)
SIZES = [(120, 40), (80, 24)]


@pytest.fixture
def decided(run: Any, folder: Any) -> Any:
    """Three investigations: accepted, rejected, accepted with another title; and two rules in the settings."""
    same, rejected, edited = (run.propose(title) for title in ("Measure it", "Read it", "Count it"))
    run.decide(same)
    run.decide(rejected, Verdict.REJECT, reason="we know that")
    run.decide(edited, Verdict.EDIT, title="Count all of it", priority=Priority.HIGH)
    save_rule(folder, SMALL)
    save_rule(folder, TESTS)
    return run


@pytest.mark.parametrize("size", SIZES)
async def test_before_a_rule_is_switched_on_one_sees_where_it_disagrees(decided, at_screen, session, size) -> None:
    async def look(person: Any) -> None:
        await person.press("L")
        await person.on(RulesScreen)
        await person.sees(
            "off small-looks accept",
            "It would have accepted 3 of 3 past proposals. 2 of these were decided otherwise by a human.",
            'T3 Read it you rejected it: "we know that"',
            "T4 Count it you accepted it with another title, priority",
        )
        await person.press("s")
        await person.on(ConfirmScreen)
        await person.sees("Let small-looks decide from now on", "20 an hour", 'T3: you rejected it: "we know that"')
        await person.press("y")
        await person.on(RulesScreen)
        await person.sees("ON small-looks accept", "In this run: 0 decided, 20 left this hour.")
        assert session.commands == [SwitchRule(rule=SMALL, on=True, actor=ADA)]

    await at_screen(look, size)


async def test_neither_enter_nor_a_key_that_comes_too_soon_switches_a_rule_on(decided, at_screen, session) -> None:
    async def look(person: Any) -> None:
        await person.press("L")
        await person.on(RulesScreen)
        await person.press("enter")
        assert isinstance(person.app.screen, RulesScreen)
        person.clock.stop()
        await person.press("s")
        await person.on(ConfirmScreen)
        await person.press("y", "enter")
        assert isinstance(person.app.screen, ConfirmScreen)
        await person.press("n")
        await person.on(RulesScreen)
        await person.press("escape")
        await person.back()
        assert session.commands == []

    await at_screen(look)


async def test_a_rule_is_switched_off_by_one_key_and_the_list_stays_where_it_is(decided, at_screen, session) -> None:
    decided.switch(SMALL)
    decided.switch(TESTS)

    async def look(person: Any) -> None:
        await person.press("L")
        await person.on(RulesScreen)
        await person.press("j", "s")
        await person.until(lambda: session.commands, "it is switched off")
        screen = await person.on(RulesScreen)
        assert session.commands == [SwitchRule(rule=TESTS, on=False, actor=ADA)]
        await person.sees("off no-tests", "no-tests is off", "No cap an hour")
        assert screen.under_cursor.rule == TESTS

    await at_screen(look)


async def test_a_file_that_cannot_be_read_is_told_and_what_is_on_goes_on(decided, at_screen, folder, session) -> None:
    decided.switch(SMALL)
    (folder / FILE).write_text("# mine\n[[rule]\n")

    async def look(person: Any) -> None:
        await person.press("L")
        await person.on(RulesScreen)
        await person.sees("rules.toml:", "(at line 2, column 7)", "Rules that are on go on.")
        await person.sees("ON small-looks accept")
        assert "not in the file" not in person.words
        await person.press("n")
        await person.on(NewRuleScreen)
        await person.press(*"mine", "tab", "tab", "tab", "tab", *"building", "ctrl+s")
        await person.is_told("the rules cannot be read")
        screen = await person.on(NewRuleScreen)
        assert (screen.texts["id"], screen.texts["phases"]) == ("mine", "building")  # what was typed is there
        assert (folder / FILE).read_text() == "# mine\n[[rule]\n"

    await at_screen(look)


async def test_a_rule_that_is_on_and_no_longer_in_the_file_is_listed_as_it_was_switched_on(
    decided, at_screen, folder
) -> None:
    decided.switch(SMALL)
    decided.switch(TESTS)
    (folder / FILE).unlink()
    save_rule(folder, Rule(id="no-tests", verdict=Verdict.ACCEPT, everything=True))

    async def look(person: Any) -> None:
        await person.press("L")
        await person.on(RulesScreen)
        await person.sees("ON small-looks accept not in the file", "ON no-tests reject changed in the file since")
        await person.press("j")
        await person.sees('It rejects: validation, saying "with the code"', "what is told here is what was switched on")

    await at_screen(look)


async def test_the_screen_follows_the_run(decided, at_screen, run) -> None:
    decided.switch(SMALL)

    async def look(person: Any) -> None:
        await person.press("L")
        await person.on(RulesScreen)
        await person.sees("0 decided, 20 left this hour")
        run.decide(run.propose("Look at the pool"), actor=Actor(ActorKind.RULE, "small-looks"))
        await person.sees("1 decided, 19 left this hour")

    await at_screen(look)


async def test_without_rules_the_screen_says_what_one_is(at_screen) -> None:
    async def look(person: Any) -> None:
        await person.press("L")
        await person.on(RulesScreen)
        await person.sees("There are no rules.", "decides nothing before you switch it on here")
        await person.press("s", "e")
        assert isinstance(person.app.screen, RulesScreen)

    await at_screen(look)


# -- the banner, and the key that stops all


@pytest.mark.parametrize("size", [(200, 60), *SIZES, (60, 12), (30, 6)])
async def test_while_a_rule_is_on_every_layout_says_so(decided, at_screen, session, size) -> None:
    async def look(person: Any) -> None:
        assert "RULES ON" not in person.words
        decided.switch(SMALL)
        await person.sees("RULES ON: ", "! stops all")
        if size[0] >= 80:
            decided.decide(decided.propose("Look at the pool"), actor=Actor(ActorKind.RULE, "small-looks"))
            await person.sees("RULES ON: small-looks (1 decided, 19 left this hour)")
        decided.switch(TESTS)
        await person.knows_all()
        await person.sees("RULES ON: ", "! stops all")
        await person.press("!")
        await person.until(lambda: "RULES ON" not in person.words, "the banner is gone")
        assert session.commands == [StopRules(actor=ADA)]  # no question was asked

    await at_screen(look, size)


async def test_the_key_that_stops_all_is_the_one_that_it_was_moved_to(decided, at_screen, session) -> None:
    async def look(person: Any) -> None:
        decided.switch(SMALL)
        await person.sees("f9 stops all")
        await person.press("f9")
        await person.until(lambda: session.commands, "all are stopped")
        assert session.commands == [StopRules(actor=ADA)]

    await at_screen(look, settings=UiSettings(keys={"rules.stop": "f9"}))


async def test_all_rules_are_stopped_from_their_screen_too(decided, at_screen, session) -> None:
    decided.switch(SMALL)

    async def look(person: Any) -> None:
        await person.press("L")
        await person.on(RulesScreen)
        await person.press("!")
        await person.sees("off small-looks")
        assert session.commands == [StopRules(actor=ADA)]

    await at_screen(look)


# -- an offer


async def test_a_row_of_like_decisions_is_offered_as_a_rule_once_and_fills_the_form(
    run, at_screen, folder, session
) -> None:
    async def look(person: Any) -> None:
        for number in range(5):
            run.decide(run.propose(f"Look at page {number}"))
        await person.is_told(
            "You have accepted 5 alike in a row: investigation; performance. L, then n, makes a rule of it."
        )
        await person.press("L")
        await person.on(RulesScreen)
        await person.press("n")
        await person.on(NewRuleScreen)
        await person.sees("Filled in from your last decisions", "accept-performance-investigation")
        await person.press("ctrl+s")
        await person.on(RulesScreen)
        await person.sees("off accept-performance-investigation")
        (saved,) = own_rules(folder)
        assert (saved.phases, run.state.rules, session.commands) == ((Phase.INVESTIGATION,), {}, [])
        await person.press("escape")
        await person.back()
        person.app.clear_notifications()
        for number in range(5):
            run.decide(run.propose(f"Look at route {number}"))
        await person.knows_all()
        assert not any("alike in a row" in notice.message for notice in person.app._notifications)

    await at_screen(look)


async def test_what_was_decided_before_the_screen_came_is_not_offered(run, at_screen) -> None:
    for number in range(5):
        run.decide(run.propose(f"Look at page {number}"))

    async def look(person: Any) -> None:
        await person.knows_all()
        assert not any("alike in a row" in notice.message for notice in person.app._notifications)

    await at_screen(look)


async def test_the_question_leaves_room_for_its_keys_however_much_there_is_to_say(run, at_screen, folder) -> None:
    for number in range(9):
        run.decide(run.propose(f"Look at {number}"), Verdict.REJECT, reason="because of this and that " * 9)
    wide = Rule(
        id="a" * 40,
        verdict=Verdict.ACCEPT,
        reason="so it shall be " * 20,
        phases=tuple(Phase),
        priorities=tuple(Priority),
    )
    save_rule(folder, wide)

    async def look(person: Any) -> None:
        await person.press("L")
        await person.on(RulesScreen)
        await person.press("s")
        await person.on(ConfirmScreen)
        await person.sees("and 6 more", "y switch it on n leave it off")

    await at_screen(look, (80, 24))
