"""Orders to agents from another terminal: to a run that nobody works on, and to the process that owns one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from hephaestus_tui.store.reader import Reader

ASKS = """
rate = 0
[[agent]]
name = "root"
[[agent.turn]]
text = "I need a word."
[[agent.turn.call]]
id = "q"
tool = "ask_human"
arguments = { question = "Which way?" }
[[agent.turn]]
[[agent.turn.call]]
id = "l"
tool = "list_files"
arguments = { path = "." }
[[agent.turn]]
text = "Done."
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "done" }
"""


@pytest.fixture
def asking(command: Any, tmp_path: Path) -> str:
    """A run whose T1 asks, and that no process works on."""
    script = tmp_path / "asks.toml"
    script.write_text(ASKS)
    said = command(
        "run", "do it", "--headless", "--decide", "wait", "--json", "--role", "backend_developer",
        "--model", f"scripted:{script}",
    )  # fmt: skip
    assert said.code == 0, said.err
    return str(said.rows()[0]["run_id"])


def test_words_are_queued_listed_and_taken_back(command: Any, asking: str) -> None:
    said = command("steer", "last", "T1", "Then the notes.", "--when", "queued", "--json")
    assert said.code == 0, said.err
    (row,) = said.rows()
    assert (row["reached"], row["missed"]) == (["T1"], [])
    (unread,) = command("steer", "last", "T1", "--json").rows()
    assert (unread["text"], unread["when"], unread["actor"]["name"]) == ("Then the notes.", "queued", "ada")
    assert "Then the notes." in command("steer", "last", "--all").out
    assert "Then the notes." in command("steer", "last").out
    assert f"not read yet (queued, {unread['number']}): ada: Then the notes." in command("show", "last", "T1").out
    said = command("steer", "last", "T1", "--take-back", str(unread["number"]))
    assert (said.code, said.err) == (0, f"Run {asking}: does not read it any more: T1.\n")
    said = command("steer", "last", "T1", "--take-back", str(unread["number"]))
    assert said.code == 1
    assert "taken back" in said.err


def test_a_run_that_nobody_works_on_is_held_stepped_stopped_and_begun_anew(command: Any, asking: str) -> None:
    assert "paused at the next boundary: T1" in command("pause", "last", "T1", "--below").err
    said = command("pause", "last", "t1")
    assert (said.code, "T1 stood still already (paused)" in said.err) == (1, True)
    assert "one step: T1" in command("step", "last", "T1").err
    assert "goes on without a stop: T1" in command("resume", "last", "T1").err
    assert "stopped: T1" in command("stop", "last", "--all", "--reason", "the wrong way").err
    assert "in the queue again: T1" in command("restart", "last", "T1", "--note", "Ask nobody.", "--fresh").err
    said = command("run", "--resume", "last", "--headless", "--decide", "wait", "--json")
    assert said.code == 0, said.err
    (started,) = [fact for fact in said.rows() if fact["kind"] == "task.started"]
    assert started["attempt"] == 2
    (again,) = facts_of(command, "task.retried")
    assert (again.was, again.begins) == ("cancelled: the wrong way", 4)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("pause", "last"), "Say for whom"),
        (("stop", "last", "T1", "--all"), "Name T1 or --all, not both"),
        (("steer", "last", "--below"), "Say for whom"),
        (("steer", "last", "T1", "two", "words"), "put it into quotes"),
        (("steer", "last", "T1", "x", "--take-back", "3"), "and nothing to say"),
        (("step", "last", "T1", "--below", "--all"), "not allowed with"),
    ],
)
def test_it_is_never_guessed_whom_an_order_is_for(command: Any, asking: str, words: tuple[str, ...], told: str) -> None:
    said = command(*words)
    assert said.code == 2
    assert told in said.err


def facts_of(command: Any, kind: str) -> list[Any]:
    """The facts of this kind, as soon as there is one."""
    (run,) = command("runs", "--json").rows()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with Reader(Path(run["store"])) as reader:
            found = [r.fact for r in reader.facts(run["run_id"]) if kind == r.fact.KIND]
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"there was no {kind}")


def test_an_interruption_reaches_the_process_that_owns_the_run(hephaestus: Any, command: Any, tmp_path: Path) -> None:
    script = tmp_path / "asks.toml"
    script.write_text(ASKS)
    process = hephaestus.start(
        "run", "do it", "--headless", "--json", "--decide", "ask", "--role", "backend_developer",
        "--model", f"scripted:{script}",
    )  # fmt: skip
    process.stdout.readline()
    facts_of(command, "question.asked")
    said = command("steer", "last", "--all", "No word from me.", "--when", "interrupting", "--json")
    assert said.code == 0, said.err
    assert said.rows()[0]["note"] == "interrupted, and reads it next: T1"
    facts_of(command, "task.completed")
    hephaestus.finish(process)
    (cut,) = facts_of(command, "agent.cut_off")
    (word,) = facts_of(command, "agent.steered")
    assert (cut.task_id, word.text, word.when) == ("T1", "No word from me.", "interrupting")
