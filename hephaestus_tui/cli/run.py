"""`run`: a goal, on the screen or without one."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.bootstrap.host import LocalHost
from hephaestus_tui.cli import output
from hephaestus_tui.cli.main import INTERRUPTED, add_goal_options, add_model_options
from hephaestus_tui.cli.narrate import narrate
from hephaestus_tui.cli.places import store_of
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.events import Recorded
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.headless.policies import Decider, policy
from hephaestus_tui.headless.runner import HeadlessRun
from hephaestus_tui.paths import project_folder
from hephaestus_tui.session import NewRun


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("goal", nargs="?", metavar="GOAL", help="what is to be achieved, in a sentence")
    parser.add_argument("--resume", metavar="RUN", help="go on with an earlier run instead")
    add_model_options(parser)
    add_goal_options(parser)
    add_headless_options(parser)


def add_headless_options(parser: ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help="without a screen")
    parser.add_argument(
        "--decide", metavar="POLICY", help="with --headless: accept, reject, wait, ask, or a rules file (default: wait)"
    )
    parser.add_argument("--json", action="store_true", help="with --headless: every fact as one JSON object a line")


def run(arguments: Namespace) -> int:
    if bool(arguments.goal) == bool(arguments.resume):
        raise UsageError("Give a goal, or --resume RUN to go on with an earlier run.")
    opening = Opening(
        project=project_folder(arguments.project, Path.cwd()),
        store=store_of(arguments),
        options=chosen(arguments),
        environ=os.environ,
    )
    request = new_run(arguments) if arguments.goal else arguments.resume
    return open_run(opening, request, arguments)


def chosen(arguments: Namespace) -> dict[str, object]:
    return {name: getattr(arguments, name) for name in ("model", "policy", "agents")}


def new_run(arguments: Namespace) -> NewRun:
    return NewRun(
        goal=arguments.goal,
        role=arguments.role,
        phase=Phase(arguments.phase),
        policy=Policy(arguments.policy) if arguments.policy else None,
    )


def open_run(opening: Opening, request: NewRun | str, arguments: Namespace) -> int:
    """On the screen, or headless as the options say."""
    if not arguments.headless:
        if arguments.decide or arguments.json:
            raise UsageError("--decide and --json go with --headless.")
        # a headless run has no use for Textual, which takes as long to import as all the rest
        code: int = importlib.import_module("hephaestus_tui.cli.app").show(opening, request)
        return code
    return asyncio.run(headless(opening, request, arguments.decide or "wait", arguments.json))


async def headless(opening: Opening, request: NewRun | str, word: str, as_json: bool) -> int:
    host = LocalHost(opening)
    decider: Decider = policy(word, host.actor, _ask)
    emit: Callable[[Recorded], None] = _print if as_json else narrate
    work = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lambda: work.cancel() if work else None)
    try:
        if isinstance(request, NewRun):
            session = await host.start(request)
        else:
            session = await host.resume(request)
        serving = asyncio.create_task(host.serve())
        try:
            front = HeadlessRun(session, decider, host.actor, emit)
            return await front.run(from_start=isinstance(request, NewRun))
        finally:
            serving.cancel()
            await asyncio.wait([serving])
            _say_what_waits(session.run_id, len(session.state().proposals))
    except asyncio.CancelledError:
        return INTERRUPTED
    finally:
        await host.close()


def _say_what_waits(run_id: str, waiting: int) -> None:
    output.say(f"Run {run_id}." + (f" {waiting} wait: hephaestus proposals {run_id}" if waiting else ""))


def _print(recorded: Recorded) -> None:
    output.data({"seq": recorded.seq, "at": recorded.at, "kind": recorded.fact.KIND, **to_data(recorded.fact)})


def _ask(prompt: str) -> str:
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line
