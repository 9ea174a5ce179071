"""Lays the demo's project out as a git repository with a past; without it agents would have no ground to work on."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.tools.environment import clean_environment, program

PROJECT = Path(__file__).parent / "project"
AUTHOR = ("Mina Okafor", "mina@example.invalid")
AGENTS = ("Demo squad", "squad@example.invalid")
GIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Step:
    """One commit of the past; `paths` are files and folders of the project."""

    message: str
    date: str
    paths: tuple[str, ...]


HISTORY = (
    Step(
        "Keep people, teams and sessions in SQLite",
        "2025-03-03T09:12:00+00:00",
        (".gitignore", "rollcall/__init__.py", "rollcall/database.py", "rollcall/passwords.py", "rollcall/stores"),
    ),
    Step(
        "Speak HTTP: requests, a router, a threaded server",
        "2025-03-04T15:40:00+00:00",
        ("rollcall/wire.py", "rollcall/router.py", "rollcall/server.py", "tests/__init__.py", "tests/test_router.py"),
    ),
    Step(
        "Sign in with a token, and cache who holds it for /auth/verify",
        "2025-03-06T10:05:00+00:00",
        ("rollcall/identity.py", "rollcall/token_cache.py", "rollcall/auth.py", "rollcall/services.py"),
    ),
    Step(
        "Mount the routes and test them over a real socket",
        "2025-03-10T16:31:00+00:00",
        ("README.md", "rollcall", "tests", "scripts"),
    ),
)

# a folder's own settings win over the person's: no signing, no hooks, no watcher, no work in the background
LOCAL_CONFIG = {
    "user.name": AGENTS[0],
    "user.email": AGENTS[1],
    "commit.gpgSign": "false",
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.autocrlf": "false",
    "gc.auto": "0",
}


def lay_out(target: Path) -> Path:
    """Copy the project into a new or empty folder, give it its commits, and return the folder.

    Raises UsageError where there is no git, the folder is in use or cannot be written, or git fails.
    """
    git = program("git", os.environ)
    if git is None:
        raise UsageError("The demo needs git and found none on the PATH: install git, then start it again.")
    try:
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise UsageError(f"The demo's project cannot be laid out in {target}: it is not empty. Name a new folder.")
        _copy(target)
    except OSError as error:
        raise UsageError(f"The demo's project cannot be laid out in {target}: {error}. Name another folder.") from error
    _git(git, target, "init", "--quiet", "--template=", "-b", "main")
    for name, value in LOCAL_CONFIG.items():
        _git(git, target, "config", "--local", name, value)
    for step in HISTORY:
        _git(git, target, "add", "--", *step.paths)
        _git(git, target, "commit", "--quiet", "--no-verify", "-m", step.message, date=step.date)
    return target


def _copy(target: Path) -> None:
    # contents alone: an installed package may be read-only, and agents are to write here
    for source in PROJECT.rglob("*"):
        if source.is_file() and "__pycache__" not in source.parts:
            copy = target / source.relative_to(PROJECT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)


def _git(git: str, folder: Path, *arguments: str, date: str = "") -> None:
    """One call of git that sees no settings but the folder's own. Raises UsageError."""
    environment = clean_environment(os.environ) | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    if date:
        environment |= {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    identity = ("-c", f"user.name={AUTHOR[0]}", "-c", f"user.email={AUTHOR[1]}")
    try:
        done = subprocess.run(
            (git, *identity, *arguments),
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=GIT_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"git {arguments[0]} could not be run in {folder}: {error}. Is git installed well?") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise UsageError(f"git {arguments[0]} failed in {folder}: {said}. The demo needs git 2.28 or later.")
