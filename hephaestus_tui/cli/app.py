"""`hephaestus [GOAL]`: the app. Imports nothing that its first screen does not need."""

from __future__ import annotations

import asyncio
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hephaestus_tui.bootstrap.deferred import DeferredHost, Opening
from hephaestus_tui.cli.main import add_goal_options, add_model_options
from hephaestus_tui.config import Settings
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.first_look import actor, read_table, ui_settings
from hephaestus_tui.paths import Places, log_path, project_folder
from hephaestus_tui.session import NewRun
from hephaestus_tui.ui.app import HephaestusApp, run_app


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("goal", nargs="?", metavar="GOAL", help="what is to be achieved; without one, pick a run")
    parser.add_argument("--resume", metavar="RUN", help="open an earlier run at once")
    add_model_options(parser)
    add_goal_options(parser)


def run(arguments: Namespace) -> int:
    require_terminal()
    if arguments.goal and arguments.resume:
        raise UsageError("Give a goal or --resume RUN, not both.")
    project = project_folder(arguments.project, Path.cwd())
    store = Path(arguments.db).expanduser().resolve() if arguments.db else Places.of(os.environ).project_store(project)
    opening = Opening(
        project=project,
        store=store,
        options={name: getattr(arguments, name) for name in ("model", "policy", "agents")},
        environ=os.environ,
    )
    request: NewRun | str | None = arguments.resume
    if arguments.goal:
        policy = Policy(arguments.policy) if arguments.policy else None
        request = NewRun(goal=arguments.goal, role=arguments.role, phase=Phase(arguments.phase), policy=policy)
    return show(opening, request)


def require_terminal() -> None:
    """Raises UsageError where no screen can be drawn: Textual itself would write escapes into whatever is there."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "The app needs a terminal, and there is none. Without one use: hephaestus run GOAL --headless --decide POLICY"
        )
    if os.environ.get("TERM", "dumb") in ("dumb", ""):
        raise UsageError(
            "This terminal (TERM=dumb) cannot show the app. Set TERM, or use: hephaestus run GOAL --headless"
        )


def show(opening: Opening, request: NewRun | str | None) -> int:
    require_terminal()
    places = Places.of(opening.environ)
    table = read_table(places.config)
    app = HephaestusApp(
        DeferredHost(opening),
        request,
        ui_settings(table, opening.environ),
        actor(table, opening.environ),
        agents=_agents(opening, table),
        themes=places.theme_folders(),
        log_file=log_path(opening.store),
    )
    code = asyncio.run(run_app(app))
    if app.failure is not None:
        print(f"hephaestus: {app.failure}", file=sys.stderr)
    return code


def _agents(opening: Opening, table: Mapping[str, Any]) -> int:
    chosen = opening.options.get("agents") or table.get("agents")
    return chosen if isinstance(chosen, int) else Settings().agents
