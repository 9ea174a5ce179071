"""From what was typed to a store, a project and a run."""

from __future__ import annotations

import os
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.cli import output
from hephaestus_tui.cli.stores import places, store_of
from hephaestus_tui.domain.errors import StoreError, UsageError
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.session import RunSummary
from hephaestus_tui.store.reader import Reader, choose_run


@dataclass(frozen=True, slots=True)
class Found:
    """A stored run, read as it stood a moment ago."""

    store: Path
    run_id: RunId
    state: RunState


def find(arguments: Namespace, word: str) -> Found:
    """The run that `word` (an id, a unique prefix, or "last") names, read where `locate` finds it."""
    store, run_id = locate(arguments, word)
    with Reader(store) as reader:
        return Found(store, run_id, replay(reader.facts(run_id)))


def locate(arguments: Namespace, word: str) -> tuple[Path, RunId]:
    """Where a run is: in --db, else in --project, else in the current folder's project and then in all of them.

    Raises UsageError, StoreError.
    """
    named = arguments.db is not None or arguments.project is not None
    own = store_of(arguments)
    known = summaries(own) if own.exists() else []
    if named and not known:
        raise UsageError(f"There is no run yet in {own}: start one, or name another place with --project or --db.")
    if not named and not (known if word == "last" else any(run.run_id.startswith(word) for _, run in known)):
        known = everywhere()
    if not known:
        raise UsageError("There is no run yet. Start one with `hephaestus GOAL`, or see `hephaestus demo`.")
    run_id = choose_run([run.run_id for _, run in known], word)
    return next(store for store, run in known if run.run_id == run_id), run_id


def summaries(store: Path) -> list[tuple[Path, RunSummary]]:
    """Every run of a store, the one in which something happened last first. Raises StoreError."""
    with Reader(store) as reader:
        return [(store, summary) for summary in reader.runs()]


def everywhere() -> list[tuple[Path, RunSummary]]:
    """The same over all projects; a database that cannot be read is said and passed over."""
    found = []
    for store in places().stores():
        try:
            found += summaries(store)
        except StoreError as error:
            output.say(f"Passed over: {error}.")
    return sorted(found, key=lambda entry: entry[1].last_at, reverse=True)


def opening_of(found: Found) -> Opening:
    return Opening(project=Path(found.state.project), store=found.store, environ=os.environ)
