"""From what was typed to a store, a project and a run."""

from __future__ import annotations

import os
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.state import RunState, replay
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.paths import Places, project_folder
from hephaestus_tui.session import RunSummary
from hephaestus_tui.store.reader import Reader


@dataclass(frozen=True, slots=True)
class Found:
    """A stored run, read as it stood a moment ago."""

    store: Path
    run_id: RunId
    state: RunState


def places() -> Places:
    return Places.of(os.environ)


def find(arguments: Namespace, word: str) -> Found:
    """The run that `word` (an id, a unique prefix, or "last") names.

    Looked for in --db, else in --project, else in the current folder's project and then in all of them.
    Raises UsageError.
    """
    named = arguments.db is not None or arguments.project is not None
    own = store_of(arguments)
    if own.exists() and (named or _holds(own, word)):
        return _read(own, word)
    if named:
        raise UsageError(f"There is no run yet in {own}: start one, or name another place with --project or --db.")
    return _search(word)


def store_of(arguments: Namespace) -> Path:
    """The database that the options name, whether it exists or not."""
    if arguments.db is not None:
        return Path(arguments.db).expanduser().resolve()
    return places().project_store(project_folder(arguments.project, Path.cwd()))


def summaries(stores: list[Path]) -> list[tuple[Path, RunSummary]]:
    """Every run of some stores, the newest first."""
    found = []
    for store in stores:
        with Reader(store) as reader:
            found += [(store, summary) for summary in reader.runs()]
    return sorted(found, key=lambda entry: entry[1].started_at, reverse=True)


def opening_of(found: Found) -> Opening:
    return Opening(project=Path(found.state.project), store=found.store, environ=os.environ)


def _holds(store: Path, word: str) -> bool:
    with Reader(store) as reader:
        runs = reader.runs()
    return bool(runs) if word == "last" else any(r.run_id.startswith(word) for r in runs)


def _search(word: str) -> Found:
    everywhere = summaries(places().stores())
    if not everywhere:
        raise UsageError("There is no run yet. Start one with `hephaestus GOAL`, or see `hephaestus demo`.")
    matching = everywhere[:1] if word == "last" else [e for e in everywhere if e[1].run_id.startswith(word)]
    if len(matching) != 1:
        names = ", ".join(summary.run_id for _, summary in (matching or everywhere)[:8])
        what = "names several runs" if matching else "names no run"
        raise UsageError(f"{word!r} {what}: {names}. `hephaestus runs --all` lists them.")
    store, summary = matching[0]
    return _read(store, summary.run_id)


def _read(store: Path, word: str) -> Found:
    with Reader(store) as reader:
        run_id = reader.find_run(word)
        return Found(store, run_id, replay(reader.facts(run_id)))
