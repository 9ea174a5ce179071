"""A run that is killed without a warning, again and again, comes back with every proposal, decision and task as it was.

Each test is one run with many deaths in it: what the run holds is compared before and after each of them.
"""

from __future__ import annotations

import json
import random
import signal
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.store.failpoints import VARIABLE

POINTS = ("tx.begun", "tx.before_commit", "tx.committed")
UNKNOWN = "There is no result: the program stopped while this call ran, and its effect is unknown."


class Held:
    """What a run holds at a moment in which no process has it."""

    def __init__(self, stored) -> None:
        stored.check()
        proposals = stored.query("SELECT task_id, title, origin_task, origin_turn, origin_index FROM proposals")
        by_agents = [p for p in proposals if p["origin_task"]]
        self.ids = {(p["origin_task"], p["origin_turn"], p["origin_index"]): p["task_id"] for p in by_agents}
        self.titles = {p["task_id"]: p["title"] for p in proposals}
        assert len(self.ids) == len(by_agents)
        assert len(set(self.titles.values())) == len(self.titles), "a task is doubled"
        decisions = stored.query("SELECT task_id, verdict, actor, decided_at FROM decisions")
        self.decisions = {d["task_id"]: (d["verdict"], d["actor"], d["decided_at"]) for d in decisions}
        self.tasks = {t["id"] for t in stored.query("SELECT id FROM tasks")}
        self.completed = {t["id"] for t in stored.query("SELECT id FROM tasks WHERE status = 'completed'")}
        agents = stored.state().agents.values()
        self.at_work = {a.task_id for a in agents if a.status not in (AgentStatus.ENDED, AgentStatus.INTERRUPTED)}
        self.facts = stored.query("SELECT seq, kind, body FROM facts ORDER BY seq")
        started = stored.query("SELECT task_id, call_id FROM tool_calls")
        calls = [(call["task_id"], call["call_id"]) for call in started]
        assert len(set(calls)) == len(calls), "a call was begun twice"

    def is_kept_in(self, later: Held) -> None:
        assert self.ids.items() <= later.ids.items()
        assert self.titles.items() <= later.titles.items()
        assert self.decisions.items() <= later.decisions.items()
        assert self.tasks <= later.tasks
        assert self.completed <= later.completed
        assert later.facts[: len(self.facts)] == self.facts
        # whoever was at work when the process died says so
        new = [fact for fact in later.facts[len(self.facts) :] if fact["kind"] == "agent.interrupted"]
        if len(later.facts) > len(self.facts):
            assert {json.loads(fact["body"])["task_id"] for fact in new} == self.at_work


def kill_after(process, count: int) -> int:
    """Kill a run when it has told `count` facts; how many it told before it ended."""
    told = 0
    while told < count and process.stdout.readline():
        told += 1
    process.kill()
    process.communicate(timeout=60)
    return told


def test_the_demo_survives_a_death_at_any_of_these_moments(hephaestus, stored_of, command_in) -> None:
    project = str(hephaestus.project.parent / "demo")
    start = ("demo", "--headless", "--json", "--speed", "0", "--decide", "accept", "--project", project)
    resume = ("demo", "--headless", "--json", "--speed", "0", "--decide", "accept", "--resume")
    moments = []
    for words, count in ((start, 2), (resume, 5), (resume, 40), (resume, 1), (resume, 25), (resume, 60), (resume, 33)):
        process = hephaestus.start(*words)
        if kill_after(process, count) < count:
            break  # an agent whose edit was lost got nowhere, and so nobody was left to be killed
        assert process.returncode == -signal.SIGKILL
        moments.append(Held(stored_of(hephaestus.home)))
    assert len(moments) >= 4
    ended = hephaestus(*resume)
    now = Held(stored_of(hephaestus.home))
    for earlier, later in pairwise([*moments, now]):
        earlier.is_kept_in(later)
    # an agent whose edit was lost may get nowhere from there, and then says so
    nowhere = "stands still" in ended.err or "its criteria are not met" in ended.err
    assert ended.code == 0 or (ended.code == 1 and nowhere), ended.err
    if ended.code == 0:
        # nor does it propose what it would have found
        assert now.tasks == now.completed == {f"T{n}" for n in range(1, len(now.titles) + 1)}
        assert len(now.tasks) >= 4


def test_killed_at_every_kind_of_moment_of_a_commit_no_command_has_two_effects(hephaestus, stored_of) -> None:
    hephaestus.environ["HEPHAESTUS_WORKSPACES"] = "off"  # the effects are to be seen in the project
    effects = hephaestus.project / "effects"
    turns = "".join(
        f'[[agent.turn]]\n[[agent.turn.call]]\nid = "run-{n}"\ntool = "run_command"\n'
        f'arguments = {{ command = "echo run-{n} >> {effects}" }}\n'
        f'[[agent.turn.call]]\nid = "spawn-{n}"\ntool = "spawn_validation_task"\n'
        f'arguments = {{ title = "Task {n}", description = "d", rationale = "r", role = "qa_tester" }}\n'
        for n in range(5)
    )
    complete = (
        '[[agent.turn]]\n[[agent.turn.call]]\nid = "end"\ntool = "complete_task"\narguments = { summary = "s" }\n'
    )
    script = hephaestus.project / "script.toml"
    script.write_text(
        f'rate = 0\n[[agent]]\nname = "root"\nfor = {{ phase = "building" }}\n{turns}{complete}\n'
        f'[[agent]]\nname = "other"\n{complete}'
    )
    # what waits for leave, where no sandbox works, and what waits for a decision: a person lets it all
    options, typed = ("--headless", "--json", "--decide", "ask"), "a\n" * 20
    new = ("run", "do it", *options, "--policy", "auto", "--role", "backend_developer", "--phase", "building")
    words: tuple[str, ...] = (*new, "--model", f"scripted:{script}")
    moments = []
    for point, count in [(point, count) for count in (6, 9, 14) for point in POINTS]:
        process = hephaestus.start(*words, **{VARIABLE: f"{point}=kill@{count}"})
        process.communicate(typed, timeout=60)
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        moments.append(Held(stored_of(hephaestus.home)))
        words = ("run", "--resume", "last", *options)
    assert len(moments) >= 6
    ended = hephaestus(*words, typed=typed)
    assert ended.code == 0, ended.err
    stored = stored_of(hephaestus.home)
    now = Held(stored)
    for earlier, later in pairwise([*moments, now]):
        earlier.is_kept_in(later)
    assert now.tasks == now.completed == {f"T{n}" for n in range(1, 7)}
    done = effects.read_text().split()
    assert len(set(done)) == len(done), "a command was run twice"
    (transcript,) = hephaestus("show", "last", "T1", "--transcript", "--json").rows()
    results = {
        part["call_id"]: part["content"]
        for message in transcript["messages"]
        for part in message["parts"]
        if message["speaker"] == "tool"
    }
    for n in range(5):
        # what has no known result may have happened, and the agent was told so; everything else happened once
        assert f"run-{n}" in done or UNKNOWN in results[f"run-{n}"]


def test_a_death_ends_the_commands_too_and_their_calls_stay_unanswered(hephaestus, stored_of) -> None:
    hephaestus.environ["HEPHAESTUS_WORKSPACES"] = "off"
    note, seconds = hephaestus.project / "begun", str(1000 + random.random())
    script = hephaestus.project / "script.toml"
    script.write_text(
        f"""
[[agent]]
name = "a"
[[agent.turn]]
text = "I begin."
[[agent.turn.call]]
id = "long"
tool = "run_command"
arguments = {{ command = "touch {note} && exec sleep {seconds}" }}
[[agent.turn]]
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = {{ summary = "done" }}
"""
    )
    process = hephaestus.start(
        "run", "do it", "--headless", "--policy", "auto", "--role", "qa_tester", "--model", f"scripted:{script}",
        "--decide", "ask",
    )  # fmt: skip
    process.stdin.write("a\n")
    process.stdin.flush()
    until(lambda: note.exists() and runs(seconds))
    process.kill()
    process.communicate(timeout=60)
    until(lambda: not runs(seconds))
    held = Held(stored_of(hephaestus.home))
    assert held.at_work == {"T1"}
    note.unlink()
    ended = hephaestus("run", "--resume", "last", "--headless", "--json")
    assert ended.code == 0, ended.err
    assert UNKNOWN in ended.out
    assert not note.exists()
    held.is_kept_in(Held(stored_of(hephaestus.home)))


def until(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def runs(argument: str) -> bool:
    """Whether any process of this machine was given it; a dead one that nobody has waited for yet has no arguments."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if argument.encode() in (folder / "cmdline").read_bytes().split(b"\0"):
                return True
    return False


def test_a_death_between_a_decision_and_its_receipt_decides_once(hephaestus, stored_of, script_of_one) -> None:
    """The one who decides with no owner about dies right after its commit."""
    ended = hephaestus("run", "do it", "--headless", "--json", "--model", script_of_one)
    assert ended.code == 0, ended.err
    process = hephaestus.start("reject", "last", "T2", "--reason", "no", **{VARIABLE: "tx.committed=kill@1"})
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (-signal.SIGKILL, "")
    said = hephaestus("accept", "last", "T2")
    assert said.code == 1
    assert "T2 was already rejected by ada at " in said.err
    held = Held(stored_of(hephaestus.home))
    assert held.decisions["T2"][0] == "reject"
    # and one that dies just before it has decided nothing
    process = hephaestus.start("accept", "last", "T3", **{VARIABLE: "tx.before_commit=kill@1"})
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert hephaestus("reject", "last", "T3", "--reason", "no").code == 0
    held.is_kept_in(Held(stored_of(hephaestus.home)))


@pytest.fixture
def script_of_one(hephaestus) -> str:
    script = hephaestus.project / "one.toml"
    script.write_text(
        """
[[agent]]
name = "a"
[[agent.turn]]
[[agent.turn.call]]
id = "one"
tool = "spawn_building_task"
arguments = { title = "One", description = "d", rationale = "r", role = "qa_tester" }
[[agent.turn.call]]
id = "two"
tool = "spawn_building_task"
arguments = { title = "Two", description = "d", rationale = "r", role = "qa_tester" }
[[agent.turn]]
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "done" }
"""
    )
    return f"scripted:{script}"
