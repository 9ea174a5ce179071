"""What the doctor finds on the machine and in the project: without it nobody would know why each command asks."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from hephaestus_tui import __version__
from hephaestus_tui.cli.findings import Finding, Standing, fit, read
from hephaestus_tui.cli.stores import places, store_of
from hephaestus_tui.cli.workplaces import git_words, workspace_words
from hephaestus_tui.first_look import has_all_colours, has_few_colours, needs_ascii
from hephaestus_tui.paths import own_files, project_folder, project_notes
from hephaestus_tui.store.lock import Lock
from hephaestus_tui.store.note_words import has_fts
from hephaestus_tui.store.reader import Reader
from hephaestus_tui.tools.sandbox import NoSandbox, find_sandbox

# before it, two connections that write and checkpoint at the same time may corrupt a database (SQLite 3.51.3, notes)
SAFE_SQLITE = (3, 51, 3)
LIBRARIES = ("textual", "rich", "sqlite-utils", "httpx", "httpx-sse", "pydantic")
_EACH_ASKS = "a command can do what you can do, so each one asks, whatever the policy"


def python(_: Namespace) -> Iterator[Finding]:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", Standing.OK, f"hephaestus {__version__} on Python {python}; {libraries}")


def terminal(_: Namespace) -> Iterator[Finding]:
    term = os.environ.get("TERM", "")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        yield Finding("terminal", Standing.NOTE, "none here: the app needs one; headless runs do not")
        return
    if term in ("", "dumb"):
        yield Finding("terminal", Standing.NOTE, f"TERM={term or '(unset)'} cannot show the app: set TERM")
        return
    size = shutil.get_terminal_size()
    colours = "24-bit colour" if has_all_colours(os.environ) else "256 colours"
    colours = "16 colours (the theme `sixteen`, or `sixteen-light`)" if has_few_colours(os.environ) else colours
    colours = "no colour, since NO_COLOR is set" if "NO_COLOR" in os.environ else colours
    signs = "ASCII signs" if needs_ascii(os.environ) else "Unicode signs"
    yield Finding("terminal", Standing.OK, f"{term}, {size.columns}×{size.lines}, {colours}, {signs}")


def git(_: Namespace) -> Iterator[Finding]:
    yield fit("git", *asyncio.run(git_words()))


def workspaces(arguments: Namespace) -> Iterator[Finding]:
    yield fit("workspaces", *asyncio.run(workspace_words(read().workspaces, project_folder(arguments.project))))


def ripgrep(_: Namespace) -> Iterator[Finding]:
    found = shutil.which("rg")
    text = "found" if found else "not found: searches use a slower one of our own; install ripgrep"
    yield fit("ripgrep", bool(found), text)


def sandbox(arguments: Namespace) -> Iterator[Finding]:
    if not read().sandbox:
        text = f"switched off in the settings (`sandbox = false` or HEPHAESTUS_SANDBOX): {_EACH_ASKS}"
        yield Finding("sandbox", Standing.NOTE, text)
        return
    project = project_folder(arguments.project)
    found = find_sandbox(own_files(store_of(arguments), places()), os.environ, project)
    if isinstance(found, NoSandbox):
        yield Finding("sandbox", Standing.NOTE, f"{found.reason}; until then {_EACH_ASKS}")
        return
    text = "works: commands write in the project alone, see no home folder, and have no network"
    yield Finding("sandbox", Standing.OK, text)


def sqlite(_: Namespace) -> Iterator[Finding]:
    safe = sqlite3.sqlite_version_info >= SAFE_SQLITE
    text = f"SQLite {sqlite3.sqlite_version}" + (
        "" if safe else "; before 3.51.3 two writers may damage a database, so only one process ever writes ours"
    )
    with closing(sqlite3.connect(":memory:")) as connection:
        words = "" if has_fts(connection) else "; it lacks FTS5, so notes are searched word for word"
    yield Finding("sqlite", Standing.OK, text + words)


def project(arguments: Namespace) -> Iterator[Finding]:
    project = project_folder(arguments.project)
    notes = project_notes(project)
    for note in notes:
        yield Finding("project", Standing.NOTE, note)
    if not notes:
        yield Finding("project", Standing.OK, f"{project} is under git")


def store(arguments: Namespace) -> Iterator[Finding]:
    store = store_of(arguments)
    if not store.exists():
        writable = _nearest(store).is_dir() and os.access(_nearest(store), os.W_OK)
        if writable:
            yield Finding("store", Standing.OK, f"{store}: none yet; it is made by the first run")
        else:
            text = f"{_nearest(store)} cannot be written: set HEPHAESTUS_HOME to a folder you can write"
            yield Finding("store", Standing.BROKEN, text)
        return
    with Reader(store) as reader:
        runs = reader.runs()
        damage = reader.damage()
    owner = Lock.holder(store)
    text = f"{store}: {len(runs)} {'run' if len(runs) == 1 else 'runs'}; {f'open in {owner}' if owner else 'not open'}"
    yield Finding("store", Standing.OK, text) if not damage else Finding("store", Standing.BROKEN, f"{store}: {damage}")


def _nearest(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.exists())
