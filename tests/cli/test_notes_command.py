"""Notes, reports and overlaps from the command line: listed, searched, written, struck, answered, shown."""

from __future__ import annotations

import pytest

TALK = """
rate = 0
[[agent]]
name = "a"
[[agent.turn]]
[[agent.turn.call]]
id = "n"
tool = "note"
arguments = { text = "Tests need an empty ROLLCALL_DB.", tags = ["tests"] }
[[agent.turn]]
[[agent.turn.call]]
id = "r"
tool = "report_blocker"
arguments = { text = "No index of packages." }
[[agent.turn]]
[[agent.turn.call]]
id = "d"
tool = "complete_task"
arguments = { summary = "s" }
"""


@pytest.fixture
def talked(command, tmp_path):
    """A run whose agent has noted one thing and reported another."""
    script = tmp_path / "talk.toml"
    script.write_text(TALK)
    return command("run", "Look at it", "--headless", "--decide", "wait", "--model", f"scripted:{script}")


def test_notes_are_listed_searched_written_changed_and_struck(command, talked):
    assert "notes (N1): Tests need an empty ROLLCALL_DB." in talked.err
    (row,) = command("notes", "last", "--json").rows()
    assert (row["id"], row["task_id"], row["role"], row["tags"]) == ("N1", "T1", "project_manager", ["tests"])
    said = command("notes", "last", "--add", "We release on Thursdays.", "--tag", "release")
    assert (said.code, said.out) == (0, "")
    assert "N2 is noted" in said.err
    assert command("notes", "last", "--change", "n2", "We release on Mondays.").code == 0
    assert [r["id"] for r in command("notes", "last", "--search", '"mondays" OR (', "--json").rows()] == ["N2"]
    assert [r["tags"] for r in command("notes", "last", "--search", "release", "--json").rows()] == [["release"]]
    assert "N1 is struck" in command("notes", "last", "--strike", "N1").err
    assert command("notes", "last", "--search", "rollcall_db").err == "There are no such notes.\n"
    listed = command("notes", "last").out
    assert "(struck by " in listed
    assert "We release on Mondays." in listed


def test_what_cannot_be_done_with_a_note_is_told(command, talked):
    assert "There is no note N7" in command("notes", "last", "--strike", "N7").err
    assert "the note is empty" in command("notes", "last", "--add", " ").err
    assert "--tag goes with" in command("notes", "last", "--tag", "x").err
    assert command("notes", "last", "--add", "a", "--strike", "N1").code == 2


def test_a_report_stands_in_the_inbox_and_is_noted_once(command, talked):
    assert "T1 reports what is in its way: No index of packages." in talked.err
    assert "1 report waiting (hephaestus answer" in talked.err
    (item,) = command("inbox", "last", "--json").rows()
    assert (item["kind"], item["task_id"], item["text"]) == ("report", "T1", "No index of packages.")
    assert command("answer", "last", "t1", "--noted").err.endswith("the report of T1 is noted.\n")
    assert command("inbox", "last").err == "Nothing waits for you.\n"
    assert "T1 reports nothing now" in command("answer", "last", "T1", "--noted").err


def test_show_names_what_overlaps(command, talked):
    (shown,) = command("show", "last", "T1", "--json").rows()
    assert shown["overlaps"] == []
