"""Markdown in the middle of a line reads as words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hephaestus_tui.ui.widgets.blocks import Call, CallState
from hephaestus_tui.ui.widgets.call_lines import call_head
from hephaestus_tui.ui.widgets.call_words import told_of
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.unmarked import unmarked


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("**Yes, share it.** The cache is small.", "Yes, share it. The cache is small."),
        ("## Outcome\n**Done**: all *three* pass", "Outcome\nDone: all three pass"),
        ("`app.py` has `f(**kwargs)` and `a * b`", "app.py has f(**kwargs) and a * b"),
        ("see [the docs](https://x.org/a) now", "see the docs now"),
        ("```py\nx = 1\n```", "x = 1\n"),
        ("> so they say", "so they say"),
        *(
            (same, same)
            for same in (
                "src/*.py, tests/*", "*.py and *.md", "2**3**4 is a*b*c", "f(**a, **b)", "__init__ and _x_", "- one", "#5",
                "a[0](b c)", "**", "",
            )
        ),
    ],
)  # fmt: skip
def test_marks_go_and_nothing_else(text: str, told: str) -> None:
    assert unmarked(text) == told


def test_the_line_of_a_completed_task_has_none(canvas: Canvas) -> None:
    call = Call("complete_task", '{"summary": "**Yes, share** the `cache`."}', CallState.DONE, "The task is completed.")
    assert "complete_task  Yes, share the c" in call_head(call, canvas).text


def test_a_command_keeps_its_own() -> None:
    assert told_of("run_command", {"command": "grep '**x**' `ls`"}) == "grep '**x**' `ls`"


@given(st.text("*`[]()#> \n~ab_!", max_size=300))
def test_it_only_takes_away(text: str) -> None:
    rest = iter(text)
    assert all(sign in rest for sign in unmarked(text))


@pytest.mark.parametrize("sign", ["*a", "**a", "`", "[a", "[a](", "`a``", "> ", "*a*"])
def test_a_long_text_of_marks_takes_no_time(sign: str) -> None:
    began = time.process_time()
    unmarked(sign * 100_000)
    assert time.process_time() - began < 0.2
