from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hephaestus_tui.demo.layout import AGENTS, HISTORY, PROJECT, lay_out
from hephaestus_tui.domain.errors import UsageError


def output(folder: Path, *command: str) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=60).stdout


def test_every_file_of_the_project_is_committed_with_a_past(project: Path) -> None:
    shipped = {
        str(path.relative_to(PROJECT))
        for path in PROJECT.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert set(output(project, "git", "ls-files").splitlines()) == shipped
    assert output(project, "git", "status", "--short") == ""
    assert output(project, "git", "branch", "--show-current").strip() == "main"
    subjects = output(project, "git", "log", "--reverse", "--format=%s").splitlines()
    assert subjects == [step.message for step in HISTORY]


def test_the_same_commits_every_time(project: Path, tmp_path: Path) -> None:
    again = lay_out(tmp_path / "again")
    assert output(again, "git", "rev-parse", "HEAD") == output(project, "git", "rev-parse", "HEAD")


def test_the_project_passes_its_own_tests(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "unittest"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "OK" in done.stderr
    assert output(project, "git", "status", "--short") == ""


def test_the_project_runs_on_the_standard_library_alone(project: Path) -> None:
    program = "import sys; sys.path.insert(0, '.'); import rollcall.__main__; import tests.support; print('ok')"
    assert output(project, sys.executable, "-I", "-S", "-c", program).strip() == "ok"


def test_agents_commit_under_a_name_of_their_own(project: Path) -> None:
    (project / "note.txt").write_text("x")
    output(project, "git", "add", "note.txt")
    output(project, "git", "commit", "--quiet", "-m", "note")
    assert output(project, "git", "log", "-1", "--format=%an <%ae>").strip() == f"{AGENTS[0]} <{AGENTS[1]}>"


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="not empty"):
        lay_out(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="Name another folder"):
        lay_out(tmp_path / "file" / "below")


def test_without_git_it_says_what_to_install(tmp_path: Path, path_of: Callable[[str], None]) -> None:
    path_of(str(tmp_path))
    with pytest.raises(UsageError, match="install git"):
        lay_out(tmp_path / "project")
    assert not (tmp_path / "project").exists()


def test_a_git_that_fails_is_quoted(tmp_path: Path, path_of: Callable[[str], None]) -> None:
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho 'error: unknown switch b' >&2\nexit 129\n")
    fake.chmod(0o755)
    path_of(str(fake.parent))
    with pytest.raises(UsageError, match=r"unknown switch b.*2\.28"):
        lay_out(tmp_path / "project")


@pytest.fixture
def path_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda folders: monkeypatch.setenv("PATH", folders, prepend=None)


def test_a_hostile_environment_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "gitconfig"
    config.write_text(f"[commit]\n\tgpgSign = true\n[core]\n\thooksPath = {tmp_path}\n[user]\n\tname = Someone\n")
    hook = tmp_path / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", os.devnull)
    folder = lay_out(tmp_path / "project")
    monkeypatch.delenv("GIT_DIR")
    assert "Someone" not in output(folder, "git", "log", "--format=%an %cn")
