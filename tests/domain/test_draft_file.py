"""A task's Markdown file: whatever it held comes back from it, and what is wrong with it is told by its line."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hephaestus_tui.domain.criterion import said
from hephaestus_tui.domain.draft_file import read_draft, with_notes, write_draft
from hephaestus_tui.domain.draft_salvage import LEFT, salvage
from hephaestus_tui.domain.draft_words import END, toml_string
from hephaestus_tui.domain.errors import DraftFileError
from hephaestus_tui.domain.task import Discovery, Phase, Priority, TaskDraft, draft_faults

ROLES = ("backend_developer", "qa_tester")
DRAFT = TaskDraft(
    title="Cache the lookups",
    description="Every route asks the store.\n\n## Steps\n\n1. measure\n2. cache",
    rationale="Twelve routes repeat it.",
    phase=Phase.BUILDING,
    role="backend_developer",
    blocked_by=("T1", "T2"),
    done_criteria=("all tests pass", "one query a request"),
    discovery=Discovery.PERFORMANCE,
    priority=Priority.HIGH,
)
_LINES = st.sampled_from(
    ["## Rationale", "\\## Rationale", "## done  WHEN ", "\\\\## Done when", "# title", "+++", END, f"\\{END}", "- item",
     "", "  ", "<!-- x -->", "\u202e\x1b[2J", "a\tb", "vim: set modeline:", "\r", "\u2028", "\ufeff", "é" * 250]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=40), st.lists(st.one_of(_LINES, st.text(max_size=8)), max_size=6).map("\n".join))
_DRAFTS = st.builds(
    TaskDraft,
    title=_TEXTS,
    description=_TEXTS,
    rationale=_TEXTS,
    phase=st.sampled_from(Phase),
    role=_TEXTS,
    blocked_by=st.lists(_TEXTS, max_size=3).map(tuple),
    done_criteria=st.lists(_TEXTS, max_size=4).map(tuple),
    discovery=st.sampled_from(Discovery),
    priority=st.sampled_from(Priority),
)


@given(_DRAFTS)
@example(replace(DRAFT, description=f"## Rationale\n\\## Done when\n{END}", rationale="## Done when"))
def test_what_nobody_touched_comes_back_as_it_was(draft: TaskDraft) -> None:
    text = write_draft(draft, ROLES)
    assert read_draft(text, draft).draft == draft
    assert read_draft(text.replace("\n", "\r\n"), draft).draft == draft
    assert salvage(text, draft) == draft


@given(_DRAFTS, _DRAFTS)
def test_what_a_file_says_does_not_depend_on_what_was_there_before(draft: TaskDraft, other: TaskDraft) -> None:
    text = write_draft(draft)
    read = read_draft(text, other).draft
    assert read_draft(write_draft(read), read).draft == read
    assert read_draft(write_draft(read), DRAFT).draft == read_draft(text, DRAFT).draft


@given(st.text())
def test_any_text_is_a_string_of_toml(text: str) -> None:
    wanted = text.encode("utf-8", "replace").decode()
    assert tomllib.loads(f"x = {toml_string(wanted)}")["x"] == wanted


@given(st.text())
@example("+++\n+++\n# a")
def test_any_file_is_read_or_refused_with_a_line_of_it(text: str) -> None:
    line = 1
    try:
        read_draft(text, DRAFT)
    except DraftFileError as error:
        line = error.line
    assert 1 <= line <= text.count("\n") + 1


@given(st.lists(st.one_of(_LINES, st.sampled_from(write_draft(DRAFT).split("\n")), st.text(max_size=9)), max_size=12))
def test_nothing_that_was_written_is_lost_on_the_way_to_the_form(rows: list[str]) -> None:
    text = "\n".join(row.replace("\r", "").replace("\n", "") for row in rows if row != END)
    draft = salvage(text, replace(DRAFT, title="x", description="x", rationale="x", done_criteria=()))
    everything = "\n".join(
        [draft.title, draft.description, draft.rationale, *map(said, draft.done_criteria), *draft.blocked_by]
    )
    for row in text.split("\n"):
        words = [w for w in row.strip("#-+*\\ \t0123456789.)").split() if w.isalnum() and w.isascii() and len(w) > 5]
        heading = row.lower().lstrip("\\# ").startswith(("rationale", "done"))
        field = "=" in row
        comment = row.startswith(("<!--", "# "))  # also of TOML
        if not heading and not field and not comment:
            assert all(word in everything for word in words), (row, draft)


def test_the_file_is_what_a_person_expects() -> None:
    text = write_draft(DRAFT, ROLES)
    assert text.startswith(
        """+++
phase = "building"  # investigation, building, validation
role = "backend_developer"  # backend_developer, qa_tester
priority = "high"  # low, normal, high, urgent
discovery = "performance"  # optimization, bug, refactoring, performance, security, missing_feature, other
blocked_by = ["T1", "T2"]
+++

# Cache the lookups

Every route asks the store.

## Steps

1. measure
2. cache

## Rationale

Twelve routes repeat it.

## Done when

- all tests pass
- one query a request

<!-- What is below this line is not read. -->
"""
    )


def test_no_line_that_an_editor_may_obey_is_an_agents() -> None:
    hostile = "vim: set foldmethod=expr :"
    text = write_draft(
        replace(DRAFT, title=hostile, role=hostile, done_criteria=(hostile,), description="\x1b]0;x\x07")
    )
    rows = text.rstrip("\n").split("\n")
    assert not any(hostile in row for row in rows[-5:])
    assert not set(text) & {"\x1b", "\x07"}


def test_changes_are_read_and_the_rest_stays_raw() -> None:
    draft = replace(DRAFT, description="odd\u200bspace\r\nend", done_criteria=("a\u200bb", "two\nlines", "c"))
    text = write_draft(draft)
    text = text.replace("# Cache the lookups", "# Cache them all").replace('["T1", "T2"]', '["t2", " 7 "]')
    text = text.replace("- a⟪U+200B⟫b\n- two lines\n", "- two lines\n* new one,\n  on two lines\n1. a⟪U+200B⟫b\n-\n")
    read = read_draft(text.replace('"high"', '"low"'), draft).draft
    assert read == replace(
        draft, title="Cache them all", blocked_by=("T2", "T7"), priority=Priority.LOW,
        done_criteria=("two\nlines", "new one, on two lines", "a\u200bb", "c"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("+++\n", "", 1, "the first such line is missing"),
        ('"T2"]\n+++', '"T2"]', 1, "that ends the fields is missing"),
        ('phase = "building"', "phase = building", 2, "this is not TOML: Invalid value"),
        ('"T1", "T2"]', '"T1", "T2"', 6, "this is not TOML"),
        ('priority = "high"', 'priority = "soon"', 4, "there is no priority 'soon'; use one of: low"),
        ('priority = "high"', "priority = 3", 4, "there is no priority 3"),
        ('role = "', 'roll = "', 3, "there is no field 'roll'; here stand phase, role"),
        ('role = "backend_developer"', "", 1, "the field role is missing"),
        ('role = "backend_developer"', "role = []", 3, "role is a name in quotation marks"),
        ('["T1", "T2"]', '"T1"', 6, "blocked_by is a list of ids"),
        ("# Cache the lookups\n", "", 10, "the title comes first here"),
        ("## Rationale", "## Reason", 26, "the line `## Rationale` is missing"),
        ("## Done when", "## Done", 26, "the line `## Done when` is missing"),
        ("Twelve routes", "## Rationale\nTwelve", 20, "`## Rationale` is here twice: write `\\## Rationale`"),
        ("- one query", "one query", 25, "begin the line with `- `"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, what: str) -> None:
    text = write_draft(DRAFT).replace(old, new, 1)
    with pytest.raises(DraftFileError) as caught:
        read_draft(text, DRAFT)
    assert what in caught.value.what
    assert caught.value.line == line
    assert str(caught.value).startswith(f"line {line}: ")


@pytest.mark.parametrize("text", ["", "\n\n", "<!-- x -->", "+++\n+++", "+++"])
def test_a_file_with_next_to_nothing_in_it(text: str) -> None:
    with pytest.raises(DraftFileError):
        read_draft(text, DRAFT)


def test_notes_at_the_top_name_the_lines_of_the_file_that_they_stand_in() -> None:
    text = write_draft(DRAFT).replace('"high"', '"soon"')
    for _ in range(2):  # the second time in place of the first
        with pytest.raises(DraftFileError) as caught:
            read_draft(text, DRAFT)
        text = with_notes(text, [(caught.value.line, f"{caught.value.what} --> x")])
        rows = text.split("\n")
        assert rows[0].startswith("<!-- line 6: there is no priority 'soon'")
        assert rows[0].count("-->") == 1
        assert rows[5].startswith('priority = "soon"')
        assert rows[2] == "+++"
    assert read_draft(text.replace("soon", "high"), DRAFT).draft == DRAFT


def test_faults_of_fields_are_placed_in_the_file() -> None:
    text = write_draft(DRAFT).replace("Twelve routes repeat it.", "").replace("# Cache the lookups", "#")
    text = text.replace('"backend_developer"', '"poet"')
    read = read_draft(text, DRAFT)
    assert [line for line, _ in read.placed(draft_faults(read.draft, ROLES))] == [3, 9, 18]


def test_a_megabyte_is_read_and_then_refused_by_its_size() -> None:
    text = write_draft(replace(DRAFT, description="x" * 1_000_000))
    read = read_draft(text, DRAFT)
    assert "1000000 characters, 20000 at most" in draft_faults(read.draft, ROLES)["description"]


def test_what_cannot_be_read_stands_at_the_end_of_the_description() -> None:
    text = write_draft(DRAFT).replace('priority = "high"', "priority = soon").replace("- one query", "one query")
    text = text.replace('phase = "building"', 'phase = "validation"').replace("Every route", "Each route")
    draft = salvage(text, DRAFT)
    assert draft.phase is Phase.VALIDATION
    assert draft.priority is Priority.HIGH
    assert draft.done_criteria == DRAFT.done_criteria
    assert draft.description.startswith("Each route")
    assert f"\n\n{LEFT}\npriority = soon" in draft.description


def test_a_file_without_structure_becomes_the_description() -> None:
    draft = salvage("just a few words\nof mine", DRAFT)
    assert draft == replace(DRAFT, description="just a few words\nof mine")
