"""`doctor`: what works on this machine and what does not, each with what to do; it never prints a key."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from hephaestus_tui import __version__
from hephaestus_tui.bootstrap.named_models import check_models
from hephaestus_tui.bootstrap.theme_choice import chosen_theme
from hephaestus_tui.cli import output
from hephaestus_tui.cli.chosen_models import chosen_lines, unready_fallbacks
from hephaestus_tui.cli.stores import places, store_of
from hephaestus_tui.cli.workplaces import git_words, workspace_words
from hephaestus_tui.config import Settings
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.engine.roles import load_roles
from hephaestus_tui.first_look import FILE, has_few_colours, needs_ascii
from hephaestus_tui.paths import own_files, project_folder, project_notes, shipped
from hephaestus_tui.providers.price_list import read_prices
from hephaestus_tui.providers.registry import Registry
from hephaestus_tui.providers.window_list import read_windows
from hephaestus_tui.settings import read_settings
from hephaestus_tui.store.lock import Lock
from hephaestus_tui.store.note_words import has_fts
from hephaestus_tui.store.reader import Reader
from hephaestus_tui.tools.sandbox import NoSandbox, find_sandbox
from hephaestus_tui.ui.keymap import own_keys
from hephaestus_tui.ui.themes import FALLBACK, load_themes

# before it, two connections that write and checkpoint at the same time may corrupt a database (SQLite 3.51.3, notes)
SAFE_SQLITE = (3, 51, 3)
LIBRARIES = ("textual", "rich", "sqlite-utils", "httpx", "httpx-sse", "pydantic")
_EACH_ASKS = "a command can do what you can do, so each one asks, whatever the policy"


class Standing(StrEnum):
    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    standing: Standing
    text: str


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: Namespace) -> int:
    """0 where everything needed works, 2 where something is broken."""
    findings = [finding for check in _CHECKS for finding in _guarded(check, arguments)]
    for finding in findings:
        if arguments.json:
            output.data(asdict(finding))
        else:
            sign = {Standing.OK: "ok  ", Standing.NOTE: "note", Standing.BROKEN: "FAIL"}[finding.standing]
            output.text(f"{sign}  {finding.what:<10} {finding.text}")
    return 2 if any(f.standing is Standing.BROKEN for f in findings) else 0


def _guarded(check: Callable[[Namespace], Iterator[Finding]], arguments: Namespace) -> Iterator[Finding]:
    try:
        yield from check(arguments)
    except (HephaestusError, OSError, subprocess.SubprocessError) as error:
        yield Finding(check.__name__.strip("_"), Standing.BROKEN, str(error))


def _python(_: Namespace) -> Iterator[Finding]:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", Standing.OK, f"hephaestus {__version__} on Python {python}; {libraries}")


def _terminal(_: Namespace) -> Iterator[Finding]:
    term = os.environ.get("TERM", "")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        yield Finding("terminal", Standing.NOTE, "none here: the app needs one; headless runs do not")
        return
    if term in ("", "dumb"):
        yield Finding("terminal", Standing.NOTE, f"TERM={term or '(unset)'} cannot show the app: set TERM")
        return
    size = shutil.get_terminal_size()
    true = os.environ.get("COLORTERM") in ("truecolor", "24bit")
    colours = "24-bit colour" if true else "256 colours"
    colours = "16 colours (the theme `sixteen`)" if has_few_colours(os.environ) else colours
    colours = "no colour, since NO_COLOR is set" if "NO_COLOR" in os.environ else colours
    signs = "ASCII signs" if needs_ascii(os.environ) else "Unicode signs"
    yield Finding("terminal", Standing.OK, f"{term}, {size.columns}×{size.lines}, {colours}, {signs}")


def _git(_: Namespace) -> Iterator[Finding]:
    yield _fit("git", *asyncio.run(git_words()))


def _workspaces(arguments: Namespace) -> Iterator[Finding]:
    yield _fit("workspaces", *asyncio.run(workspace_words(_read().workspaces, project_folder(arguments.project))))


def _fit(what: str, fit: bool, text: str) -> Finding:
    return Finding(what, Standing.OK if fit else Standing.NOTE, text)


def _ripgrep(_: Namespace) -> Iterator[Finding]:
    found = shutil.which("rg")
    text = "found" if found else "not found: searches use a slower one of our own; install ripgrep"
    yield _fit("ripgrep", bool(found), text)


def _sandbox(arguments: Namespace) -> Iterator[Finding]:
    if not _read().sandbox:
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


def _sqlite(_: Namespace) -> Iterator[Finding]:
    safe = sqlite3.sqlite_version_info >= SAFE_SQLITE
    text = f"SQLite {sqlite3.sqlite_version}" + (
        "" if safe else "; before 3.51.3 two writers may damage a database, so only one process ever writes ours"
    )
    with closing(sqlite3.connect(":memory:")) as connection:
        words = "" if has_fts(connection) else "; it lacks FTS5, so notes are searched word for word"
    yield Finding("sqlite", Standing.OK, text + words)


def _settings(_: Namespace) -> Iterator[Finding]:
    folder = places().config
    settings = _read()
    there = "read" if (folder / FILE).exists() else "not there; defaults are used"
    model = settings.model or "none chosen (--model or `model = …`)"
    text = f"{folder / FILE} {there}; model: {model}; policy: {settings.policy}; agents: {settings.agents}"
    yield Finding("settings", Standing.OK, text)
    if settings.model:
        Registry(settings, os.environ).check(settings.model)


def _roles(_: Namespace) -> Iterator[Finding]:
    roles, _shared = load_roles(places().role_folders())
    yield Finding("roles", Standing.OK, ", ".join(roles))


def _models(_: Namespace) -> Iterator[Finding]:
    settings, (roles, _shared) = _read(), load_roles(places().role_folders())
    registry = Registry(settings, os.environ)
    for text in chosen_lines(settings, roles):
        yield Finding("models", Standing.OK, text)
    for text in unready_fallbacks(settings, registry):
        yield Finding("models", Standing.NOTE, text)
    check_models(settings, roles, registry)


def _themes(_: Namespace) -> Iterator[Finding]:
    themes = load_themes(places().theme_folders())
    if FALLBACK not in themes:
        yield Finding("themes", Standing.BROKEN, f"{FALLBACK} is not in {shipped('themes')}: reinstall hephaestus")
        return
    wanted = _read().ui.theme
    known = wanted in themes
    text = ", ".join(sorted(themes)) + ("" if known else f"; {wanted!r}, which the settings name, is none of them")
    if (chosen := chosen_theme(places().state, wanted)) != wanted:
        text += f"; {chosen} was chosen in the app"
    yield Finding("themes", Standing.OK if known else Standing.NOTE, text)


def _keys(_: Namespace) -> Iterator[Finding]:
    rebound = _read().ui.keys
    own_keys(rebound)
    words = ", ".join(f"{action_id} is {key}" for action_id, key in rebound.items())
    yield Finding("keys", Standing.OK, words or "as they come; `?` in the app shows them")


def _providers(_: Namespace) -> Iterator[Finding]:
    for report in asyncio.run(Registry(_read(), os.environ).probe()):
        standing, words = Standing.OK, []
        if report.key_env:
            words.append(f"{report.key_env} is {'set' if report.has_key else 'not set'}")
            standing = Standing.OK if report.has_key else Standing.NOTE
        if report.answers is not None:
            words.append("answers" if report.answers else "does not answer")
            standing = standing if report.answers else Standing.NOTE
        yield Finding(
            report.name, standing, f"{report.dialect} dialect at {report.host}: {'; '.join(words) or 'no key'}"
        )


def _prices(_: Namespace) -> Iterator[Finding]:
    shipped_prices, own = read_prices(), _read().prices
    text = f"of {shipped_prices.models} models as of {shipped_prices.as_of}; any other is unknown, or in [prices] of {FILE}"
    yield Finding("prices", Standing.OK, f"{text}, which names {len(own)}" if own else text)


def _windows(_: Namespace) -> Iterator[Finding]:
    shipped, settings = read_windows(), _read()
    assumed = f"any other is taken for one of {settings.context.unknown_window:,} tokens, or in [windows] of {FILE}"
    text = f"of {shipped.models} models as of {shipped.as_of}; {assumed}"
    own = len(settings.windows)
    yield Finding("windows", Standing.OK, f"{text}, which names {own}" if own else text)


def _project(arguments: Namespace) -> Iterator[Finding]:
    project = project_folder(arguments.project)
    notes = project_notes(project)
    for note in notes:
        yield Finding("project", Standing.NOTE, note)
    if not notes:
        yield Finding("project", Standing.OK, f"{project} is under git")


def _store(arguments: Namespace) -> Iterator[Finding]:
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


def _read() -> Settings:
    return read_settings(places().config, os.environ, {})


_CHECKS: tuple[Callable[[Namespace], Iterator[Finding]], ...] = (
    _python, _terminal, _git, _ripgrep, _sandbox, _sqlite, _settings, _roles, _models, _themes, _keys, _providers, _prices, _windows,
    _project, _workspaces, _store,
)  # fmt: skip
