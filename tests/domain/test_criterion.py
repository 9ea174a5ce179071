"""Done criteria with commands: however they are written down, the same come back, and what is shown is what is run."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hephaestus_tui import codec
from hephaestus_tui.cli.fields import changes
from hephaestus_tui.domain.criterion import (
    COMMAND_LIMIT,
    CommandCriterion,
    Criterion,
    criteria_fault,
    joined,
    read_criteria,
    written_criteria,
)
from hephaestus_tui.domain.draft_file import read_draft, write_draft
from hephaestus_tui.domain.draft_words import one_row
from hephaestus_tui.domain.plain import clean
from hephaestus_tui.domain.task import Phase, TaskDraft, draft_faults
from hephaestus_tui.tools.spawn import criteria_given, spawn_task
from hephaestus_tui.ui.screens.draft_form import form_text, read_form

DRAFT = TaskDraft(title="t", description="d", rationale="r", phase=Phase.BUILDING, role="backend_developer")
CHECKED = CommandCriterion("The suite passes", "python3 -m unittest -q")

_raw = st.one_of(st.text(min_size=1, max_size=30), st.sampled_from(["$ ls", "\\$ ls", "\\\\$ ls", "$", "- a", "1. a"]))
_words = _raw.filter(lambda text: text.strip() != "")
_commands = st.text(min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(
    lambda text: text and clean(text) == text
)  # fmt: skip
_criteria = st.lists(st.one_of(_words, st.builds(CommandCriterion, _words, _commands)), max_size=6).map(tuple)


def rows(criteria: tuple[Criterion, ...]) -> list[str]:
    return [row for words, command in written_criteria(criteria, one_row) for row in (words, command) if row]


@given(_criteria)
@example(("$ ls", CommandCriterion("\\$ ls", "$ ls")))
def test_what_is_written_is_read_back(criteria: tuple[Criterion, ...]) -> None:
    plain = read_criteria(rows(criteria), (), one_row)
    assert rows(plain) == rows(criteria)
    assert [isinstance(c, CommandCriterion) for c in plain] == [isinstance(c, CommandCriterion) for c in criteria]
    assert [c.command for c in plain if isinstance(c, CommandCriterion)] == [
        c.command for c in criteria if isinstance(c, CommandCriterion)
    ]


@given(_criteria)
def test_the_form_and_the_file_keep_what_nobody_touched_raw(criteria: tuple[Criterion, ...]) -> None:
    draft = TaskDraft(**{name: getattr(DRAFT, name) for name in ("title", "description", "rationale", "phase", "role")},
                      done_criteria=criteria)  # fmt: skip
    assert read_form(form_text(draft), draft) == draft
    assert read_draft(write_draft(draft), draft).draft == draft


@given(_criteria)
def test_the_journal_keeps_them(criteria: tuple[Criterion, ...]) -> None:
    draft = TaskDraft(**{name: getattr(DRAFT, name) for name in ("title", "description", "rationale", "phase", "role")},
                      done_criteria=criteria)  # fmt: skip
    try:
        text = codec.to_json(draft)
    except UnicodeEncodeError:  # pragma: no cover - a lone surrogate is no text
        return
    assert codec.from_json(TaskDraft, text) == draft


def test_a_run_from_before_there_were_commands_is_read() -> None:
    old = '{"title":"t","description":"d","rationale":"r","phase":"building","role":"x","done_criteria":["A","B"]}'
    assert codec.from_json(TaskDraft, old).done_criteria == ("A", "B")


@pytest.mark.parametrize(
    ("criterion", "fault"),
    [
        (CommandCriterion("", "ls"), "is a command without words"),
        (CommandCriterion("a", " "), "has an empty command"),
        (CommandCriterion("a", "ls\nrm -r ."), "has a command of several lines"),
        (CommandCriterion("a", "x" * (COMMAND_LIMIT + 1)), "1000 at most"),
        (CommandCriterion("a", "ls \u202egnp.sh"), "cannot be shown as it is"),
        (CommandCriterion("a", "ls\x1b[2K"), "cannot be shown as it is"),
        ("  ", "is empty"),
    ],
)
def test_what_will_not_do_is_told_with_its_number(criterion: Criterion, fault: str) -> None:
    told = criteria_fault(("fine", criterion)) or ""
    assert told.startswith("number 2 ")
    assert fault in told


def test_a_command_belongs_to_the_words_above_it() -> None:
    text = form_text(DRAFT) | {"done_criteria": "It is fast\nThe suite passes\n$ python3 -m unittest -q\n"}
    assert read_form(text, DRAFT).done_criteria == ("It is fast", CHECKED)


def test_a_command_without_words_is_a_fault_and_not_lost() -> None:
    read = read_form(form_text(DRAFT) | {"done_criteria": "$ ls\n"}, DRAFT)
    assert read.done_criteria == (CommandCriterion("", "ls"),)
    assert draft_faults(read, ()) == {
        "done_criteria": "number 1 is a command without words: say above it what it shows"
    }  # fmt: skip


def test_the_file_shows_a_command_below_its_words() -> None:
    draft = TaskDraft(**{name: getattr(DRAFT, name) for name in ("title", "description", "rationale", "phase", "role")},
                      done_criteria=(CHECKED, "B"))  # fmt: skip
    assert "- The suite passes\n  $ python3 -m unittest -q\n- B\n" in write_draft(draft)


@pytest.mark.parametrize(
    "settings",
    [
        ["done_criteria=The suite passes", "done_criteria=$ python3 -m unittest -q"],
        ["done_criteria=The suite passes\n$ python3 -m unittest -q"],
    ],
)
def test_the_command_line_sets_a_command(settings: list[str]) -> None:
    assert changes(settings) == {"done_criteria": (CHECKED,)}


def test_a_merge_keeps_the_stricter_of_two() -> None:
    assert joined(("the suite  passes", "A"), (CHECKED, "A")) == ("A", CHECKED)


def test_a_model_gives_words_or_words_with_a_command() -> None:
    tool = spawn_task(Phase.BUILDING)
    parsed = tool.parse(
        '{"title":"t","description":"d","rationale":"r",'
        '"done_criteria":["A",{"text":"The suite passes","command":"python3 -m unittest -q"},{"text":"B"}]}'
    )
    assert criteria_given(parsed.done_criteria) == ("A", CHECKED, "B")
