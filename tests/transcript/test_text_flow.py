"""Cutting into paragraphs and wrapping: what was cut or wrapped does not change when text is added."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from hephaestus_tui.ui.widgets.paragraphs import Paragraphs, paragraphs
from hephaestus_tui.ui.widgets.wrapping import Tail, wrap

markdown = st.lists(
    st.sampled_from(
        [
            "word ",
            "\n",
            "\n\n",
            "- item",
            "* x",
            "12) y",
            "1. z",
            "> q",
            "```py\n",
            "```",
            "~~~",
            "    code",
            "**b**",
            "# h",
        ]
    ),
    max_size=25,
).map("".join)
plain = st.text(st.sampled_from("ab cd  é漢字\n-"), max_size=200)


@settings(deadline=None)
@given(markdown, st.integers(1, 7))
def test_paragraphs_of_a_stream_are_a_prefix_of_those_of_the_whole(text: str, step: int) -> None:
    cutter = Paragraphs()
    closed: list[str] = []
    for start in range(0, len(text), step):
        closed += cutter.feed(text[start : start + step])
        assert closed == paragraphs(text)[: len(closed)]
    assert [*closed, *cutter.finish()] == paragraphs(text)


@settings(deadline=None)
@given(markdown)
def test_no_paragraph_loses_text(text: str) -> None:
    assert "".join("".join(paragraphs(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("one\n\ntwo", 2),
        ("```\na\n\nb\n```\n\nafter", 2),
        ("- a\n\n- b\n\n  more of b\n\nafter", 2),
        ("1. a\n\n2. b", 1),
        ("text\n\n- a", 2),
        ("~~~\n```\n\n~~~", 1),
        ("\n\n\n", 0),
        ("one\n\n\n\n---\n\ntwo", 3),
    ],
)
def test_paragraphs_end_where_nothing_spans_the_blank_line(text: str, count: int) -> None:
    assert len(paragraphs(text)) == count


@settings(deadline=None)
@given(plain, st.integers(2, 30))
def test_wrapped_rows_are_the_text_and_fit(text: str, width: int) -> None:
    rows = wrap(text, width)
    assert "".join(rows) == text.replace("\n", "")
    assert all(cell_len(row.rstrip()) <= width for row in rows)


@settings(deadline=None)
@given(st.lists(plain, max_size=12), st.integers(2, 30))
def test_a_tail_that_grew_is_as_if_wrapped_at_once(pieces: list[str], width: int) -> None:
    tail = Tail(width, lambda row: Strip([Segment(row)]))
    text = ""
    for piece in pieces:
        text += piece
        before = list(tail.strips)
        tail.grow(text)
        kept = before[:-1]
        assert all(old is new for old, new in zip(kept, tail.strips, strict=False))
    if text:
        assert [strip.text for strip in tail.strips] == wrap(text, width)


def test_growing_costs_its_last_row_alone() -> None:
    painted: list[str] = []

    def paint(row: str) -> Strip:
        painted.append(row)
        return Strip([Segment(row)])

    tail = Tail(40, paint)
    text = "word " * 8_000
    tail.grow(text)
    painted.clear()
    tail.grow(text + "more")
    assert len(painted) <= 2
