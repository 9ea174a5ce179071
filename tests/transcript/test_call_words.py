"""What one line says of a tool call."""

from __future__ import annotations

import json

import pytest

from hephaestus_tui.domain.leave import CHANGE_ENDS, CHANGED
from hephaestus_tui.ui.widgets.block_lines import rows_of
from hephaestus_tui.ui.widgets.blocks import Call, CallState, Waiting
from hephaestus_tui.ui.widgets.call_words import amount, duration, own_time, short_arguments, short_result, value_text
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.look import Look

DIFF = "Changed a.py in 1 place.\n--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,3 @@\n x\n-old\n+new\n+more"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"command": "pytest -q", "timeout": 5}, "pytest -q"),
        ({"path": "app/a.py", "old_text": "x", "new_text": "y"}, "app/a.py"),
        ({"pattern": "cache", "path": "app"}, "cache in app"),
        ({"pattern": "cache", "path": "."}, "cache"),
        ({"title": "Look", "description": "d"}, "Look"),
        ({"command": ["git", "commit", "-m", "a b"]}, "git commit -m 'a b'"),
        ({"unknown": "x", "number": 3}, "x"),
        ({}, ""),
    ],
)
def test_the_most_telling_argument_is_told(arguments: dict[str, object], told: str) -> None:
    assert short_arguments(arguments) == told


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("", "empty"),
        ("[exit code 1 after 0.3 s]\nF\nFAILED", "exit 1 · 3 lines"),
        ("[exit code 0 after 0.3 s]\nOK", "2 lines"),
        ("[stopped at its limit of 5 s; give more]\nx", "stopped at its limit · 2 lines"),
        (DIFF, "+2 -1"),
        ("Created app/a.py (12 lines).", "12 lines"),
        ('{"task_id": "T4", "standing": "proposed", "note": "x"}', "T4 proposed"),
        ('{"task_id": "T4", "decision": "accepted", "decided_by": "ada"}', "T4 accepted"),
        ("The task is completed.", "The task is completed."),
        ("x" * 3_000, "3.0 KB"),
    ],
)
def test_a_result_is_told_in_short(result: str, told: str) -> None:
    assert short_result(result) == told


def test_a_failure_is_told_in_its_own_words() -> None:
    words = "old_text does not occur in app/routes.py. Read the file and copy it exactly."
    assert short_result(words, failed=True) == words


def test_sizes_and_durations() -> None:
    assert [amount(n) for n in (7, 1_234, 5_600_000)] == ["7 B", "1.2 KB", "5.6 MB"]
    assert [duration(s) for s in (0.4, 12.2, 75, 3_700)] == ["", "12 s", "1 min 15 s", "1 h 1 min"]
    assert own_time("[exit code 0 after 12.5 s]\nafter 3 s]") == 12.5
    assert own_time("x") is None


def test_the_line_of_a_call(look: Look) -> None:
    call = Call("run_command", '{"command": "pytest"}', CallState.FAILED, "[exit code 1 after 12.4 s]\nF", took=99)
    text = _shown(call, Canvas(80, look))[0]
    assert text.split() == ["✗", "run_command", "pytest", "exit", "1", "·", "2", "lines", "·", "12", "s"]


def test_a_narrow_pane_keeps_how_a_command_ended(look: Look) -> None:
    call = Call("run_command", '{"command": "pytest -q"}', CallState.FAILED, "[exit code 1 after 12.4 s]\nF")
    text = _shown(call, Canvas(36, look))[0]
    assert text.split() == ["✗", "run_command", "pytest", "-q", "exit", "1"]


@pytest.mark.parametrize("width", [36, 60, 100])
def test_what_went_wrong_has_rows_of_its_own_where_the_head_has_no_room(look: Look, width: int) -> None:
    words = (
        "old_text was not found in rollcall/token_cache.py: read the file again, then give a few lines as they stand"
    )
    call = Call("edit_file", '{"path": "rollcall/token_cache.py"}', CallState.FAILED, f"{words}\nmore")
    head, *rows = _shown(call, Canvas(width, look))
    assert "failed" in head.split()
    assert 1 <= len(rows) <= 2
    said = " ".join(row.strip() for row in rows)
    assert said == words if width > 60 else words.startswith(said.removesuffix("…").strip())
    assert all(row.startswith("   ") for row in rows)
    short = Call("edit_file", '{"path": "a.py"}', CallState.FAILED, "not there")
    (row,) = _shown(short, Canvas(width, look))
    assert row.rstrip().endswith("not there")


def test_why_it_is_asked_again_is_readable(look: Look) -> None:
    reason = (
        "anthropic answered 529: overloaded, the service is at its limit for the moment; nothing of the turn is lost"
    )
    (head, *rows) = [
        strip.text for strip in rows_of(Waiting(reason, 8), Canvas(60, look), lambda *_: None, unfolded=True)
    ]
    assert head.split()[-4:] == ["retry", "in", "8", "s"]
    assert " ".join(row.strip() for row in rows) == reason
    (only,) = rows_of(Waiting("no route", 8), Canvas(60, look), lambda *_: None, unfolded=True)
    assert only.text.rstrip().endswith("retry in 8 s  no route")


def test_an_edit_unfolds_to_its_difference_once(canvas: Canvas) -> None:
    arguments = json.dumps({"path": "a.py", "old_text": "a\nold\nb", "new_text": "a\nnew\nb"})
    for result in ("done", DIFF):
        rows = _shown(Call("edit_file", arguments, CallState.DONE, result), canvas, unfolded=True)
        assert sum("new" in row and "+" in row for row in rows) == 1
        assert sum("old" in row and "-" in row for row in rows) == 1
        assert not any("old_text" in row for row in rows)


def _shown(call: Call, canvas: Canvas, *, unfolded: bool = False) -> list[str]:
    return [strip.text for strip in rows_of(call, canvas, lambda *_: None, unfolded=unfolded)]


def test_a_command_that_a_person_changed_says_so_and_how_it_ended() -> None:
    note = f"{CHANGED}make fast{CHANGE_ENDS}"
    assert short_result(f"{note}[exit code 2 after 0.5 s]\nno") == "changed by a person · exit 2 · 2 lines"
    assert short_result(f"{note}[exit code 0 after 0.5 s]\nyes") == "changed by a person · 2 lines"
    assert own_time(f"{note}[exit code 0 after 0.5 s]\nyes") == 0.5


def test_evidence_reads_as_words_and_whatever_else_as_it_is() -> None:
    piece = {"criterion": "All tests pass", "evidence": "42 passed"}
    assert value_text([piece, piece]) == "- All tests pass\n  42 passed\n- All tests pass\n  42 passed"
    assert value_text([{**piece, "more": 1}]).startswith('[{"criterion"')
    assert value_text([]) == ""
