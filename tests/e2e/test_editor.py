"""A person's own editor in a real terminal: it has the terminal to itself, agents go on, and what it stores is reviewed."""

from __future__ import annotations

import signal
import sys
import time

import pytest

SQUAD = """
rate = 0
[[agent]]
name = "root"
for = { role = "project_manager" }
[[agent.turn]]
text = "I begin."
[[agent.turn.call]]
id = "one"
tool = "spawn_building_task"
arguments = { title = "Mend the cache", description = "d", rationale = "r", role = "qa_tester" }
[[agent.turn.call]]
id = "two"
tool = "spawn_validation_task"
arguments = { title = "Test the cache", description = "d", rationale = "r", role = "qa_tester" }
[[agent.turn]]
delay = 1
text = "Done."
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "I proposed two." }
"""
EDITOR = """
import os, pathlib, signal, sys
path = pathlib.Path(sys.argv[-1])
print("EDITOR IS OPEN", flush=True)
while (word := input()) != "close":
    if word == "fail":
        sys.exit(3)
    if word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    old, _, new = word.partition("=>")
    path.write_text(path.read_text().replace(old, new, 1))
    print(f"did {new}", flush=True)
"""


def shows(*words: str):
    return lambda text: all(word in text for word in words)


def press_until(terminal, key: str, shown) -> None:
    deadline = time.monotonic() + 20
    while not shown(terminal.screen.text):
        assert time.monotonic() < deadline, terminal.screen.text
        terminal.press(key)
        terminal.read(0.5)


def tell(terminal, word: str, answer: str) -> None:
    terminal.press(f"{word}\r")
    terminal.wait(shows(answer))


@pytest.fixture
def at_editor(hephaestus, in_terminal):
    """A run with two proposals, and the editor open on the first."""
    script, editor = hephaestus.config / "squad.toml", hephaestus.config / "editor.py"
    script.write_text(SQUAD)
    editor.write_text(EDITOR)
    terminal = in_terminal(
        "mend the cache", "--model", f"scripted:{script}", size=(80, 24), EDITOR=f"{sys.executable} {editor}"
    )
    terminal.wait(shows("◆ 2 wait for you"))
    press_until(terminal, "n", shows("PROPOSAL waits for you"))
    press_until(terminal, "E", shows("EDITOR IS OPEN"))
    return terminal


def test_what_the_editor_stores_is_reviewed_and_accepted(hephaestus, at_editor) -> None:
    assert at_editor.given_back, "the editor has the terminal as it was before"
    tell(at_editor, "Mend the cache=>Mend it all", "did Mend it all")
    # meanwhile its agent ends, someone decides elsewhere, and ctrl+c is pressed: nothing is painted
    assert hephaestus("reject", "last", "T3", "--reason", "no").code == 0
    deadline = time.monotonic() + 10
    while '"completed"' not in hephaestus("tasks", "last", "--json").out:
        assert time.monotonic() < deadline
    at_editor.process.send_signal(signal.SIGINT)
    at_editor.process.send_signal(signal.SIGQUIT)
    tell(at_editor, "rationale=>reason", "did reason")
    tell(at_editor, "reason=>rationale", "did rationale")
    assert "wait for you" not in at_editor.screen.text
    assert at_editor.given_back
    at_editor.press("close\r")
    at_editor.wait(shows("Accept T2: Mend it all", "Mend the cache", "esc back"))
    press_until(at_editor, "a", shows("T2 accepted"))
    (shown,) = hephaestus("show", "last", "T2", "--json").rows()
    assert shown["task"]["draft"]["title"] == "Mend it all"
    assert shown["decision"]["verdict"] == "edit"
    at_editor.press("q")
    at_editor.read(0.3)
    at_editor.press("y")
    assert at_editor.end() == 0


@pytest.mark.parametrize(("word", "said"), [("fail", "ended with code 3"), ("kill", "was killed (SIGKILL)")])
def test_an_editor_that_fails_loses_nothing(hephaestus, at_editor, word, said) -> None:
    tell(at_editor, "Mend the cache=>Mend it all", "did Mend it all")
    at_editor.press(f"{word}\r")
    at_editor.wait(shows("T2 is not decided yet", said))
    press_until(at_editor, "f", shows("Edit T2, then accept it", "Mend it all", "changed: title"))


def test_a_file_that_is_wrong_is_opened_again_with_what_is_wrong_in_it(at_editor) -> None:
    tell(at_editor, "blocked_by = []=>blocked_by = [T3]", "did blocked_by")
    at_editor.press("close\r")
    at_editor.wait(shows("T2 is not decided yet", "line 6: this is not TOML"))
    press_until(at_editor, "o", shows("EDITOR IS OPEN"))
    tell(at_editor, "<!-- line 8: =><!-- was it ", "did <!-- was it")
    tell(at_editor, "[T3]=>['T3']", "did ['T3']")
    at_editor.press("close\r")
    at_editor.wait(shows("Accept T2", "+ T3  Test the cache"))
    at_editor.press("\x1b")
    at_editor.wait(shows("What you wrote is in order, and is not accepted yet"))
    at_editor.press("\x1b")
    at_editor.wait(shows("What you wrote for T2 is kept in"))
    at_editor.press('"')  # a note has one row; the list of them has all of each
    text = "".join(at_editor.wait(shows("What was said, the newest first")).split())
    assert "/drafts/T2-" in text


def test_the_app_ends_with_an_editor_open(hephaestus, at_editor) -> None:
    tell(at_editor, "Mend the cache=>Mend it all", "did Mend it all")
    at_editor.process.send_signal(signal.SIGTERM)
    assert at_editor.end() == 143
    assert at_editor.given_back
    (kept,) = hephaestus.home.glob("**/drafts/T2-*.md")
    assert "Mend it all" in kept.read_text()
