"""Text from a model, a tool or a file is shown, never obeyed, and cannot hold up the screen."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment

from hephaestus_tui.domain.decision import Actor, ActorKind, Change, Decision, Verdict
from hephaestus_tui.domain.task import Phase, TaskDraft
from hephaestus_tui.ui.glyphs import ASCII
from hephaestus_tui.ui.widgets import markdown_lines
from hephaestus_tui.ui.widgets.block_lines import rows_of
from hephaestus_tui.ui.widgets.blocks import (
    Block,
    Call,
    CallState,
    Cut,
    Decided,
    Instructions,
    Prose,
    Switched,
    Thought,
    Unfinished,
    Waiting,
    Words,
    prose,
)
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.look import Look

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e0fff]")
HOSTILE = [
    "[red]not red[/red] [@click=app.quit]x[/] [/",
    "\x1b[31mred \x1b]52;c;aGk=\x07 \x1b]8;;http://x\x1b\\link \x9b2J \x1bP\x1b\\",
    "abc\u202edcba\u2066x\u2069 \u200bzero\U000e0041 \ufeff",
    "&#27;[2J &#x202E; &rlm; &NewLine; &#0;",
    "<http://a/%E2%80%AE> [x](http://b/%E2%80%AEc) [y](javascript:alert%281%29) ![i](file:///etc/passwd)",
    "<script>x</script> <!-- c --> <b onclick=1>",
    "z" + "\u0301" * 5_000,
    "\r\n\r\x08\x0b\x0c\x1c\x1d\x85",
    "漢字" * 300,
    "| a " * 2_000 + "|\n" + "|---" * 2_000 + "|\n",
    "> " * 500 + "deep",
    "- " * 500,
    "```\n\x1b[2J\n```",
    "```nosuchlanguage\x1b\nx\n```",
    "# \x1b[1mhead",
    "a\tb\tc",
]


def markdown(text: str, width: int, look: Look) -> list[list[Segment]] | None:
    return None if markdown_lines.too_hard(text) else markdown_lines.render(text, width, look)


def blocks_with(text: str) -> list[Block]:
    draft = TaskDraft(title=text, description="", rationale="", phase=Phase.BUILDING, role="r")
    decision = Decision(
        id=1, task_id="T1", version=1, verdict=Verdict.EDIT, actor=Actor(ActorKind.HUMAN, text), decided_at=0.0,
        waited=5.0, reason=text, final=draft, changes=(Change("title", text, text), Change("blocked_by", (), (text,))),
    )  # fmt: skip
    edit = json.dumps({"path": text, "old": text, "new": text + "\nmore", text[:30]: [text]})
    return [
        Instructions("brief", text), Words(text), Words(text, text, "at its next turn"), Words(text, text, cut=True), Decided(decision), Thought(text),
        Thought(text, live=True), Prose(text), Prose(text, live=True, hidden=3), *prose(text),
        Call(text, text, CallState.FAILED, text, took=3.0), Call("edit", edit, CallState.DONE, "@@ -1 +1 @@\n" + text),
        Call("run", edit, CallState.RUNNING, output=text), Cut(text, text), Unfinished(text),
        Switched(text, text, text, fallback=True), Switched(text, text, text, fallback=False), Waiting(text, 8.0),
    ]  # fmt: skip


def check(text: str, canvas: Canvas) -> None:
    for block in blocks_with(text):
        for unfolded in (False, True):
            for strip in rows_of(block, canvas, markdown, unfolded=unfolded):
                assert strip.cell_length == canvas.width
                assert sum(segment.cell_length for segment in strip) == canvas.width
                assert not FORBIDDEN.search(strip.text), (block, strip.text)
                assert all(s.style is None or (s.style.link is None and not s.style.meta) for s in strip)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("width", [30, 80])
def test_hostile_text_is_inert_in_every_block(text: str, width: int, look: Look) -> None:
    check(text, Canvas(width, look))


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.sampled_from([*HOSTILE[:6], *HOSTILE[7:9], "\n", "\n\n", "- ", "```", "| a |\n|---|\n", "**"]), max_size=6
    )
)
def test_mixtures_of_it_are_too(look: Look, pieces: list[str]) -> None:
    check("".join(pieces), Canvas(44, look))


@pytest.mark.parametrize(
    "text",
    ["x" * 1_000_000, "word and word " * 750_000, "a\n\n" * 3_000_000, "[" * 60_000, "| a " * 2_000 + "\n|---\n" * 99],
    ids=["one line", "10 MB", "paragraphs", "brackets", "table"],
)
def test_much_text_is_quick(text: str, canvas: Canvas) -> None:
    began = time.process_time()
    for block in (Words(text), Thought(text), Call("run", text, CallState.DONE, text), Prose(text[:65_536])):
        for unfolded in (False, True):
            rows_of(block, canvas, markdown, unfolded=unfolded)
    said = list(prose(text))
    for block in said[:60]:
        rows_of(block, canvas, markdown, unfolded=False)
    assert time.process_time() - began < 2.0
    assert sum(len(block.text) for block in said) <= 65_536


def test_the_sign_of_a_cut_off_text_says_how_much_is_hidden(canvas: Canvas) -> None:
    rows = rows_of(Words("x" * 100_000), canvas, markdown, unfolded=False)
    assert "34,464 more characters hidden" in rows[-1].text


def test_markdown_is_rendered_without_links_or_entities(look: Look) -> None:
    text = "# Head\n\nsee [this](http://x.y) &amp; `code` **bold** <b>\n\n---\n\n![alt](pic.png)"
    rows = ["".join(s.text for s in row) for row in markdown_lines.render(text, 60, look)]
    shown = "\n".join(rows)
    assert "Head" in rows[0]
    assert "see this (http://x.y) &amp; code bold <b>" in shown
    assert "[image: alt pic.png]" in shown


def test_a_table_is_drawn(look: Look) -> None:
    rows = ["".join(s.text for s in row) for row in markdown_lines.render("| a | b |\n|---|--:|\n| 1 | 2 |", 40, look)]
    assert [row.split() for row in rows if row.strip(" ─")] == [["a", "b"], ["1", "2"]]


def test_what_is_too_hard_for_markdown_is_shown_as_it_is(canvas: Canvas) -> None:
    table = "|a" * 60 + "|\n" + "|-" * 60 + "|"
    assert markdown(table, 60, canvas.look) is None
    assert markdown("word " * 500, 60, canvas.look) is None
    shown = rows_of(Prose("**x** " * 500), canvas, markdown, unfolded=False)
    assert "**x**" in shown[0].text
    assert sum(strip.text.count("**x**") for strip in shown) == 500


def test_an_ascii_terminal_gets_ascii(look: Look) -> None:
    plain = Canvas(60, replace(look, glyphs=ASCII))
    for block in blocks_with("- a\n- b\n\n---\n\n> q\n\n```\nx\n```\n\n" + "long words " * 40):
        for strip in rows_of(block, plain, markdown, unfolded=True):
            assert strip.text.replace("…", "").replace("·", "").isascii(), strip.text
