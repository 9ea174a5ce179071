"""A run supervised in lines: told and typed, without a terminal, and with nothing in it that a screen reader would spell."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from hephaestus_tui.cli.plain_words import command_of, waiting_words, with_run
from hephaestus_tui.domain.attention import Attention, AttentionKind
from hephaestus_tui.domain.errors import UsageError

SCRIPT = """
rate = 0
[[agent]]
name = "root"
for = { role = "project_manager" }
[[agent.turn]]
text = "I begin."
[[agent.turn.call]]
id = "one"
tool = "spawn_building_task"
arguments = { title = "Mend \\u001b[2Jthe cache", description = "d", rationale = "r", role = "qa_tester" }
[[agent.turn.call]]
id = "two"
tool = "spawn_validation_task"
arguments = { title = "Test the cache", description = "d", rationale = "r", role = "qa_tester" }
[[agent.turn.call]]
id = "ask"
tool = "ask_human"
arguments = { question = "Which cache?" }
[[agent.turn]]
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "I proposed two." }
[[agent]]
name = "other"
[[agent.turn]]
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "It is mended." }
"""


class Talk:
    """A program without a terminal, and the person who types to it and listens."""

    def __init__(self, words: list[str], hephaestus: Any) -> None:
        self.heard = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hephaestus_tui", *words], cwd=hephaestus.project,
            env={**hephaestus.environ, "TERM": "dumb"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip

    def type(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def hear(self, words: str, again: str = "") -> None:
        """Until it was said; `again` is typed each second meanwhile."""
        deadline, next_try = time.monotonic() + 25, time.monotonic() + 1
        assert self.process.stdout
        while words not in self.heard:
            assert time.monotonic() < deadline, f"{words!r} was never said:\n{self.heard}"
            if select.select([self.process.stdout], [], [], 0.1)[0]:
                data = os.read(self.process.stdout.fileno(), 65_536)
                assert data, f"it ended before {words!r}:\n{self.heard}"
                self.heard += data.decode()
            if again and time.monotonic() > next_try:
                self.type(again)
                next_try = time.monotonic() + 1

    def end(self) -> int:
        rest, _ = self.process.communicate(timeout=20)
        self.heard += rest.decode()
        return self.process.returncode


@pytest.fixture
def talk(hephaestus) -> Iterator[Any]:
    opened: list[Talk] = []

    def start(*words: str) -> Talk:
        path = hephaestus.config / "script.toml"
        path.write_text(SCRIPT)
        opened.append(Talk([*words, "--plain", "--model", f"scripted:{path}"], hephaestus))
        return opened[-1]

    yield start
    for one in opened:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


def test_a_run_is_decided_answered_and_left_in_lines(talk, hephaestus) -> None:
    run = talk("mend the cache")
    run.hear("T2 waits for you, proposal: Mend ")
    run.type("accept T2")
    run.hear("T2 was told only just now: listen to it first")  # it may not have been heard to its end
    run.hear("T2 accepted", again="accept t2")
    run.type("reject T3 not now, it's too soon")
    run.hear("T3 rejected")
    run.hear("T1 waits for you, question: Which cache? Type: answer T1 WORDS.")
    run.hear("T1 completed", again="answer T1 the first")
    run.type("nonsense")
    run.hear("'nonsense' is no command")
    run.type("accept T2 --help")
    run.hear("Accept proposals.")
    run.type("read T1")
    run.hear("[assistant]\nI begin.")
    run.type("help")
    run.hear("quit: stop the agents and leave")
    run.hear("T2 completed")
    run.hear("Nothing waits for you now.")
    run.type("quit")
    assert run.end() == 0
    assert "2 of 2 tasks completed" in run.heard
    # nothing to be spelt, and nothing that a terminal would obey
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2500-\u259f]", run.heard) == []


def test_the_end_of_the_input_leaves_and_an_earlier_run_goes_on(talk) -> None:
    run = talk("mend the cache")
    run.hear("T1 waits for you, question")
    assert run.process.stdin
    run.process.stdin.close()
    run.process.stdin = None
    assert run.end() == 0
    again = talk("--resume", "last")
    again.hear("T2 waits for you, proposal")
    again.hear("T1 waits for you, interrupted")
    again.type("resume T1")
    again.hear("T1 waits for you, question: Which cache?")
    again.type("quit")
    assert again.end() == 0


def test_plain_wants_a_run_and_no_other_way(talk) -> None:
    bare = talk()
    assert bare.end() == 2
    assert "With --plain give a goal, or --resume RUN" in bare.heard
    both = talk("run", "mend the cache", "--headless")
    assert both.end() == 2
    assert "give one of them" in both.heard


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("accept T2 T3", ["accept", "T2", "T3"]),
        ("  reject T2 it's   late ", ["reject", "T2", "--reason=it's   late"]),
        ("reject T2 --reason 'too late'", ["reject", "T2", "--reason", "too late"]),
        ("ask T2 why?", ["ask", "T2", "why?"]),
        ("allow T1", ["answer", "T1", "--allow"]),
        ("refuse T1 not that", ["answer", "T1", "--refuse=not that"]),
        ("tell T1 mind the locks", ["steer", "T1", "mind the locks"]),
        ("tell --all 'mind the locks'", ["steer", "--all", "mind the locks"]),
        ("EDIT T2 --set title='A better one'", ["edit", "T2", "--set", "title=A better one"]),
        ("read T1", ["show", "T1", "--transcript"]),
        ("inbox", ["inbox"]),
        ("work send-back T2 it's too long", ["work", "send-back", "T2", "--text=it's too long"]),
        ("work discard T2 not needed", ["work", "discard", "T2", "--reason=not needed"]),
        ("work T2 --diff", ["work", "T2", "--diff"]),
        ("", None),
        ("?", None),
    ],
)
def test_what_is_typed_is_what_the_command_line_has(line: str, words: list[str] | None) -> None:
    assert command_of(line) == words


def test_the_run_stands_where_the_command_line_has_it() -> None:
    assert with_run(["work"], "r1") == ["work", "r1"]
    assert with_run(["work", "T2", "--diff"], "r1") == ["work", "r1", "T2", "--diff"]
    assert with_run(["work", "merge", "T2"], "r1") == ["work", "merge", "r1", "T2"]


@pytest.mark.parametrize(
    "line",
    [
        "demo",
        "run 'x y'",
        "runs",
        "doctor",
        "acept T2",
        "edit T2 --set 'open",
        "tell T1 -",
        "edit T2 --file -",
        "split T2 --file=-",
        "answer T1 -",
    ],
)
def test_what_cannot_be_said_here_is_refused(line: str) -> None:
    with pytest.raises(UsageError):
        command_of(line)


@pytest.mark.parametrize("kind", AttentionKind)
def test_each_thing_that_waits_says_what_to_type(kind: AttentionKind) -> None:
    item = Attention(kind=kind, task_id="T1", text="a\nb", since=1.0, holds_up=0, stands=False)
    assert re.fullmatch(rf"T1 waits for you, {kind}: a b\. Type: .+\.", waiting_words(item))
