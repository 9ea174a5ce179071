"""`work`: from other terminals people look at what tasks have made, and say what becomes of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

LETTERS = "".join(f"{letter}\n" for letter in "abcdefgh")


def edit(old: str, new: str) -> str:
    return f'tool = "edit_file"\narguments = {{ path = "letters", old_text = "{old}", new_text = "{new}" }}\n'


def complete(call_id: str = "end", evidence: str = "[]") -> str:
    given = f'{{ summary = "done", evidence = {evidence} }}'
    return f'[[agent.turn]]\n[[agent.turn.call]]\nid = "{call_id}"\ntool = "complete_task"\narguments = {given}\n'


def spawn(name: str) -> str:
    fields = f'title = "{name}", description = "d", rationale = "r", role = "backend_developer"'
    return f'[[agent.turn.call]]\nid = "{name}"\ntool = "spawn_building_task"\narguments = {{ {fields} }}\n'


SCRIPT = f"""
rate = 0
[[agent]]
name = "resolver"
for = {{ title = "Resolve the conflict" }}
[[agent.turn]]
[[agent.turn.call]]
id = "w"
tool = "write_file"
arguments = {{ path = "letters", content = "both\\n" }}
{complete(evidence='[{ criterion = "a", evidence = "x" }, { criterion = "b", evidence = "y" }]')}
[[agent]]
name = "root"
for = {{ role = "project_manager" }}
[[agent.turn]]
{spawn("first")}{spawn("second")}{complete()}
[[agent]]
name = "first"
for = {{ call = "first" }}
[[agent.turn]]
[[agent.turn.call]]
id = "e"
{edit("d", "D1")}{complete()}
[[agent.turn]]
[[agent.turn.call]]
id = "again"
{edit("D1", "D")}{complete("end-again")}
[[agent]]
name = "second"
[[agent.turn]]
[[agent.turn.call]]
id = "e"
{edit("d", "D2")}{complete()}
"""


@pytest.fixture
def git(command, tmp_path):
    """A plain git in the project, which is a repository now."""
    project = tmp_path / "project"
    shutil.rmtree(project / ".git")

    def run(*arguments: str) -> str:
        settings = ("-c", "user.name=ada", "-c", "user.email=ada@example.org")
        environ = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        return subprocess.run(
            ("git", *settings, *arguments), check=True, cwd=project, capture_output=True, text=True, env=environ
        ).stdout

    (project / "letters").write_text(LETTERS)
    run("init", "-q", "-b", "main")
    run("add", "-A")
    run("commit", "-q", "-m", "begin")
    return run


@pytest.fixture
def worked(command, git, tmp_path):
    """Two tasks have changed the same line, each on its branch. Gives the words that go on with the run."""
    (tmp_path / "w.toml").write_text(SCRIPT)
    model = ("--model", f"scripted:{tmp_path / 'w.toml'}", "--policy", "auto", "--headless")
    said = command("run", "mend it", "--decide", "accept", *model)
    assert said.code == 4, said.err
    assert "the work of 2 tasks to be merged (hephaestus work " in said.err
    return ("run", "--resume", "last", *model)


def test_work_is_listed_and_shown_in_every_shape(command, worked, git) -> None:
    listed = command("work", "last")
    assert [row.split()[:4] for row in listed.out.splitlines()[1:]] == [
        ["T2", "to", "be", "merged"],
        ["T3", "to", "be", "merged"],
    ]
    assert [row["status"] for row in command("work", "last", "--json").rows()] == ["ready", "ready"]
    shown = command("work", "last", "t2", "--diff").out
    assert "modified  letters  (+1 -1)" in shown
    assert "can be merged into main" in shown
    assert ["-4", "-d"] in [line.split() for line in shown.splitlines()]
    (data,) = command("work", "last", "T2", "--json").rows()
    assert [change["path"] for change in data["work"]["changes"]] == ["letters"]
    assert data["diffs"][0]["hunks"]
    patch = command("work", "last", "T2", "--patch").out
    assert subprocess.run(("git", "apply", "--check"), input=patch, text=True, check=False).returncode == 0
    assert git("status", "--porcelain") == ""


def test_work_is_sent_back_merged_and_its_conflict_resolved(command, worked, git) -> None:
    refused = command("work", "send-back", "last", "T2", "--comment", "letters:40:Where?")
    assert (refused.code, "Line 40 of letters is not in what T2 changed" in refused.err) == (2, True)
    said = command("work", "send-back", "last", "T2", "--text", "Shorter.", "--comment", "letters:4:No digit.")
    assert said.code == 0, said.err
    assert command(*worked).code == 4
    assert "round 1, sent back by ada: Shorter.; 1 on lines" in command("work", "last", "T2").out
    transcript = command("show", "last", "T2", "--transcript").out
    assert "- letters:4\n  > D1\n  No digit." in transcript
    assert "T2 is merged into main: 1 file" in command("work", "merge", "last", "T2").err
    refused = command("work", "merge", "last", "T3")
    assert refused.code == 1
    assert "hephaestus work resolve" in refused.err
    assert command("work", "resolve", "last", "T3").code == 0
    assert "T4 resolves its conflict" in command("work", "last").out
    said = command(*worked, "--work", "merge")
    assert said.code == 0, said.err
    assert Path("letters").read_text() == "both\n"
    assert git("status", "--porcelain") == ""


def test_a_headless_run_merges_and_has_conflicts_resolved_when_it_is_told_to(command, worked) -> None:
    said = command(*worked, "--work", "merge")
    assert said.code == 0, said.err
    assert "T4 merged into main by ada" in said.err
    assert [row["status"] for row in command("work", "last", "--json").rows()] == ["merged"] * 3
    assert command("work", "clean", "last").err == "There is no folder that nobody needs.\n"


def test_work_is_given_up_and_its_branch_stays(command, worked, git) -> None:
    said = command("work", "discard", "last", "T3", "--reason", "not needed", "--json")
    (row,) = said.rows()
    branch = f"hephaestus/{row['run']}/T3"
    assert branch in row["note"]
    assert branch in git("branch", "--list", branch)
    assert "given up by ada" in command("work", "last").out
    left = command("work", "clean", "last").err
    assert "T2: its work is neither merged nor given up" in left


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("merge", "last"), "Say which run"),
        (("last", "T1", "T2"), "Say which run"),
        ((), "Say which run"),
        (("last", "T1", "--reason", "x"), "--reason goes with discard"),
        (("last", "T1", "--text", "x"), "go with send-back"),
        (("last", "--diff"), "show the work of one task"),
        (("send-back", "last", "T1", "--comment", "x"), "no comment on a line"),
    ],
)
def test_what_makes_no_sense_is_told(command, waiting_run, words, expected) -> None:
    said = command("work", *words)
    assert (said.code, expected in said.err) == (2, True), said.err


def test_a_task_without_work_says_so(command, waiting_run) -> None:
    assert "No task of this run has finished work" in command("work", "last").err
    said = command("work", "last", "T1")
    assert (said.code, "T1 has no workspace of its own" in said.err) == (1, True), said.err
    assert "T1 has no work of its own" in command("work", "merge", "last", "T1").err
    assert "There is no task T9" in command("work", "last", "T9").err


@pytest.mark.parametrize(("verb", "said"), [("merge", "T2 is merged into main"), ("discard", "T2 is given up")])
def test_what_was_sent_back_and_then_stopped_is_decided_as_it_was(command, worked, git, verb: str, said: str) -> None:
    assert command("work", "send-back", "last", "T2", "--text", "Shorter.").code == 0
    assert "goes on with it" in command("work", verb, "last", "T2").err
    stopped = command("stop", "last", "T2")
    assert stopped.code == 0, stopped.err
    assert "T2    round 1, to be merged or given up" in command("work", "last").out
    assert "can be merged into main" in command("work", "last", "T2").out
    decided = command("work", verb, "last", "T2")
    assert (decided.code, said in decided.err) == (0, True), decided.err
    assert ("D1" in Path("letters").read_text()) is (verb == "merge")
