"""A run that is killed between git and the journal: what git holds is found again, and neither lost nor done twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hephaestus_tui.domain.work import WorkStatus
from hephaestus_tui.store.failpoints import VARIABLE

SCRIPT = """rate = 0
[[agent]]
name = "kid"
for = { title = "Kid" }
[[agent.turn]]
[[agent.turn.call]]
id = "write"
tool = "write_file"
arguments = { path = "kid.txt", content = "kid\\n" }
[[agent.turn]]
[[agent.turn.call]]
id = "end-kid"
tool = "complete_task"
arguments = { summary = "kid" }
[[agent]]
name = "root"
[[agent.turn]]
[[agent.turn.call]]
id = "kid"
tool = "spawn_building_task"
arguments = { title = "Kid", description = "d", rationale = "r", role = "backend_developer" }
[[agent.turn]]
[[agent.turn.call]]
id = "end-root"
tool = "complete_task"
arguments = { summary = "root" }
"""
OPTIONS = ("--headless", "--decide", "accept", "--work", "merge")
RESUME = ("run", "--resume", "last", *OPTIONS)


@pytest.fixture
def git(hephaestus) -> Callable[..., str]:
    """A plain git in the project, which is a repository now."""
    shutil.rmtree(hephaestus.project / ".git")
    environ = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def run(*arguments: str) -> str:
        return subprocess.run(
            ("git", "-c", "user.name=ada", "-c", "user.email=ada@example.org", *arguments),
            check=True, cwd=hephaestus.project, capture_output=True, text=True, env=environ,
        ).stdout  # fmt: skip

    run("init", "-q", "-b", "main")
    run("add", "-A")
    run("commit", "-q", "-m", "begin")
    return run


def killed(hephaestus, point: str, *words: str) -> None:
    process = hephaestus.start(*words, **{VARIABLE: f"{point}=kill@1"})
    _, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, err


def kinds_of(stored) -> list[str]:
    return [
        row["kind"] for row in stored.query("SELECT kind, body FROM facts ORDER BY seq")
        if json.loads(row["body"]).get("task_id") == "T2"
    ]  # fmt: skip


def test_killed_after_the_commit_and_after_the_merge_the_work_is_there_once(hephaestus, stored_of, git) -> None:
    script = hephaestus.project.parent / "script.toml"
    script.write_text(SCRIPT)
    start = ("run", "do it", *OPTIONS, "--policy", "auto-edit", "--model", f"scripted:{script}")

    killed(hephaestus, "work.committed", *start)
    stored = stored_of(hephaestus.home)
    stored.check()
    branch = git("for-each-ref", "--format=%(refname:short)", "refs/heads/hephaestus").strip()
    committed = git("rev-parse", branch)
    assert git("show", f"{branch}:kid.txt") == "kid\n"
    assert not {"work.done", "task.completed"} & set(kinds_of(stored)), "the journal knew of it before the death"

    killed(hephaestus, "work.merged", *RESUME)
    stored.check()
    assert git("rev-parse", branch) == committed, "the same work was committed twice"
    assert kinds_of(stored).count("work.done") == kinds_of(stored).count("task.completed") == 1
    merge = git("rev-parse", "main")
    assert git("log", "-1", "--format=%s", "main") == "Merge T2: Kid\n"
    assert stored.state().works["T2"].status is WorkStatus.READY, "the journal knew of it before the death"

    ended = hephaestus(*RESUME)
    assert ended.code == 0, ended.err
    stored.check()
    (merged,) = [
        json.loads(row["body"]) for row in stored.query("SELECT body FROM facts WHERE kind = 'work.merged'")
    ]  # fmt: skip
    assert (merged["commit"], merged["branch"], merged["actor"]["name"]) == (merge.strip(), "main", "ada")
    assert git("rev-parse", "main") == merge, "it was merged twice"
    assert (hephaestus.project / "kid.txt").read_text() == "kid\n"
    assert git("status", "--porcelain") == ""
    assert stored.state().works["T2"].status is WorkStatus.MERGED
    assert not Path(stored.state().workspaces["T2"].path).exists()
    assert git("fsck", "--no-dangling") == ""
