"""A command's way from the command line: to the process that owns the run where there is one, else carried out here."""

from __future__ import annotations

import asyncio
import os
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextvars import ContextVar

from hephaestus_tui.bootstrap.host import submit_alone
from hephaestus_tui.cli import output
from hephaestus_tui.cli.places import Found, opening_of
from hephaestus_tui.cli.stores import places
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.errors import StoreBusy
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.paths import socket_path
from hephaestus_tui.remote import client
from hephaestus_tui.settings import read_settings
from hephaestus_tui.store.lock import Lock

HANDOVER_SECONDS = 3.0
# carries a command out in this process, which has the run open itself: a socket of its own would refuse it
at_hand: ContextVar[Callable[[Command], Receipt] | None] = ContextVar("at_hand", default=None)


def carry_out(arguments: Namespace, found: Found, command: Command, tasks: Sequence[TaskId] = ()) -> None:
    """Submit it and say what came of it: a sentence on stderr, or with --json the receipt.

    `tasks` are those that it is about, where they are more than the receipt names.
    """
    receipt = submit(found, command)
    if arguments.json:
        output.data({"run": found.run_id, **to_data(receipt), **({"task_ids": list(tasks)} if tasks else {})})
    else:
        which = f" ({', '.join(tasks)})" if len(tasks) > 1 else ""
        where = "" if at_hand.get() else f"Run {found.run_id}: "
        output.say(f"{where}{receipt.note}{which}.")


def submit(found: Found, command: Command) -> Receipt:
    """To the owner of the store over its socket; with no owner, by taking the store for a moment."""
    if carry := at_hand.get():
        return carry(command)
    deadline = time.monotonic() + HANDOVER_SECONDS
    while True:
        alone = not owned(found)
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


def owned(found: Found) -> bool:
    """Whether a process has the run's store open, and so may have agents at work."""
    return Lock.holder(found.store) is not None


def person() -> Actor:
    """Who gives the command, as the settings name them."""
    settings = read_settings(places().config, os.environ, {})
    return Actor(ActorKind.HUMAN, settings.actor)
