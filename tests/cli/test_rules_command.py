"""A rule is shown before it is on, is on only where a person said so, and is off at once; a broken file stops none of that."""

from __future__ import annotations

import pytest

RULES = """
# mine
[[rule]]
id = "no-building"
verdict = "reject"
phase = "building"
reason = "not yet"

[[rule]]
id = "looks"
verdict = "accept"
phase = "investigation"
role = ["tech_lead", "qa_tester"]
per_hour = 1
"""


@pytest.fixture
def rules(command, tmp_path):
    path = tmp_path / "config" / "rules.toml"
    path.write_text(RULES)
    return path


def on(command) -> list[str]:
    return [row["id"] for row in command("rules", "last", "--json").rows() if row["on"]]


def test_rules_are_listed_with_what_they_do_and_where_they_are_on(command, waiting_run, rules) -> None:
    said = command("rules")
    assert said.code == 0
    assert [line.split() for line in said.out.splitlines()] == [
        ["RULE", "DOES", "AN", "HOUR", "WHEN"],
        ["no-building", "reject", "20", "building"],
        ["looks", "accept", "1", "investigation;", "role", "tech_lead", "or", "qa_tester"],
    ]
    assert [row["phases"] for row in command("rules", "--json").rows()] == [["building"], ["investigation"]]
    assert on(command) == []
    command("rules", "last", "--on", "looks", "--yes")
    assert on(command) == ["looks"]
    rules.write_text(RULES.replace("per_hour = 1", "per_hour = 9"))
    assert "looks        on  0        accept  1        investigation; role tech_lead or qa_tester (changed in the file since)" in (
        command("rules", "last").out
    )  # fmt: skip
    rules.write_text("")
    assert "(not in the file)" in command("rules", "last").out
    assert command("rules", "last", "--off", "looks").code == 0
    said = command("rules", "last")
    assert (said.code, said.out) == (0, "")
    assert f"There is no rule yet in {rules}." in said.err


def test_what_it_would_have_done_is_told_and_changes_nothing(command, waiting_run, rules) -> None:
    command("accept", "last", "T3")
    said = command("rules", "last", "--what-if", "no-building")
    assert said.code == 0
    assert said.out.splitlines() == [
        "Rule no-building: reject what is building (not yet)",
        "  T3    would reject, BUT was: accepted by ada: Mend the cache",
        "It would have rejected 1 of 3 past proposals, and decided otherwise than a human in 1 case.",
    ]
    (row,) = command("rules", "last", "--what-if", "no-building", "--json").rows()
    assert (row["task_id"], row["agrees"], row["capped"]) == ("T3", False, False)
    assert on(command) == []
    assert len(command("proposals", "last", "--json").rows()) == 2


@pytest.mark.parametrize(
    ("typed", "code", "left"), [("y\n", 0, ["no-building"]), ("\n", 1, []), ("no\n", 1, []), ("", 1, [])]
)
def test_a_person_sees_it_and_is_asked_before_it_is_on(
    command, waiting_run, rules, at_terminal, typed, code, left
) -> None:
    at_terminal(typed)
    said = command("rules", "last", "--on", "no-building")
    assert (said.code, said.out) == (code, "")
    shown, question = said.err.partition("Let rule no-building decide")[::2]
    assert "would reject" in shown
    assert f"in run {waiting_run} from now on? [y/N]" in question
    assert on(command) == left


def test_without_a_person_it_needs_a_word_that_it_is_meant(command, waiting_run, rules) -> None:
    said = command("rules", "last", "--on", "no-building")
    assert (said.code, said.out) == (2, "")
    assert "would reject" in said.err
    assert "Nobody is here to confirm it, so nothing was done: repeat it with --yes." in said.err
    assert on(command) == []


def test_a_rule_that_is_on_decides_what_comes_and_the_record_names_it(command, script, rules, tmp_path) -> None:
    (tmp_path / "config" / "config.toml").write_text("[gate]\nundo_seconds = 0\n")  # what is accepted starts at once
    once = tmp_path / "once.toml"
    text = (tmp_path / "script.toml").read_text()
    once.write_text(text.replace('[[agent]]\nname = "builder"', '[[agent]]\nname = "second"\nfor = { phase = "validation" }\n'
        '[[agent.turn]]\n[[agent.turn.call]]\nid = "more"\ntool = "spawn_building_task"\n'
        'arguments = { title = "Quite another thing", description = "d", rationale = "r", role = "qa_tester" }\n'
        '[[agent.turn]]\n[[agent.turn.call]]\nid = "end"\ntool = "complete_task"\narguments = { summary = "s" }\n\n'
        '[[agent]]\nname = "builder"'))  # fmt: skip
    command("run", "mend the cache", "--headless", "--model", f"scripted:{once}")
    command("rules", "last", "--on", "no-building", "--yes")
    command("accept", "last", "T4")
    said = command("run", "--resume", "last", "--headless")
    assert said.code == 0, said.err
    last = command("decisions", "last", "--json").rows()[-1]
    assert (last["act"], last["actor"], last["text"]) == ("reject", {"kind": "rule", "name": "no-building"}, "not yet")
    # what it found when it was switched on is left to the human
    assert {row["task_id"] for row in command("proposals", "last", "--json").rows()} == {"T2", "T3"}
    (row,) = [row for row in command("rules", "last", "--json").rows() if row["on"]]
    assert row["use"] == {"hour": 1, "total": 1}


def test_a_file_that_cannot_be_read_hides_no_rule_that_is_on_and_keeps_none_on(command, waiting_run, rules) -> None:
    command("rules", "last", "--on", "looks", "--yes")
    command("rules", "last", "--on", "no-building", "--yes")
    rules.write_text("[[rule]\n")
    for words in (
        ["rules"],
        ["rules", "last"],
        ["rules", "last", "--what-if", "looks"],
        ["rules", "last", "--on", "looks"],
    ):
        said = command(*words)
        assert (said.code, said.err.count("\n")) == (2, 1)
        assert f"{rules}: the rules cannot be read" in said.err
        assert "it is left as it is" in said.err
        assert ("looks" in said.out) is (words == ["rules", "last"])
    said = command("rules", "last", "--off", "looks")
    assert (said.code, said.err) == (0, f"Run {waiting_run}: the rule looks is off.\n")
    assert command("rules", "last", "--stop").err == f"Run {waiting_run}: all rules are off: no-building.\n"
    assert rules.read_text() == "[[rule]\n"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["rules", "last", "--on", "nope"], 2, "There is no rule 'nope' in "),
        (["rules", "last", "--on", ""], 2, "The id of the rule is empty"),
        (["rules", "last", "--on", "nope"], 2, "it has no-building, looks"),
        (["rules", "last", "--what-if", "nope"], 2, "There is no rule 'nope' in "),
        (["rules", "last", "--off", "looks"], 1, "The rule 'looks' is not on in run"),
        (["rules", "last", "--stop"], 1, "No rule is on"),
        (["rules", "--stop"], 2, "Name the run: "),
        (["rules", "last", "--stop", "--off", "looks"], 2, "not allowed with argument"),
        (["rules", "last", "--off", "looks", "--yes"], 2, "--yes goes with --on"),
        (["rules", "nothing-here"], 2, "nothing-here"),
    ],
)
def test_what_cannot_be_is_one_sentence(command, waiting_run, rules, words, code, told) -> None:
    said = command(*words)
    assert (said.code, said.out, said.err.count("\n")) == (code, "", 1)
    assert told in said.err
    assert on(command) == []
