"""The form of a rule says what is wrong as one types, loses nothing, and only saves."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import Discovery, Phase, Priority
from hephaestus_tui.rules_file import own_rules, save_rule
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.new_rule import NewRuleScreen
from hephaestus_tui.ui.screens.rule_form import FIELDS, read_rule, role_note, rule_text
from hephaestus_tui.ui.screens.rules import RulesScreen
from hephaestus_tui.ui.widgets.fields import Field

FULL = Rule(
    id="all-of-it", verdict=Verdict.REJECT, reason="not now", phases=(Phase.BUILDING, Phase.VALIDATION),
    roles=("tech_lead", "qa_tester"), spawned_by=("T1", "T7"), discoveries=(Discovery.BUG,), priorities=(Priority.LOW,),
    depth=2, size=800, duplicate=85, per_hour=0,
)  # fmt: skip


@pytest.mark.parametrize("rule", [FULL, Rule(id="a", verdict=Verdict.ACCEPT, everything=True)])
def test_a_rule_becomes_text_and_the_text_that_rule(rule) -> None:
    texts = rule_text(rule)
    assert set(texts) == set(FIELDS)
    assert read_rule(texts) == (rule, {})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("phases", "inv, BUILD", (Phase.INVESTIGATION, Phase.BUILDING)),
        ("phases", "building building", (Phase.BUILDING,)),
        ("discoveries", "perf;miss", (Discovery.PERFORMANCE, Discovery.MISSING_FEATURE)),
        ("spawned_by", "t3, 4", ("T3", "T4")),
        ("roles", "tech_lead,  qa_tester", ("tech_lead", "qa_tester")),
        ("size", " 1,200 ", 1_200),
    ],
)
def test_people_write_as_they_write(name, text, value) -> None:
    rule, faults = read_rule({**rule_text(FULL), name: text})
    assert (getattr(rule, name), faults) == (value, {})


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("id", "", "give it an id"),
        ("id", "My Rule", "use 1 to 40 of a-z, 0-9 and -"),
        ("reason", " ", "a rejection needs a reason"),
        ("phases", "bulding", "'bulding' is none of: investigation, building, validation"),
        ("discoveries", "", ""),
        ("discoveries", "o", "'o' is none of"),  # optimization or other
        ("spawned_by", "T1 x", "'x' is no task"),
        ("depth", "two", "only digits"),
        ("depth", "-1", "only digits"),
        ("depth", "٣", "only digits"),
        ("size", "99999999999", "only digits"),
        ("duplicate", "49", "a number from 50 to 100"),
        ("per_hour", "", "a number; 0 is no cap"),
        ("everything", "yes", "it has conditions"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(name, text, told) -> None:
    _, faults = read_rule({**rule_text(FULL), name: text})
    assert list(faults) == ([name] if told else [])
    assert told in faults.get(name, "")


def test_a_wrong_condition_is_not_told_twice() -> None:
    empty = {**rule_text(None), "id": "a"}
    assert list(read_rule(empty)[1]) == ["everything"]
    assert list(read_rule({**empty, "phases": "x"})[1]) == ["phases"]


def test_a_role_of_another_run_is_no_fault_but_is_noted() -> None:
    assert role_note(FULL, ("tech_lead",)) == "not in this run: qa_tester"
    assert role_note(FULL, ("tech_lead", "qa_tester")) == ""


async def open_form(person: Any) -> NewRuleScreen:
    await person.press("L")
    await person.on(RulesScreen)
    await person.press("n")
    form: NewRuleScreen = await person.on(NewRuleScreen)
    return form


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_rule_is_written_by_keys_alone_and_saved_switched_off(run, at_screen, folder, session, size) -> None:
    run.propose("Look at the pool")

    async def write(person: Any) -> None:
        await open_form(person)
        await person.press(*"looks", "tab", "tab", "tab", "tab", *"inv")
        await person.sees("It accepts: investigation. It would have accepted 1 of 1 past proposal.")
        await person.press("ctrl+s")
        await person.on(RulesScreen)
        await person.is_told("The rule looks is saved in your settings, and off.")
        await person.sees("off looks accept")
        assert own_rules(folder) == (Rule(id="looks", verdict=Verdict.ACCEPT, phases=(Phase.INVESTIGATION,)),)
        assert session.commands == []

    await at_screen(write, size)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_rule_that_cannot_be_is_not_saved_and_the_first_wrong_field_is_gone_to(at_screen, folder, size) -> None:
    async def write(person: Any) -> None:
        form = await open_form(person)
        await person.press("tab", "down", "down", "enter", "ctrl+s")
        assert person.app.screen is form
        await person.sees("give it an id", "cannot be saved: see id, reason, for everything")
        assert form.focused is not None
        assert form.focused.id == "id"
        await person.press(*"Aha!")
        await person.sees("'Aha!' will not do")
        assert own_rules(folder) == ()

    await at_screen(write, size)


async def test_nothing_is_wrong_before_anything_was_typed(at_screen) -> None:
    async def write(person: Any) -> None:
        form = await open_form(person)
        assert not any(field.fault for field in form.query(Field))

    await at_screen(write)


async def test_a_form_is_left_at_once_when_empty_and_asks_when_something_would_be_lost(at_screen) -> None:
    async def write(person: Any) -> None:
        await open_form(person)
        await person.press("escape")
        await person.on(RulesScreen)
        await person.press("n")
        form = await person.on(NewRuleScreen)
        await person.press("x", "escape")
        await person.on(ConfirmScreen)
        await person.press("n")
        await person.until(lambda: person.app.screen is form, "the form is back")
        assert form.texts["id"] == "x"
        await person.press("escape")
        await person.on(ConfirmScreen)
        await person.press("y")
        await person.on(RulesScreen)

    await at_screen(write)


async def test_changing_a_rule_replaces_it_in_the_file(at_screen, folder) -> None:
    save_rule(folder, FULL)

    async def write(person: Any) -> None:
        await person.press("L")
        await person.on(RulesScreen)
        await person.press("e")
        await person.on(NewRuleScreen)
        await person.sees("Change the rule all-of-it")
        assert "saving replaces it" not in person.words
        await person.press("tab", "tab", "end", "5", "ctrl+s")
        await person.on(RulesScreen)
        (saved,) = own_rules(folder)
        assert (saved.per_hour, saved.roles, saved.reason) == (5, FULL.roles, FULL.reason)

    await at_screen(write)


async def test_a_new_rule_of_a_name_that_is_taken_says_that_it_replaces(at_screen, folder) -> None:
    save_rule(folder, FULL)

    async def write(person: Any) -> None:
        await open_form(person)
        await person.press(*"all-of-it")
        await person.sees("there is one of this name: saving replaces it")

    await at_screen(write)
