"""A headless run says by its code how it ended, stops its agents on the way out, and can be taken up again."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

COMPLETE = '[[agent.turn]]\n[[agent.turn.call]]\nid = "end"\ntool = "complete_task"\narguments = { summary = "done" }\n'
RUN = (
    "run", "wait for it", "--headless", "--json", "--role", "backend_developer", "--policy", "auto", "--decide", "ask",
)  # fmt: skip


def write(path: Path, turns: str) -> str:
    path.write_text(f'rate = 0\n[[agent]]\nname = "a"\n{turns}{COMPLETE}')
    return f"scripted:{path}"


@pytest.fixture
def sleeper(hephaestus, tmp_path):
    """A run whose agent has a command running; (process, the argument by which the command is found)."""
    hephaestus.environ["HEPHAESTUS_WORKSPACES"] = "off"  # the note is to be seen in the project
    note, seconds = hephaestus.project / "begun", str(1000 + random.random())
    command = f"touch {note} && exec sleep {seconds}"
    model = write(
        tmp_path / "sleep.toml",
        f'[[agent.turn]]\ntext = "I wait."\n[[agent.turn.call]]\nid = "s"\ntool = "run_command"\narguments = {{ command = "{command}" }}\n',
    )
    process = hephaestus.start(*RUN, "--model", model)
    allow(process)
    until(lambda: note.exists() and runs(seconds))
    return process, seconds


def allow(process) -> None:
    """Where no sandbox works its command asks, and a person at the prompt lets it."""
    process.stdin.write("a\n")
    process.stdin.flush()


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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_stops_the_agents_and_their_commands_and_keeps_the_run(
    hephaestus, command, sleeper, number, code
) -> None:
    process, seconds = sleeper
    process.send_signal(number)
    ended = hephaestus.finish(process)
    assert ended.code == code
    assert "0 of 1 task completed" in ended.err
    until(lambda: not runs(seconds))
    (task,) = command("tasks", "last", "--json").rows()
    assert task["status"] == "in_progress"
    # what had begun is not repeated: its result is unknown, and the agent is told so
    ended = command("run", "--resume", "last", "--headless", "--json")
    assert ended.code == 0, ended.err
    assert [row["kind"] for row in ended.rows()][:2] == ["run.unpaused", "agent.resumed"]
    assert "There is no result: the program stopped while this call ran" in ended.out
    assert "tool.started" not in [row["kind"] for row in ended.rows()]


def test_a_second_signal_ends_it_at_once(hephaestus, tmp_path) -> None:
    """The first one waits for a command that ignores its own end."""
    hephaestus.environ["HEPHAESTUS_WORKSPACES"] = "off"
    note = hephaestus.project / "ready"
    model = write(
        tmp_path / "deaf.toml",
        f"[[agent.turn]]\n[[agent.turn.call]]\nid = 's'\ntool = 'run_command'\n"
        f"arguments = {{ command = \"trap '' TERM INT HUP; touch {note}; while :; do sleep 0.1; done\" }}\n",
    )
    process = hephaestus.start(*RUN, "--model", model)
    allow(process)
    until(note.exists)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_nobody_waits_for_typed_words_longer_than_the_person_wants(hephaestus, command, script) -> None:
    process = hephaestus.start("run", "mend it", "--headless", "--decide", "ask", "--model", script)
    asked = ""
    while "accept (a), reject (r REASON), wait (w)? " not in asked:
        asked += os.read(process.stderr.fileno(), 4096).decode()
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert hephaestus.finish(process).code == 130
    assert time.monotonic() - began < 5
    assert len(command("proposals", "last", "--json").rows()) > 0


def test_a_person_at_the_prompt_decides_and_the_end_of_input_leaves_the_rest(hephaestus, script, tmp_path) -> None:
    (hephaestus.config / "config.toml").write_text("[gate]\nundo_seconds = 0\n")  # what is accepted starts at once
    said = hephaestus(
        "run", "mend it", "--headless", "--decide", "ask", "--model", script, typed="perhaps\nr\na\nr not now\n"
    )
    assert said.code == 0, said.err
    assert said.out == ""
    assert said.err.count("Type a, w, or r with a reason: ") == 2
    assert "T2 accepted by ada" in said.err
    assert "T3 rejected by ada: not now" in said.err
    assert "1 proposal waiting" in said.err
    # a file, and nothing at all, are input too
    (tmp_path / "words").write_text("w\n")
    for source in (str(tmp_path / "words"), "/dev/null"):
        hephaestus.before = ["sh", "-c", f'exec "$@" < {source}', "sh"]
        said = hephaestus("run", "mend it", "--headless", "--decide", "ask", "--model", script)
        assert said.code == 0, said.err
        assert "3 proposals waiting" in said.err
    hephaestus.before = ["sh", "-c", 'exec "$@" <&-', "sh"]
    assert hephaestus("run", "mend it", "--headless", "--decide", "ask", "--model", script).code == 0


def test_a_limit_ends_with_3_and_says_which(command, script, tmp_path) -> None:
    (tmp_path / "config" / "config.toml").write_text("[limits]\nturns = 1\n")
    said = command("run", "mend it", "--headless", "--json", "--model", script)
    assert said.code == 3
    assert "T1 failed: reached its limit of 1 turns; raise limits.turns in the settings, then retry it" in said.err


def test_a_question_that_waits_is_told_and_is_no_failure(command, tmp_path) -> None:
    ask = '[[agent.turn]]\n[[agent.turn.call]]\nid = "q"\ntool = "ask_human"\narguments = { question = "Which?" }\n'
    said = command("run", "mend it", "--headless", "--model", write(tmp_path / "ask.toml", ask))
    assert said.code == 0
    run_id = command("runs", "--json").rows()[0]["run_id"]
    assert f"0 of 1 task completed; 1 question waiting (hephaestus answer {run_id} TASK)." in said.err
    # a policy that answers lets it go on
    said = command("run", "--resume", "last", "--headless", "--decide", "accept")
    assert (said.code, "1 of 1 task completed" in said.err) == (0, True)


def test_a_policy_given_at_the_resume_holds_and_is_recorded(command, tmp_path) -> None:
    write_file = '[[agent.turn]]\n[[agent.turn.call]]\nid = "w"\ntool = "write_file"\narguments = { path = "a.txt", content = "x" }\n'
    model = write(tmp_path / "w.toml", write_file)
    words = ("mend it", "--headless", "--role", "backend_developer", "--model", model)
    assert "1 question waiting" in command("run", *words).err
    said = command("run", "--resume", "last", "--headless", "--json", "--policy", "auto", "--decide", "accept")
    assert said.code == 0, said.err
    (row,) = command("runs", "--json").rows()
    with closing(sqlite3.connect(row["store"])) as connection:
        assert connection.execute("SELECT policy FROM runs").fetchall() == [("auto",)]
        changed = connection.execute("SELECT body FROM facts WHERE kind = 'run.policy_changed'").fetchall()
    assert [json.loads(body)["actor"]["name"] for (body,) in changed] == ["ada"]


@pytest.mark.parametrize("word", ["id", "last"])
@pytest.mark.parametrize("by_file", [True, False])
def test_a_run_goes_on_in_its_own_project_wherever_it_is_taken_up(
    command, tmp_path, monkeypatch, word, by_file
) -> None:
    monkeypatch.setenv("HEPHAESTUS_WORKSPACES", "off")
    write_file = 'tool = "write_file"\narguments = { path = "made.txt", content = "x" }\n'
    model = write(tmp_path / "w.toml", f'[[agent.turn]]\n[[agent.turn.call]]\nid = "w"\n{write_file}')
    db = ["--db", str(tmp_path / "my.db")] if by_file else []
    command("run", "mend it", "--headless", "--role", "backend_developer", "--model", model, *db)
    run_id = command("runs", "--json", *db).rows()[0]["run_id"]
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / ".git").mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    said = command("run", "--resume", run_id if word == "id" else "last", "--headless", "--policy", "auto", *db)
    assert said.code == 0, said.err
    assert (tmp_path / "project" / "made.txt").read_text() == "x"
    assert [path.name for path in elsewhere.iterdir()] == [".git"]
    # and where that project is gone nothing is done anywhere
    (tmp_path / "project").rename(tmp_path / "moved")
    said = command("run", "--resume", run_id, "--headless", *db)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert f"The project of run {run_id}, {tmp_path / 'project'}, is gone: put it back" in said.err


def test_rules_decide_by_name_and_what_none_matches_waits(command, script, tmp_path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[[rule]]\nid = "no-tests"\nverdict = "reject"\nphase = "validation"\nreason = "later"\n'
        '[[rule]]\nid = "leads"\nverdict = "accept"\nrole = "tech_lead"\n'
    )
    said = command("run", "mend it", "--headless", "--json", "--model", script, "--decide", str(rules))
    assert said.code == 0, said.err
    decided = {
        row["decision"]["task_id"]: (
            row["decision"]["verdict"],
            row["decision"]["actor"]["name"],
            row["decision"]["reason"],
        )
        for row in said.rows()
        if row["kind"] == "proposal.decided"
    }
    assert decided == {
        "T1": ("accept", "ada", ""),
        "T2": ("accept", "leads", ""),
        "T4": ("reject", "no-tests", "later"),
    }
    assert [row["task_id"] for row in command("proposals", "last", "--json").rows()] == ["T3"]


def test_a_rejected_blocker_leaves_its_dependents_to_a_human(command, script, tmp_path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[[rule]]\nid = "no"\nverdict = "reject"\nphase = "investigation"\nreason = "no"\n'
        '[[rule]]\nid = "all"\nverdict = "accept"\neverything = true\n'
    )
    said = command("run", "mend it", "--headless", "--json", "--model", script, "--decide", str(rules))
    assert said.code == 0
    assert "T3 can never start" in said.err


def test_json_is_one_fact_a_line_as_it_is_stored(command, script) -> None:
    said = command("run", "mend it", "--headless", "--json", "--model", script, "--decide", "accept")
    rows = said.rows()
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0]["kind"] == "run.started"
    assert all({"seq", "at", "kind"} <= set(row) for row in rows)
    assert json.loads(said.out.splitlines()[0])["goal"] == "mend it"


def test_a_store_that_fails_at_the_start_is_told_and_no_run_is_half_there(hephaestus, command, script) -> None:
    said = hephaestus("run", "mend it", "--headless", "--model", script, HEPHAESTUS_FAILPOINTS="tx.begun=raise@1")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "hephaestus.db: failpoint tx.begun" in said.err
    assert command("runs", "--json").out == ""


def test_a_reader_of_the_facts_that_goes_away_ends_the_run_in_order(hephaestus, command, script) -> None:
    process = hephaestus.start("run", "mend it", "--headless", "--json", "--model", script, "--decide", "accept")
    process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in err
    said = command("run", "--resume", "last", "--headless", "--decide", "accept")
    assert said.code == 0, said.err


def test_a_run_in_which_nothing_is_left_to_do_ends_at_once(command, waiting_run) -> None:
    said = command("run", "--resume", "last", "--headless", "--json")
    assert (said.code, said.out) == (0, "")
    assert "1 of 1 task completed; 3 proposals waiting" in said.err
