"""`hephaestus [GOAL]`: the app. Imports nothing that its first screen does not need."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from hephaestus_tui.bootstrap.deferred import DeferredHost, Opening
from hephaestus_tui.bootstrap.editor import TerminalEditor
from hephaestus_tui.bootstrap.looker import SystemLooker
from hephaestus_tui.bootstrap.pane_choice import chosen_panes, keep_panes
from hephaestus_tui.bootstrap.theme_choice import chosen_theme, keep_theme
from hephaestus_tui.cli.key_places import named_by_line
from hephaestus_tui.cli.main import add_goal_options, add_look_options, add_model_options, chosen
from hephaestus_tui.cli.terminal import require_terminal
from hephaestus_tui.config import Settings
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.plain import clean
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.first_look import actor, key_variables, read_table, ui_settings
from hephaestus_tui.paths import Places, anywhere, log_path, project_folder, project_notes, real
from hephaestus_tui.session import NewRun
from hephaestus_tui.ui.app import HephaestusApp, run_app
from hephaestus_tui.ui.pane_sizes import PaneSizes

FAREWELL = "The run is stored. Go on with it here: hephaestus --resume {run}"


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("goal", nargs="?", metavar="GOAL", help="what is to be achieved; without one, pick a run")
    parser.add_argument("--resume", metavar="RUN", help="open an earlier run at once")
    add_look_options(parser)
    add_model_options(parser)
    add_goal_options(parser)


def run(arguments: Namespace) -> int:
    if not arguments.plain:
        require_terminal()
    elif arguments.goal is None and arguments.resume is None:
        raise UsageError("With --plain give a goal, or --resume RUN: `hephaestus runs` lists them.")
    if arguments.goal is not None and arguments.resume is not None:
        raise UsageError("Give a goal or --resume RUN, not both.")
    project = project_folder(arguments.project)
    store = real(anywhere(arguments.db)) if arguments.db else Places.of(os.environ).project_store(project)
    request: NewRun | str | None = arguments.resume
    if arguments.goal is not None:
        policy = Policy(arguments.policy) if arguments.policy else None
        request = NewRun(goal=arguments.goal, role=arguments.role, phase=Phase(arguments.phase), policy=policy)
    elif request is not None and (request != "last" or not store.exists()):
        # all projects are looked through, with libraries that the first screen does not wait for otherwise
        store, request = importlib.import_module("hephaestus_tui.cli.places").locate(arguments, request)
    opening = Opening(project=project, store=store, options=chosen(arguments), environ=os.environ)
    if arguments.plain:
        plain: int = importlib.import_module("hephaestus_tui.cli.plain").show(opening, request)
        return plain
    return show(opening, request, slow=arguments.slow)


def show(
    opening: Opening, request: NewRun | str | None, farewell: str = FAREWELL, slow: bool = False, intro: str = ""
) -> int:
    """The app to its end. `farewell` is said then on stderr, with the run's id for `{run}`; `intro` when the run is drawn."""
    places = Places.of(opening.environ)
    table = read_table(places.config)
    look = ui_settings(table, opening.environ)
    host = DeferredHost(opening)
    with named_by_line(places.config):
        app = HephaestusApp(
            host,
            request,
            replace(look, theme=chosen_theme(places.state, look.theme), slow=look.slow or slow),
            actor(table, opening.environ),
            agents=_agents(opening, table),
            notes=[
                *([] if isinstance(request, str) else project_notes(opening.project)),
                *([intro] if intro else []),
            ],
            themes=places.theme_folders(),
            remember=partial(keep_theme, places.state, look.theme),
            sizes=PaneSizes(chosen_panes(places.state), partial(keep_panes, places.state)),
            log_file=log_path(opening.store),
            editor=TerminalEditor(opening.environ, places.state / "drafts", key_variables(table)),
            looker=SystemLooker(opening.environ, key_variables(table)),
        )
    code = asyncio.run(run_app(app))
    if app.failure is not None:
        print(f"hephaestus: {clean(str(app.failure))}", file=sys.stderr)
    if host.opened is not None:
        print(farewell.format(run=host.opened), file=sys.stderr)
    if app.demo_wanted:
        started: int = importlib.import_module("hephaestus_tui.cli.demo").on_the_screen()
        return started
    return code


def _agents(opening: Opening, table: Mapping[str, Any]) -> int:
    chosen = opening.options.get("agents") or table.get("agents")
    return chosen if isinstance(chosen, int) else Settings().agents
