"""`model`: which model answers for which task, and choosing another one, also while the app is open."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from hephaestus_tui.cli import output
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import find
from hephaestus_tui.cli.submit import carry_out, person
from hephaestus_tui.domain.answering import fell_back_words
from hephaestus_tui.domain.commands import ChooseModel
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.paths import anywhere

DEFAULT = "default"
SCRIPT = "scripted:"


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument(
        "words",
        metavar="[TASK] MODEL",
        nargs="*",
        help=f"PROVIDER:MODEL, for the run or for one task, from its next turn on; `{DEFAULT}` leaves it to the settings",
    )
    add_json(parser)


def run(arguments: Namespace) -> int:
    *task, model = arguments.words or [""]
    if len(task) > 1:
        raise UsageError("Name one task at most, and then the model: hephaestus model RUN T3 anthropic:NAME.")
    found = find(arguments, arguments.run)
    if not model:
        _list(arguments, found.state)
        return 0
    if model.startswith(SCRIPT):  # named so that every folder finds it again
        model = f"{SCRIPT}{anywhere(model.removeprefix(SCRIPT))}"
    task_id = task[0].upper() if task else None
    chosen = "" if model == DEFAULT else model
    carry_out(arguments, found, ChooseModel(model=chosen, task_id=task_id, actor=person()))
    return 0


def _list(arguments: Namespace, state: RunState) -> None:
    if arguments.json:
        output.data({"run": state.run_id, "model": state.model, "chosen": state.model_chosen or None})
        for task_id, agent in state.agents.items():
            fell = agent.fell_back
            output.data(
                {
                    "task_id": task_id,
                    "role": agent.role,
                    "model": agent.model,
                    "first": agent.first,
                    "chosen": state.models_chosen.get(task_id),
                    "why": fell.why if fell else None,
                    "since": fell.since if fell else None,
                }
            )
        return
    rows = [
        ("the run", "", short_model(state.model_chosen or state.model), "chosen by hand" if state.model_chosen else "")
    ]
    for task_id, agent in state.agents.items():
        by_hand = "chosen by hand" if task_id in state.models_chosen else ""
        rows.append((task_id, agent.role, short_model(agent.model), fell_back_words(agent) or by_hand))
    output.table(("WHAT", "ROLE", "MODEL", ""), rows)
