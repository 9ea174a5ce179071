"""`demo`: the scripted squad on a sample project in a temporary folder. Store, gate, tools and git are the real ones."""

from __future__ import annotations

import importlib
import math
import os
import tempfile
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from pathlib import Path

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.cli import output
from hephaestus_tui.cli.run import add_headless_options, front, open_run
from hephaestus_tui.cli.stores import places
from hephaestus_tui.demo import new_run, script_path
from hephaestus_tui.demo.layout import lay_out
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.headless.finished import WorkPolicy
from hephaestus_tui.paths import anywhere, real
from hephaestus_tui.session import NewRun

FAREWELL = "The demo's project is in {project}. Go on with it: hephaestus demo --resume"
INTRO = (
    "A demo: a script plays the agents, it costs nothing. They will propose tasks:\n"
    "n goes to the next that waits, a accepts it, r rejects it. ? shows every key."
)
PLAIN_INTRO = (
    "This is the demo: a script plays the agents, on a small project of their own, and it costs nothing. "
    "In a moment they propose tasks, and you decide."
)
PREFIX = "hephaestus-demo-"


def add_options(parser: ArgumentParser) -> None:
    script = script_path()
    parser.epilog = (
        f"The squad plays the script {script}. One of your own is played by --model scripted:FILE; what it may hold is "
        f"described at the top of {script.parents[1] / 'providers' / 'script.py'}."
    )
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        metavar="X",
        help="how fast the squad works: 2 is twice as fast, 0 does not wait at all",
    )
    parser.add_argument("--resume", action="store_true", help="go on with the last demo")
    add_headless_options(parser, WorkPolicy.MERGE)  # the folder was made for it


def run(arguments: Namespace) -> int:
    if not arguments.speed >= 0:  # also where it is not a number
        raise UsageError("--speed is a factor of 0 or more: 2 is twice as fast, 0 does not wait at all.")
    decider = front(arguments)
    if arguments.resume:
        project, store, request = _last(arguments)
    else:
        project = lay_out(real(anywhere(arguments.project))) if arguments.project else _laid_out_anew()
        store = real(anywhere(arguments.db)) if arguments.db else places().project_store(project)
        request = new_run()
    opening, farewell = _opening(project, store, arguments.speed), FAREWELL.format(project=project)
    if arguments.plain:
        output.say(PLAIN_INTRO)
    code = open_run(opening, request, decider, arguments, farewell, "" if arguments.resume else INTRO)
    if arguments.headless:
        output.say(farewell)
    return code


def on_the_screen() -> int:
    """A new demo for someone who chose it in the app."""
    project = _laid_out_anew()
    opening = _opening(project, places().project_store(project), speed=1.0)
    code: int = importlib.import_module("hephaestus_tui.cli.app").show(
        opening, new_run(), FAREWELL.format(project=project), intro=INTRO
    )
    return code


def _opening(project: Path, store: Path, speed: float) -> Opening:
    return Opening(
        project=project,
        store=store,
        options={"model": f"scripted:{script_path()}", "workspaces": "auto"},
        environ=os.environ,
        speed=speed or math.inf,
        trusted=True,
        one_model=True,
    )


def _laid_out_anew() -> Path:
    folder = real(Path(tempfile.mkdtemp(prefix=PREFIX)))
    try:
        return lay_out(folder)
    except UsageError:
        with suppress(OSError):  # where something is in it already it may tell why
            folder.rmdir()
        raise


def _last(arguments: Namespace) -> tuple[Path, Path, NewRun | str]:
    stored = importlib.import_module("hephaestus_tui.cli.places")  # a new demo need not wait for what reads databases
    for store, summary in stored.summaries(real(anywhere(arguments.db))) if arguments.db else stored.everywhere():
        project = Path(summary.project)
        if summary.model == f"scripted:{script_path()}" and project.is_dir():
            return project, store, summary.run_id
    raise UsageError("There is no demo to go on with: start one with `hephaestus demo`.")
