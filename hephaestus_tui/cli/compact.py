"""`compact`: have an agent's conversation summed up before its next turn, also while the app is open."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import find
from hephaestus_tui.cli.submit import carry_out, person
from hephaestus_tui.domain.context_commands import Compact


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("task", metavar="TASK", help="a task whose agent is at work or held, such as T3")
    add_json(parser)


def run(arguments: Namespace) -> int:
    found = find(arguments, arguments.run)
    carry_out(arguments, found, Compact(task_id=arguments.task.strip().upper(), actor=person()))
    return 0
