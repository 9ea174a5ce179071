"""`accept`, `edit`, `reject`: by the process that owns the run where there is one, else here."""

from __future__ import annotations

import asyncio
import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hephaestus_tui.bootstrap.host import submit_alone
from hephaestus_tui.cli import output
from hephaestus_tui.cli.places import Found, find, opening_of
from hephaestus_tui.cli.stores import places
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.commands import Command, Decide, Receipt
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.errors import StoreBusy, UsageError
from hephaestus_tui.domain.task import Discovery, Phase, Priority
from hephaestus_tui.paths import socket_path
from hephaestus_tui.remote import client
from hephaestus_tui.settings import read_settings
from hephaestus_tui.store.lock import Lock

HANDOVER_SECONDS = 3.0
VERDICTS = {"accept": Verdict.ACCEPT, "edit": Verdict.EDIT, "reject": Verdict.REJECT}


def add_options(parser: ArgumentParser) -> None:
    command = parser.prog.rpartition(" ")[2]
    parser.add_argument("run", metavar="RUN", help="a run's id, a unique prefix of one, or `last`")
    parser.add_argument("task", metavar="TASK", help="the proposal's id, such as T3")
    if command == "edit":
        parser.add_argument(
            "--set", metavar="FIELD=VALUE", action="append", required=True, dest="changes",
            help=f"a field to change ({', '.join(_FIELDS)}); may be repeated, done_criteria once a criterion",
        )  # fmt: skip
    if command == "reject":
        parser.add_argument("--reason", required=True, help="why: the agent learns from it")
    parser.add_argument("--json", action="store_true", help="the receipt as JSON")


def run(arguments: Namespace) -> int:
    changed = changes(arguments.changes) if arguments.command == "edit" else {}
    if arguments.command == "reject" and not arguments.reason.strip():
        raise UsageError("--reason is empty: say why, the agent learns from it.")
    found = find(arguments, arguments.run)
    task_id = arguments.task.upper()
    proposal = found.state.proposals.get(task_id)
    command = Decide(
        task_id=task_id,
        verdict=VERDICTS[arguments.command],
        actor=_actor(),
        version=proposal.version if proposal else 0,
        final=replace(proposal.draft, **changed) if proposal and changed else None,
        reason=getattr(arguments, "reason", ""),
    )
    receipt = submit(found, command)
    if arguments.json:
        output.data({"run": found.run_id, **to_data(receipt)})
    else:
        output.say(f"Run {found.run_id}: {receipt.note}.")
    return 0


def submit(found: Found, command: Command) -> Receipt:
    """To the owner of the store over its socket; with no owner, by taking the store for a moment."""
    deadline = time.monotonic() + HANDOVER_SECONDS
    while True:
        alone = Lock.holder(found.store) is None
        try:
            if alone:
                return asyncio.run(submit_alone(opening_of(found), found.run_id, command))
            return client.submit(socket_path(found.store), found.run_id, command)
        except StoreBusy as error:
            # an owner comes or goes at this moment; what was sent to one is not sent again
            sent = not alone and not isinstance(error, client.NobodyListens)
            if sent or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _actor() -> Actor:
    settings = read_settings(places().config, os.environ, {})
    return Actor(ActorKind.HUMAN, settings.actor)


_FIELDS: dict[str, Callable[[str], Any]] = {
    "title": str,
    "description": str,
    "rationale": str,
    "phase": Phase,
    "role": str,
    "priority": Priority,
    "discovery": Discovery,
    "blocked_by": lambda value: tuple(word.strip().upper() for word in value.split(",") if word.strip()),
    "done_criteria": str,
}


def changes(settings: list[str]) -> dict[str, Any]:
    """The fields that FIELD=VALUE words set. Raises UsageError that names the field."""
    changed: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or name not in _FIELDS:
            raise UsageError(f"--set {setting!r}: write FIELD=VALUE with one of {', '.join(_FIELDS)}.")
        try:
            read = _FIELDS[name](value)
        except ValueError as error:
            raise UsageError(f"--set {name}: {error}.") from error
        if name == "done_criteria":
            read = (*changed.get(name, ()), read) if read else ()
        changed[name] = read
    return changed
