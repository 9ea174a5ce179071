"""A proposal is decided from outside once, by whom the record says, whether or not a process owns the run."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlite_utils import Database

from hephaestus_tui.paths import socket_path


def decisions(command) -> list[dict[str, str]]:
    (row,) = command("runs", "--json").rows()
    db = Database(row["store"])
    try:
        return list(db.query("SELECT task_id, verdict, actor_kind, actor, reason FROM decisions ORDER BY id"))
    finally:
        db.close()


def test_with_no_owner_the_command_decides_itself(command, waiting_run) -> None:
    said = command("accept", "last", "T2")
    assert (said.code, said.out, said.err) == (0, "", f"Run {waiting_run}: T2 accepted.\n")
    said = command("edit", "last", "t3", "--set", "title=Mend it now", "--set", "priority=high", "--set", "blocked_by=")
    assert (said.code, said.err) == (0, f"Run {waiting_run}: T3 accepted with changes.\n")
    said = command("reject", "last", "T4", "--reason", "No measurement says so.", "--json")
    assert said.code == 0
    (receipt,) = said.rows()
    assert (receipt["run"], receipt["task_id"], receipt["note"]) == (waiting_run, "T4", "T4 rejected")
    assert [tuple(row.values()) for row in decisions(command)] == [
        ("T1", "accept", "human", "ada", ""),
        ("T2", "accept", "human", "ada", ""),
        ("T3", "edit", "human", "ada", ""),
        ("T4", "reject", "human", "ada", "No measurement says so."),
    ]
    (shown,) = command("show", "last", "T3", "--json").rows()
    assert shown["task"]["status"] == "pending"
    assert shown["task"]["draft"]["title"] == "Mend it now"
    assert {c["field"] for c in shown["decision"]["changes"]} == {"title", "priority", "blocked_by"}
    text = command("show", "last", "T3").out
    assert "title: 'Mend the cache' → 'Mend it now'" in text


def test_the_first_answer_wins_and_the_second_is_told_who_gave_it(command, waiting_run, monkeypatch) -> None:
    assert command("reject", "last", "T2", "--reason", "no").code == 0
    monkeypatch.setenv("USER", "grace")
    for words in (
        ["accept", "last", "T2"],
        ["reject", "last", "T2", "--reason", "x"],
        ["edit", "last", "T2", "--set", "title=x"],
    ):
        said = command(*words)
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith("hephaestus: T2 was already rejected by ada at ")
    assert [row["verdict"] for row in decisions(command)] == ["accept", "reject"]


def test_the_actor_may_be_named(command, waiting_run, monkeypatch) -> None:
    monkeypatch.setenv("HEPHAESTUS_ACTOR", "Grace Hopper")
    command("accept", "last", "T2")
    assert decisions(command)[-1]["actor"] == "Grace Hopper"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["accept", "last", "T9"], 1, "There is no proposal T9 in this run"),
        (["accept", "last", "nonsense"], 1, "There is no proposal NONSENSE in this run"),
        (["reject", "last", "T2"], 2, "required: --reason"),
        (["reject", "last", "T2", "--reason", " "], 2, "--reason is empty"),
        (["edit", "last", "T2"], 2, "One of the arguments --set --file --editor is required"),
        (["edit", "last", "T2", "--set", "colour=red"], 2, "'colour=red': write FIELD=VALUE with one of title"),
        (["edit", "last", "T2", "--set", "title"], 2, "'title': write FIELD=VALUE"),
        (
            ["edit", "last", "T2", "--set", "phase=later"],
            2,
            "--set phase: 'later' will not do; use one of: investigation, building, validation",
        ),
        (["edit", "last", "T2", "--set", "title="], 1, "title is empty"),
        (["edit", "last", "T2", "--set", f"title={'x' * 500}"], 1, "characters, "),
        (["edit", "last", "T2", "--set", "role=wizard"], 1, "there is no role 'wizard'"),
        (["edit", "last", "T2", "--set", "blocked_by=T2"], 1, "T2"),
        (["edit", "last", "T2", "--set", "blocked_by=T3"], 1, "cycle"),
        (["edit", "last", "T2", "--set", "blocked_by=T77"], 1, "T77"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(command, waiting_run, words, code, told) -> None:
    said = command(*words)
    assert (said.code, said.out, said.err.count("\n")) == (code, "", 1)
    assert told in said.err
    assert len(decisions(command)) == 1
    assert len(command("proposals", "last", "--json").rows()) == 3


def test_an_unknown_field_is_told_even_for_a_proposal_that_is_gone(command, waiting_run) -> None:
    command("accept", "last", "T2")
    assert "write FIELD=VALUE" in command("edit", "last", "T2", "--set", "nope=1").err


def test_criteria_are_given_one_at_a_time_and_cleared_by_an_empty_one(command, waiting_run) -> None:
    command("edit", "last", "T2", "--set", "done_criteria=One, with a comma", "--set", "done_criteria=Two")
    (shown,) = command("show", "last", "T2", "--json").rows()
    assert shown["task"]["draft"]["done_criteria"] == ["One, with a comma", "Two"]
    command("edit", "last", "T3", "--set", "done_criteria=")
    (shown,) = command("show", "last", "T3", "--json").rows()
    assert shown["task"]["draft"]["done_criteria"] == []


def test_a_decision_needs_neither_a_model_nor_a_key(command, waiting_run, tmp_path) -> None:
    (tmp_path / "script.toml").unlink()
    assert command("accept", "last", "T2").code == 0


# -- while another process owns the run


@pytest.fixture
def owned(hephaestus, tmp_path):
    """(the process, the run's id): a headless run whose agent waits at standard input for the decision on T2."""
    (hephaestus.config / "config.toml").write_text("[gate]\nundo_seconds = 0\n")  # what is accepted starts at once
    script = tmp_path / "waits.toml"
    script.write_text(
        """
[[agent]]
name = "root"
for = { role = "project_manager" }
[[agent.turn]]
[[agent.turn.call]]
id = "a"
tool = "spawn_building_task"
arguments = { title = "First", description = "d", rationale = "r", role = "qa_tester", wait_for_decision = true }
[[agent.turn]]
[[agent.turn.call]]
id = "b"
tool = "spawn_building_task"
arguments = { title = "Second", description = "d", rationale = "r", role = "qa_tester" }
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
    )
    process = hephaestus.start(
        "run", "do it", "--headless", "--json", "--decide", "ask", "--model", f"scripted:{script}"
    )
    run_id = ""
    for line in process.stdout:
        if '"run.started"' in line:
            run_id = line.partition('"run_id": "')[2][:8]
        if '"task.proposed"' in line and '"First"' in line:
            break
    return process, run_id


def test_the_owner_is_asked_and_goes_on_at_once(hephaestus, command, owned) -> None:
    process, run_id = owned
    said = hephaestus("edit", run_id, "T2", "--set", "title=Other", HEPHAESTUS_ACTOR="grace")
    assert (said.code, said.err) == (0, f"Run {run_id}: T2 accepted with changes.\n")
    said = command("accept", run_id, "T2")
    assert said.code == 1
    assert "T2 was already accepted with changes by grace at" in said.err
    said = command("edit", run_id, "T2", "--set", "title=")
    assert said.code == 1
    # the owner's own prompt for T2 is answered too late, and that for T3 in time
    ended = hephaestus.finish(process, "r too late\na\n")
    assert ended.code == 0, ended.err
    assert "T3 proposed" not in ended.out
    rows = [row["draft"]["title"] for row in command("tasks", run_id, "--json").rows()]
    assert rows == ["do it", "Other", "Second"]


def test_of_many_at_once_one_decides_and_all_others_are_told(hephaestus, owned) -> None:
    process, run_id = owned
    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(lambda n: hephaestus("accept", run_id, "T2", USER=f"p{n}"), range(4)))
    assert sorted(end.code for end in ends) == [0, 1, 1, 1]
    assert all("was already accepted by p" in end.err for end in ends if end.code)
    assert hephaestus.finish(process, "a\na\n").code == 0


def test_without_an_owner_too_many_at_once_all_get_an_answer(hephaestus, command, waiting_run) -> None:
    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(lambda n: hephaestus("accept", waiting_run, f"T{n % 3 + 2}"), range(4)))
    assert sorted(end.code for end in ends) == [0, 0, 0, 1], [end.err for end in ends]
    assert len(command("tasks", waiting_run, "--json").rows()) == 4


def test_a_second_run_on_the_same_database_is_told_who_has_it(command, owned, script) -> None:
    process, _ = owned
    said = command("run", "something else", "--headless", "--model", script)
    assert (said.code, said.out) == (2, "")
    assert f"is open already (process {process.pid} on " in said.err
    said = command("doctor")
    assert (said.code, f"open in process {process.pid}" in said.out) == (0, True)


def test_an_owner_that_was_killed_is_no_owner(command, owned) -> None:
    process, run_id = owned
    process.kill()
    process.communicate()
    (row,) = command("runs", "--json").rows()
    socket = socket_path(Path(row["store"]))
    assert socket.is_socket()
    said = command("accept", run_id, "T2")
    assert (said.code, said.err) == (0, f"Run {run_id}: T2 accepted.\n")
    assert not socket.exists()
    ended = command("run", "--resume", run_id, "--headless", "--decide", "accept")
    assert ended.code == 0, ended.err
    assert [row["status"] for row in command("tasks", run_id, "--json").rows()] == ["completed"] * 3


def test_a_command_that_an_agent_runs_may_not_decide(hephaestus, command, tmp_path) -> None:
    """With nothing that holds it: in a sandbox it does not even see that there is a run."""
    script = tmp_path / "cheat.toml"
    seen = tmp_path / "project" / "seen.txt"
    homes = f"HEPHAESTUS_HOME={hephaestus.home} HEPHAESTUS_CONFIG={hephaestus.config}"
    cheat = f"{homes} {sys.executable} -m hephaestus_tui accept last T2 >{seen} 2>&1; echo $? >>{seen}"
    script.write_text(
        f"""
[[agent]]
name = "root"
[[agent.turn]]
[[agent.turn.call]]
id = "a"
tool = "spawn_building_task"
arguments = {{ title = "First", description = "d", rationale = "r", role = "qa_tester" }}
[[agent.turn]]
[[agent.turn.call]]
id = "cheat"
tool = "run_command"
arguments = {{ command = '{cheat}' }}
[[agent.turn]]
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = {{ summary = "done" }}
"""
    )
    model = f"scripted:{script}"
    ended = hephaestus(
        "run", "do it", "--headless", "--decide", "ask", "--role", "backend_developer", "--model", model,
        typed="w\na\n", HEPHAESTUS_SANDBOX="off",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert seen.read_text().splitlines() == [
        "hephaestus: An agent's command may not decide; a human does that from a terminal of their own.", "1",
    ]  # fmt: skip
    assert [row["task_id"] for row in command("proposals", "last", "--json").rows()] == ["T2"]
