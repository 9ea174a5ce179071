"""While a process owns the run, other terminals do through it all that they do alone, and wait for answers."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hephaestus_tui.store.reader import Reader

# one agent proposes three tasks, and then stands still for words of a human; it can say why it proposed the first
SCRIPT = """
[[agent]]
name = "root"
for = { role = "backend_developer" }
[[agent.reply]]
to = "a"
asks = "sure"
answer = "Yes."
[[agent.reply]]
to = "a"
answer = "I measured it."
amend = { title = "First, measured" }
[[agent.turn]]
[[agent.turn.call]]
id = "a"
tool = "spawn_building_task"
arguments = { title = "First", description = "Do it.", rationale = "It is slow.", role = "qa_tester" }
[[agent.turn]]
[[agent.turn.call]]
id = "b"
tool = "spawn_building_task"
arguments = { title = "Second one", description = "So.", rationale = "r", role = "qa_tester", blocking_task_ids = ["@a"] }
[[agent.turn.call]]
id = "c"
tool = "spawn_validation_task"
arguments = { title = "A third, of another kind", description = "Then.", rationale = "r", role = "qa_tester" }
[[agent.turn]]
[[agent.turn.call]]
id = "q"
tool = "ask_human"
arguments = { question = "Which way?", options = ["left", "right"] }
[[agent.turn]]
[[agent.turn.call]]
id = "w"
tool = "write_file"
arguments = { path = "made.txt", content = "x" }
[[agent.turn]]
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "done" }
[[agent]]
name = "other"
[[agent.turn]]
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "done" }
"""


def until(command, kind: str, count: int = 1) -> list[Any]:
    """The facts of this kind, when there are as many. The run's own output stands still where a person is to decide."""
    (run,) = command("runs", "--json").rows()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with Reader(Path(run["store"])) as reader:
            facts = [recorded.fact for recorded in reader.facts(run["run_id"])]
        found = [fact for fact in facts if kind == fact.KIND]
        if len(found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError(f"no {kind} in {[fact.KIND for fact in facts]}")


@pytest.fixture
def owned(hephaestus, command, tmp_path):
    script = tmp_path / "waits.toml"
    script.write_text(SCRIPT)
    (hephaestus.config / "rules.toml").write_text(
        '[[rule]]\nid = "no-checks"\nverdict = "reject"\nphase = "validation"\nreason = "later"\n'
    )
    # standard input is never answered: so the run goes on until another terminal has answered all
    process = hephaestus.start(
        "run",
        "do it",
        "--headless",
        "--json",
        "--decide",
        "ask",
        "--role",
        "backend_developer",
        "--model",
        f"scripted:{script}",
    )
    process.stdout.readline()
    until(command, "question.asked")
    yield process
    process.terminate()
    hephaestus.finish(process)


def test_an_agent_that_waits_itself_answers_when_it_goes_on(command, owned) -> None:
    said = command("ask", "last", "T2", "How do you know?", "--wait", "0")
    assert (said.code, said.out) == (3, "")
    assert "The agent of T1 itself waits for you: `hephaestus inbox " in said.err
    assert command("answer", "last", "T1", "left").code == 0
    (answered,) = until(command, "proposal.answered")
    assert answered.text == "I measured it."


def test_a_question_is_answered_and_the_proposal_comes_back_amended(command, owned) -> None:
    command("answer", "last", "T1", "left")
    until(command, "question.asked", 2)
    command("answer", "last", "T1", "--allow")
    until(command, "task.completed")
    said = command("ask", "last", "T2", "How do you know?", "--wait", "30")
    assert (said.code, said.out) == (0, "I measured it.\n"), said.err
    assert "T2 was changed and is now version 2: look at it again, then decide." in said.err
    said = command("accept", "last", "T2@1")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "T2 has changed since it was shown (version 1, now 2)" in said.err
    said = command("ask", "last", "t2", "Are you sure?", "--wait", "30", "--json")
    (row,) = said.rows()
    assert (said.code, row["reply"]["text"], row["proposal"]) == (0, "Yes.", None)
    told = command("show", "last", "T2").out
    assert "First, measured" in told
    assert "ada asked: How do you know?" in told
    assert "answer: I measured it." in told


def test_all_of_it_goes_by_way_of_the_owner(command, owned, tmp_path) -> None:
    (tmp_path / "parts.md").write_text("# One\na\n# Two\nb\n")

    def does(*words: str) -> str:
        said = command(*words)
        assert (said.code, said.out) == (0, ""), said.err
        told: str = said.err.partition(": ")[2]
        return told

    assert does("accept", "last", "T3", "--chain") == "2 accepted (T2, T3).\n"
    assert does("undo", "last", "T3") == "T3 waits for a decision again.\n"
    assert does("merge", "last", "T4", "--into", "T3") == "T4 is part of T3 now.\n"
    assert does("split", "last", "T3", "--file", str(tmp_path / "parts.md")) == "T3 is 2 proposals now: T3, T5.\n"
    assert does("reject", "last", "T5", "T3", "--reason", "no") == "2 rejected (T5, T3).\n"
    assert does("duplicates", "last", "--score", "70").startswith("likely duplicates are those from 70")
    assert does("bound", "last", "depth", "--raise", "7") == "depth is 7 now.\n"
    said = command("rules", "last", "--on", "no-checks", "--yes")
    assert said.code == 0, said.err
    assert "T4    would reject, BUT was: merged into T3 by ada: A third, of another kind" in said.err
    assert does("rules", "last", "--stop") == "all rules are off: no-checks.\n"
    acts = [row["act"] for row in command("decisions", "last", "--json").rows()]
    assert acts == ["accept", "accept", "accept", "merge", "reject", "reject"]


def test_an_agent_that_stands_still_is_answered_and_goes_on(command, owned, tmp_path) -> None:
    rows = {row["kind"]: row for row in command("inbox", "last", "--json").rows()}
    assert rows["question"]["stands"]
    assert "its agent" in next(row for row in command("inbox", "last").out.splitlines() if "Which way?" in row)
    said = command("answer", "last", "T1", "--allow")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "T1 asks a question, 'Which way?': answer it in words" in said.err
    said = command("answer", "last", "t1", "left")
    assert said.code == 0, said.err
    until(command, "question.asked", 2)
    said = command("answer", "last", "T1", "do")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "use --allow, or --refuse WHY" in said.err
    assert command("answer", "last", "T1", "--refuse", "allow").code == 2
    assert command("answer", "last", "T1", "--refuse", "not there").code == 0
    until(command, "task.completed")
    assert not (tmp_path / "project" / "made.txt").exists()
    answers = [fact.answer for fact in until(command, "question.answered")]
    assert answers == ["left", "not there"]
    assert command("answer", "last", "T1", "more").code == 1


def test_what_an_agent_runs_may_do_none_of_it(hephaestus, command, tmp_path) -> None:
    places = f"HEPHAESTUS_HOME={hephaestus.home} HEPHAESTUS_CONFIG={hephaestus.config}"
    program = f"{places} {sys.executable} -m hephaestus_tui"
    words = (
        "accept last T2", "ask last T2 why", "undo last T1", "rules last --on all --yes", "duplicates last --score 90",
        "steer last --all more", "stop last T1 --below", "restart last T1 --note again",
    )  # fmt: skip
    (hephaestus.config / "rules.toml").write_text('[[rule]]\nid = "all"\nverdict = "accept"\neverything = true\n')
    # as one command that succeeds: an agent whose calls all fail is held
    (hephaestus.project / "all.sh").write_text("".join(f"{program} {line}\n" for line in words) + "true\n")
    script = tmp_path / "evil.toml"
    script.write_text(
        '[[agent]]\nname = "root"\n[[agent.turn]]\n[[agent.turn.call]]\nid = "p"\ntool = "spawn_building_task"\n'
        'arguments = { title = "Mine", description = "d", rationale = "r", role = "qa_tester" }\n'
        '[[agent.turn]]\n[[agent.turn.call]]\nid = "c"\ntool = "run_command"\narguments = { command = "sh all.sh" }\n'
        '[[agent.turn]]\n[[agent.turn.call]]\nid = "end"\ntool = "complete_task"\narguments = { summary = "done" }\n'
    )
    said = hephaestus(
        "run", "do it", "--headless", "--json", "--role", "backend_developer", "--decide", "ask",
        "--model", f"scripted:{script}", typed="w\na\n", HEPHAESTUS_SANDBOX="off",
    )  # fmt: skip
    assert said.code == 0, said.err
    (result,) = [
        part["content"]
        for fact in said.rows()
        if fact["kind"] == "message.added" and fact["message"]["speaker"] == "tool"
        for part in fact["message"]["parts"]
        if part["call_id"].endswith("c")
    ]
    assert result.count("An agent's command may not decide") == len(words), result
    kinds = {fact["kind"] for fact in said.rows()}
    assert not kinds & {
        "proposal.queried",
        "decision.undone",
        "rule.switched",
        "spawn.bound_settled",
        "run.duplicate_score",
        "agent.steered",
        "task.cancelled",
    }
    assert len(command("proposals", "last", "--json").rows()) == 1


# -- and without an owner


def test_nobody_answers_in_time_where_nobody_works_on_the_run(command, waiting_run) -> None:
    said = command("ask", "last", "T2", "Why?", "--wait", "0")
    assert (said.code, said.out) == (3, "")
    assert "No process works on it now" in said.err
    assert f"No answer within 0 s: `hephaestus show {waiting_run} T2` will have it." in said.err
    said = command("ask", "last", "T2", "Why?")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "owes an answer about T2 already" in said.err
    (row,) = command("ask", "last", "T3", "Why?", "--wait", "0.3", "--json").rows()
    assert (row["reply"], row["proposal"]) == (None, None)
    assert "ada asked, and waits for the answer: Why?" in command("proposals", "last").out
    # the run is taken up again, and its agent, whose task has ended, answers
    said = command("run", "--resume", "last", "--headless")
    assert said.code == 0, said.err
    replies = command("show", "last", "T2", "--json").rows()[0]["replies"]
    assert [reply["query"]["text"] for reply in replies] == ["Why?"]


def test_a_permission_is_given_to_a_run_that_nobody_works_on(command, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HEPHAESTUS_WORKSPACES", "off")
    script = tmp_path / "w.toml"
    script.write_text(
        '[[agent]]\nname = "a"\n[[agent.turn]]\n[[agent.turn.call]]\nid = "w"\ntool = "write_file"\n'
        'arguments = { path = "made.txt", content = "x" }\n'
        '[[agent.turn]]\n[[agent.turn.call]]\nid = "end"\ntool = "complete_task"\narguments = { summary = "done" }\n'
    )
    command("run", "go", "--headless", "--role", "backend_developer", "--model", f"scripted:{script}")
    said = command("answer", "last", "T1", "--allow")
    assert said.code == 0, said.err
    said = command("run", "--resume", "last", "--headless")
    assert said.code == 0, said.err
    assert (tmp_path / "project" / "made.txt").read_text() == "x"


def test_leave_is_given_changed_and_taken_back_from_another_terminal(command, tmp_path) -> None:
    script = tmp_path / "asks.toml"
    calls = "".join(
        f'[[agent.turn]]\n[[agent.turn.call]]\nid = "{n}"\ntool = "{tool}"\narguments = {arguments}\n'
        for n, (tool, arguments) in enumerate(
            [
                ("write_file", '{ path = "a.txt", content = "x" }'),
                ("run_command", '{ command = "echo first; echo second" }'),
                ("complete_task", '{ summary = "done" }'),
            ]
        )
    )
    script.write_text(f'rate = 0\n[[agent]]\nname = "a"\n{calls}')
    run = ("run", "do it", "--headless", "--role", "backend_developer", "--policy", "ask")
    assert command(*run, "--model", f"scripted:{script}").code == 0
    assert command("leave", "last").err == "Nothing is allowed for more than once.\n"
    assert command("answer", "last", "T1", "--refuse", "no", "--for", "run").code == 2
    assert command("answer", "last", "T1", "--allow", "--instead", "ls").code == 1
    said = command("answer", "last", "T1", "--allow", "--for", "task")
    assert (said.code, "every write_file asks no more for T1 (L1)" in said.err) == (0, True), said.err
    (row,) = command("leave", "last", "--json").rows()
    assert (row["id"], row["tool"], row["task_id"]) == ("L1", "write_file", "T1")
    assert "L1" in command("leave", "last").out
    assert command("run", "--resume", "last", "--headless").code == 0
    assert "every write_file asks again" in command("leave", "last", "--take-back", "l1").err
    assert command("leave", "last", "--take-back", "L1").code == 1
    # a compound command is allowed once, or as the person writes it
    assert "once only" in command("answer", "last", "T1", "--allow", "--for", "run").err
    assert command("answer", "last", "T1", "--allow", "--instead", "echo third").code == 0
    resumed = command("run", "--resume", "last", "--headless", "--json")
    assert resumed.code == 0
    assert "What ran instead: echo third]" in resumed.out
