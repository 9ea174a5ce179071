"""`run`: a goal, on the screen or without one.

The two ways have little in common, and each takes long to import: what only one of them needs is loaded by it.
"""

from __future__ import annotations

import asyncio
import importlib
import os
from argparse import ArgumentParser, Namespace

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.cli import output
from hephaestus_tui.cli.main import add_goal_options, add_look_options, add_model_options, chosen
from hephaestus_tui.cli.stores import store_of
from hephaestus_tui.cli.terminal import require_terminal
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.headless.finished import WorkPolicy
from hephaestus_tui.headless.policies import Decider
from hephaestus_tui.paths import project_folder, project_notes
from hephaestus_tui.session import NewRun


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("goal", nargs="?", metavar="GOAL", help="what is to be achieved, in a sentence")
    parser.add_argument("--resume", metavar="RUN", help="go on with an earlier run instead")
    add_model_options(parser)
    add_goal_options(parser)
    add_headless_options(parser)


def add_headless_options(parser: ArgumentParser, works: WorkPolicy = WorkPolicy.KEEP) -> None:
    """`works` is what becomes of finished work where nothing else is said."""
    add_look_options(parser)
    parser.add_argument("--headless", action="store_true", help="without a screen")
    parser.add_argument(
        "--decide", metavar="POLICY", help="with --headless: accept, reject, wait, ask, or a rules file (default: wait)"
    )
    parser.add_argument(
        "--work", choices=tuple(WorkPolicy),
        help="with --headless: merge finished work, having tasks resolve what conflicts, or keep it for you "
        f"(default: {works})",
    )  # fmt: skip
    parser.set_defaults(works=works)
    parser.add_argument("--json", action="store_true", help="with --headless: every fact as one JSON object a line")


def run(arguments: Namespace) -> int:
    if arguments.goal is not None and arguments.resume is not None:
        raise UsageError("Give a goal or --resume RUN, not both.")
    if arguments.goal is None and arguments.resume is None:
        raise UsageError("Give a goal, or --resume RUN to go on with an earlier run.")
    decider = front(arguments)
    project, store = project_folder(arguments.project), store_of(arguments)
    request: NewRun | str = new_run(arguments) if arguments.goal is not None else arguments.resume
    if isinstance(request, str):
        store, request = importlib.import_module("hephaestus_tui.cli.places").locate(arguments, request)
    elif decider:
        for note in project_notes(project):
            output.say(note)
    opening = Opening(project=project, store=store, options=chosen(arguments), environ=os.environ)
    return open_run(opening, request, decider, arguments)


def new_run(arguments: Namespace) -> NewRun:
    return NewRun(
        goal=arguments.goal,
        role=arguments.role,
        phase=Phase(arguments.phase),
        policy=Policy(arguments.policy) if arguments.policy else None,
    )


def front(arguments: Namespace) -> Decider | None:
    """Who decides without a screen; None for the app. Whatever of it cannot be is told before anything is made."""
    if arguments.headless and arguments.plain:
        raise UsageError("--headless decides by itself, with --plain you do: give one of them.")
    if not arguments.headless:
        if arguments.decide or arguments.json or arguments.work:
            raise UsageError("--decide, --work and --json go with --headless.")
        if not arguments.plain:
            require_terminal()
        return None
    decider: Decider = importlib.import_module("hephaestus_tui.cli.unattended").decider(arguments.decide or "wait")
    return decider


def open_run(
    opening: Opening, request: NewRun | str, decider: Decider | None, arguments: Namespace, farewell: str | None = None,
    intro: str = "",
) -> int:  # fmt: skip
    """On the screen where nobody else decides; `intro` is said there at first, and `farewell` after it."""
    code: int
    if arguments.plain:
        code = importlib.import_module("hephaestus_tui.cli.plain").show(opening, request)
    elif decider is None:
        app = importlib.import_module("hephaestus_tui.cli.app")
        code = app.show(opening, request, farewell or app.FAREWELL, slow=arguments.slow, intro=intro)
    else:
        works = WorkPolicy(arguments.work or arguments.works)
        unattended = importlib.import_module("hephaestus_tui.cli.unattended")
        code = asyncio.run(unattended.headless(opening, request, decider, works, arguments.json))
    return code
