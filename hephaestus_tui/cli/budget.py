"""`budget`: what was spent of which budget, which ones hold agents, and raising one, also while the app is open."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator

from hephaestus_tui.cli import output
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import find
from hephaestus_tui.cli.spent import place_data, spent_words
from hephaestus_tui.cli.stores import places
from hephaestus_tui.cli.submit import carry_out, person
from hephaestus_tui.config import Limits
from hephaestus_tui.domain.budget import Budget, Place, Scope, Unit, amount
from hephaestus_tui.domain.commands import AllowUnpriced, SetBudget
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.spending import budget_words
from hephaestus_tui.domain.state import RunState, number
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.engine.limits import limit_of
from hephaestus_tui.settings import read_settings

NAMES = {Budget(Place(scope), unit).setting: (scope, unit) for scope in Scope for unit in Unit}


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("budget", metavar="BUDGET", nargs="?", choices=tuple(NAMES), help=", ".join(NAMES))
    parser.add_argument("of", metavar="OF", nargs="?", default="", help="the phase or the task, such as T3")
    parser.add_argument("--raise", metavar="N", type=_limit, dest="limit", help="in this run; 0 is no limit")
    parser.add_argument(
        "--allow-unpriced",
        action="store_true",
        help="let models without a known price go on: only what is known counts",
    )
    add_json(parser)


def _limit(word: str) -> float:
    try:
        return float(word.removeprefix("$").replace("_", ""))
    except ValueError:
        raise ArgumentTypeError(f"{word!r} is no number") from None


def run(arguments: Namespace) -> int:
    if (arguments.limit is not None) != (arguments.budget is not None):
        raise UsageError("Say which budget, and how much: hephaestus budget RUN run_dollars --raise 20.")
    found = find(arguments, arguments.run)
    if arguments.allow_unpriced:
        carry_out(arguments, found, AllowUnpriced(actor=person()))
    if arguments.budget:
        scope, unit = NAMES[arguments.budget]
        of = arguments.of.upper() if scope in (Scope.TASK, Scope.SUBTREE) else arguments.of
        carry_out(
            arguments, found, SetBudget(budget=Budget(Place(scope, of), unit), limit=arguments.limit, actor=person())
        )
    elif not arguments.allow_unpriced:
        _list(arguments, found.state)
    return 0


def _list(arguments: Namespace, state: RunState) -> None:
    limits = read_settings(places().config, os.environ, {}).limits
    if arguments.json:
        for place in _all_places(state):
            output.data({"scope": place.scope, **place_data(state, place), "limits": _limits(state, limits, place)})
        return
    rows = [
        (str(place), spent_words(state, place), _words(state, limits, place, Unit.DOLLARS), _words(state, limits, place, Unit.TOKENS))
        for place in _all_places(state)
    ]  # fmt: skip
    output.table(("WHAT", "SPENT", "DOLLARS", "TOKENS"), rows)
    for reached in state.budgets_reached.values():
        output.say(f"Agents wait: {budget_words(reached)}.")


def _all_places(state: RunState) -> Iterator[Place]:
    """Those on which something was spent: the run, phases, tasks, and subtrees of tasks that spawned something."""
    yield Place(Scope.RUN)
    yield from (p for phase in Phase if (p := Place(Scope.PHASE, phase)) in state.spent)
    for task_id in sorted(state.tasks, key=number):
        if Place(Scope.SUBTREE, task_id) in state.spent and state.children(task_id):
            yield Place(Scope.SUBTREE, task_id)
        if Place(Scope.TASK, task_id) in state.spent:
            yield Place(Scope.TASK, task_id)


def _limits(state: RunState, limits: Limits, place: Place) -> dict[str, float | None]:
    return {unit: limit_of(state, limits, Budget(place, unit)) or None for unit in Unit}


def _words(state: RunState, limits: Limits, place: Place, unit: Unit) -> str:
    budget = Budget(place, unit)
    limit = limit_of(state, limits, budget)
    held = " reached" if budget in state.budgets_reached else ""
    return f"of {amount(unit, limit)}{held}" if limit else "no limit"
