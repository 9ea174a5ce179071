"""The demo without a screen: real work on a real project, every task decided by someone, and a database that proves it."""

from __future__ import annotations

import sqlite3
import sys

import pytest

DEMO = ("demo", "--headless", "--json", "--speed", "0")


@pytest.fixture(scope="module")
def finished(hephaestus_in, stored_of, tmp_path_factory):
    """(the program, what it said, the database, the project) after `demo --headless --decide accept --json`."""
    folder = tmp_path_factory.mktemp("finished")
    program = hephaestus_in(folder)
    ended = program(*DEMO, "--decide", "accept", "--project", str(folder / "demo"))
    assert ended.code == 0, ended.err
    return program, ended, stored_of(program.home), folder / "demo"


def test_it_prints_one_json_object_a_line_and_narrates_elsewhere(finished, facts_of) -> None:
    _, ended, _, project = finished
    facts = facts_of(ended.out)
    assert [fact["seq"] for fact in facts] == list(range(1, len(facts) + 1))
    assert facts[0]["kind"] == "run.started"
    assert facts[-1]["kind"] in ("task.completed", "work.merged")
    run_id = facts[0]["run_id"]
    tasks = tasks_of(facts)
    assert ended.err.splitlines() == [
        f"Run {run_id}: {tasks} of {tasks} tasks completed; "
        f"agents proposed no more at a bound: per_turn (hephaestus bound {run_id} BOUND).",
        f"The demo's project is in {project}. Go on with it: hephaestus demo --resume",
    ]


def tasks_of(facts) -> int:
    """Fourteen of the squad, and one that resolves a conflict where two of them changed the same lines."""
    return 14 + len([fact for fact in facts if fact["kind"] == "work.conflict_assigned"])


def test_tasks_of_all_phases_are_stored_with_who_decided_and_none_without(finished) -> None:
    _, _, stored, _ = finished
    assert {row["phase"] for row in stored.query("SELECT DISTINCT phase FROM tasks")} == {
        "investigation", "building", "validation",
    }  # fmt: skip
    rows = stored.query(
        "SELECT t.id, d.verdict, d.actor_kind, d.actor, d.decided_at FROM tasks AS t "
        "LEFT JOIN decisions AS d ON d.run_id = t.run_id AND d.task_id = t.id ORDER BY d.id"
    )
    resolvers = {row["task_id"] for row in stored.query("SELECT task_id FROM works WHERE resolves IS NOT NULL")}
    rows = [row for row in rows if row["id"] not in resolvers]
    assert len(rows) == 14
    assert (rows[0]["id"], rows[0]["actor_kind"], rows[0]["actor"]) == ("T1", "human", "ada")
    assert {(r["verdict"], r["actor_kind"], r["actor"]) for r in rows[1:]} == {("accept", "rule", "--decide accept")}
    assert all(row["decided_at"] > 0 for row in rows)


def test_the_building_task_was_blocked_by_its_investigation_and_waited_for_it(finished) -> None:
    _, _, stored, _ = finished
    blocked = stored.query(
        "SELECT t.phase, b.phase AS before, t.started_at - b.ended_at AS later FROM dependencies AS d "
        "JOIN tasks AS t ON t.run_id = d.run_id AND t.id = d.task_id "
        "JOIN tasks AS b ON b.run_id = d.run_id AND b.id = d.blocker_id"
    )
    assert {("building", "investigation"), ("validation", "building")} <= {(r["phase"], r["before"]) for r in blocked}
    assert all(row["later"] >= 0 for row in blocked)


@pytest.mark.parametrize("enforced", ["ON", "OFF"])
def test_a_task_that_nobody_decided_on_is_refused_by_the_database_itself(finished, enforced) -> None:
    _, _, stored, _ = finished
    with stored.opened() as db:
        db.execute(f"PRAGMA foreign_keys = {enforced}")
        (row,) = db.query("SELECT * FROM tasks WHERE id = 'T2'")
        for changes in (
            {"id": "T77"},
            {"id": "T3"},
            {"id": "T77", "decision_id": 99},
            {"id": "T77", "verdict": "reject"},
        ):
            with pytest.raises(sqlite3.IntegrityError):
                db["tasks"].insert(row | changes)
        assert db["tasks"].count in (14, 15)


def test_the_projects_own_tests_pass_and_git_shows_the_work(finished, command_in) -> None:
    _, _, _, project = finished
    said = command_in(project, sys.executable, "-m", "unittest")
    assert "OK" in said.splitlines()[-1]
    log = command_in(project, "git", "log", "--format=%an: %s").splitlines()
    squad = [line for line in log if line.startswith("hephaestus T")]
    assert len(squad) >= 5
    assert "hephaestus T1 backend_developer: Add GET /users/{user_id}/sessions: where a user is signed in" in squad
    assert sum(line.startswith("hephaestus: Merge T") for line in log) >= 5
    assert command_in(project, "git", "status", "--porcelain") == ""


def test_the_tables_are_what_the_journal_says(finished) -> None:
    finished[2].check()


def test_what_was_proposed_twice_is_named_and_one_bound_was_met_once(finished, facts_of) -> None:
    _, ended, _, _ = finished
    facts = facts_of(ended.out)
    proposals = {p["task_id"]: p for fact in facts if fact["kind"] == "task.proposed" for p in [fact["proposal"]]}
    titles = {task_id: p["draft"]["title"] for task_id, p in proposals.items()}
    likely = {
        (titles[p["task_id"]], titles[near["task_id"]])
        for p in proposals.values()
        for near in p["near"]
        if near["score"] >= 80
    }
    assert likely == {
        ("Validate limit and offset in GET /users", "Check limit and offset in GET /users"),
        ("Port the service to an async web framework", "Rewrite the service on an async web framework"),
    }
    assert [f["bound"] for f in facts if f["kind"] == "spawn.bound_reached"] == ["per_turn"]


def test_one_task_called_itself_done_too_early_and_mended_what_the_check_found(finished, facts_of) -> None:
    _, ended, _, _ = finished
    facts = facts_of(ended.out)
    (unmet,) = [fact for fact in facts if fact["kind"] == "criteria.unmet"]
    failed = [piece["checked"] for piece in unmet["evidence"] if piece["checked"]]
    assert [(check["code"], check["command"].split()[0]) for check in failed] == [(1, "grep")]
    (done,) = [f for f in facts if f["kind"] == "task.completed" and f["task_id"] == unmet["task_id"]]
    assert [piece["checked"]["code"] for piece in done["evidence"] if piece["checked"]] == [0]


def test_a_run_that_is_done_has_nothing_left_to_do(finished) -> None:
    program, _, _, _ = finished
    said = program("demo", "--resume", "--headless", "--json", "--speed", "0")
    assert (said.code, said.out) == (0, "")


def test_proposals_wait_for_decisions_from_outside_and_then_the_demo_goes_on(hephaestus, stored_of, command_in) -> None:
    project = hephaestus.project.parent / "demo"
    ended = hephaestus(*DEMO, "--decide", "wait", "--project", str(project))
    assert ended.code == 0, ended.err
    waiting = {row["draft"]["title"]: row for row in hephaestus("proposals", "last", "--json").rows()}
    assert len(waiting) == 7
    assert f"1 of 1 task completed; 7 proposals waiting (hephaestus proposals {waiting_run(waiting)})" in ended.err
    ids = {title: row["task_id"] for title, row in waiting.items()}

    rewrite = next(task_id for title, task_id in ids.items() if title.startswith("Rewrite"))
    cache = ids["Can the token cache serve every route?"]
    assert hephaestus("accept", "last", cache).code == 0
    assert (
        hephaestus("edit", "last", ids["Let every route use the token cache"], "--set", "title=Share the cache").code
        == 0
    )
    assert hephaestus("reject", "last", rewrite, "--reason", "No measurement asks for it.").code == 0
    live = ids["Tell a client at once when its session is ended elsewhere"]
    assert hephaestus("reject", "last", live, "--reason", f"It rests on {rewrite}.").code == 0
    said = hephaestus("reject", "last", cache, "--reason", "changed my mind")
    assert said.code == 1
    assert f"{cache} was already accepted by ada" in said.err

    ended = hephaestus("demo", "--resume", "--headless", "--json", "--speed", "0", "--decide", "accept")
    assert ended.code == 0, ended.err
    stored = stored_of(hephaestus.home)
    stored.check()
    tasks = {row["id"]: row for row in hephaestus("tasks", "last", "--json").rows()}
    assert {row["status"] for row in tasks.values()} == {"completed"}
    assert not {rewrite, live} & set(tasks)
    assert tasks[ids["Let every route use the token cache"]]["draft"]["title"] == "Share the cache"
    assert set(ids.values()) - {rewrite, live} <= set(tasks)
    by = {row["task_id"]: row["actor"] for row in stored.query("SELECT task_id, actor FROM decisions")}
    assert {by[task_id] for task_id in (cache, rewrite)} == {"ada"}
    assert "--decide accept" in by.values()
    assert "OK" in command_in(project, sys.executable, "-m", "unittest")


def waiting_run(waiting: dict[str, dict[str, str]]) -> str:
    (run_id,) = {row["run"] for row in waiting.values()}
    return run_id


def test_with_a_rejection_of_everything_the_first_task_is_done_all_the_same(hephaestus, stored_of) -> None:
    ended = hephaestus(*DEMO, "--decide", "reject", TMPDIR=str(hephaestus.project.parent))
    assert ended.code == 0, ended.err
    assert "1 of 1 task completed." in ended.err
    stored = stored_of(hephaestus.home)
    stored.check()
    assert [row["verdict"] for row in stored.query("SELECT verdict FROM decisions ORDER BY id")][1:] == ["reject"] * 6
    # without --project it is laid out in a temporary folder of its own, and its state is private
    (project,) = hephaestus.project.parent.glob("hephaestus-demo-*")
    assert (project / ".git").is_dir()
    for path in [hephaestus.home, *hephaestus.home.rglob("*")]:
        # the files of a task's worktree have the modes that git gives them, below folders that nobody else may enter
        if "workspaces" not in path.relative_to(hephaestus.home).parts[:-1]:
            assert path.stat().st_mode & 0o077 == 0, path


def test_the_demo_says_where_it_cannot_be_laid_out(hephaestus, tmp_path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "file").write_text("mine")
    said = hephaestus(*DEMO, "--project", str(tmp_path / "used"))
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "is not empty. Name a new folder" in said.err
    (tmp_path / "tmp").mkdir()
    said = hephaestus(*DEMO, PATH=str(tmp_path), TMPDIR=str(tmp_path / "tmp"))
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "The demo needs git and found none on the PATH" in said.err
    assert not hephaestus.home.exists()
    assert list((tmp_path / "tmp").iterdir()) == []
