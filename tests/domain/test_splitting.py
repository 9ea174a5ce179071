"""What is written in the box is what the parts become, whatever the descriptions hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hephaestus_tui.domain.splitting import parse_parts, split_drafts, split_faults, written_parts
from hephaestus_tui.domain.task import Phase, Priority, TaskDraft

DRAFT = TaskDraft(
    title="Cache it", description="Keep the answers.", rationale="It is slow.", phase=Phase.BUILDING,
    role="backend_developer", done_criteria=("it is fast",), priority=Priority.HIGH, blocked_by=("T1",),
)  # fmt: skip
_LINES = st.lists(st.sampled_from(["", "words", "# a heading", "\\# one", "#", "## two", "\\\\#", "  # in", "#!sh"]))


def test_each_part_begins_with_its_title() -> None:
    assert parse_parts("# One\nFirst.\n\n## Not a part\n\n#  Two \nSecond.\n") == (
        ("One", "First.\n\n## Not a part"),
        ("Two", "Second."),
    )


def test_words_before_the_first_title_are_a_part_without_one() -> None:
    parts = parse_parts("\nlost words\n# One\nFirst.")
    assert parts == (("", "lost words"), ("One", "First."))
    assert split_faults(split_drafts(DRAFT, parts), ()) == ("part 1: title is empty: write one",)


@given(st.lists(st.tuples(st.sampled_from(["A title", "# odd", "x", ""]), _LINES), max_size=4))
def test_what_is_written_is_read_back(written: list[tuple[str, list[str]]]) -> None:
    parts = tuple((title, "\n".join(rows).strip("\n").rstrip()) for title, rows in written)
    assert parse_parts(written_parts(parts)) == parts


def test_all_but_title_and_description_is_inherited() -> None:
    first, second = split_drafts(DRAFT, [("One", "First."), ("Two", "Second.")])
    assert first == replace(DRAFT, title="One", description="First.")
    assert second == replace(DRAFT, title="Two", description="Second.")
    assert split_faults((first, second), ("backend_developer",)) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# One\nFirst.", "2 parts at least"),
        ("", "2 parts at least"),
        ("# One\nFirst.\n# Two", "part 2: description is empty"),
        ("# One\nFirst.\n#\nSecond.", "part 2: title is empty"),
        ("\n".join("# n\nwords" for _ in range(11)), "11 parts, 10 at most"),
        (f"# {'x' * 201}\nFirst.\n# Two\nSecond.", "part 1: title has 201 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_part(text: str, words: str) -> None:
    assert any(words in fault for fault in split_faults(split_drafts(DRAFT, parse_parts(text)), ()))
