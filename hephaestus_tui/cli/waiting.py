"""`inbox`, `answer`, `settle`, `bound`: all that waits for a human, and what is not a proposal of it answered."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import fields

from hephaestus_tui.cli import output
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import Found, find
from hephaestus_tui.cli.stores import places
from hephaestus_tui.cli.submit import carry_out, person
from hephaestus_tui.cli.wording import age
from hephaestus_tui.codec import to_data
from hephaestus_tui.config import SpawnBounds
from hephaestus_tui.domain.attention import Attention, AttentionKind, attention, holds
from hephaestus_tui.domain.commands import Answer, SetBlockerDefault, SettleBlocker, SettleBound
from hephaestus_tui.domain.decision import Choice
from hephaestus_tui.domain.errors import CommandRefused, UsageError
from hephaestus_tui.domain.events import ALLOW, Question, QuestionKind
from hephaestus_tui.domain.leave import Extent
from hephaestus_tui.domain.reporting import open_reports
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Report
from hephaestus_tui.domain.talk_commands import AnswerReport
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.settings import read_settings

BOUNDS = tuple(field.name for field in fields(SpawnBounds))


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    match parser.prog.rpartition(" ")[2]:
        case "inbox":
            add_json(parser, "one JSON object a line")
            return
        case "answer":
            parser.add_argument("task", metavar="TASK", help="the task whose agent asks, such as T3")
            answer = parser.add_mutually_exclusive_group(required=True)
            answer.add_argument(
                "text",
                metavar="TEXT",
                nargs="?",
                help="the answer to its question; to criteria that are not met: "
                "'accept: REASON', 'back: A WORD TO ITS AGENT' or 'fail: REASON'",
            )
            answer.add_argument("--allow", action="store_true", help="let it do what it asks leave for")
            answer.add_argument("--refuse", metavar="WHY", help="do not let it, and say why")
            parser.add_argument(
                "--for", dest="extent", choices=tuple(Extent),
                help="with --allow: this once (the default), or equal calls of the task or the run, until you take it back",
            )  # fmt: skip
            parser.add_argument(
                "--instead", metavar="COMMAND", help="with --allow: run this command instead of its own"
            )
            answer.add_argument("--noted", action="store_true", help="take note of what it reports, and say nothing")
        case "settle":
            parser.add_argument("blocker", metavar="BLOCKER", nargs="?", help="what was rejected, cancelled or failed")
            parser.add_argument(
                "choice", nargs="?", choices=tuple(Choice),
                help="drop: no longer wait for it; cancel: cancel or reject what waits; keep: let it wait",
            )  # fmt: skip
            default = parser.add_mutually_exclusive_group()
            default.add_argument("--always", action="store_true", help="and choose so from now on, without asking")
            default.add_argument("--ask-again", action="store_true", help="ask each time, from now on")
        case _:
            known = f"{', '.join(BOUNDS)}; without one all are listed"
            parser.add_argument("bound", metavar="BOUND", nargs="?", choices=BOUNDS, help=known)
            what = parser.add_mutually_exclusive_group()
            what.add_argument(
                "--raise", metavar="N", type=_limit, dest="limit", help="let that be the bound in this run"
            )
            what.add_argument(
                "--leave", action="store_true", help="take note that it was reached, and leave it as it is"
            )
    add_json(parser)


def _limit(word: str) -> int:
    if not word.isascii() or not word.isdigit() or int(word) == 0:
        raise ArgumentTypeError(f"{word!r} is no number from 1 up")
    return int(word)


def run(arguments: Namespace) -> int:
    {"inbox": _inbox, "answer": _answer, "settle": _settle, "bound": _bound}[arguments.command](arguments)
    return 0


def _inbox(arguments: Namespace) -> None:
    found = find(arguments, arguments.run)
    state, items = found.state, attention(found.state)
    if arguments.json:
        for item in items:
            output.data({"run": found.run_id, **to_data(item), "behind": behind(state, item)})
        return
    if not items:
        output.say("Nothing waits for you.")
        return
    output.table(
        ("KIND", "TASK", "WAITS", "HOLDS UP", "WHAT"),
        [(i.kind, i.task_id, age(time.time() - i.since), _holds_up(state, i), i.text) for i in items],
    )


def behind(state: RunState, item: Attention) -> list[TaskId]:
    """The tasks and proposals that cannot begin before it is dealt with, the oldest first."""
    return list(holds(state, item))


def _holds_up(state: RunState, item: Attention) -> str:
    agent = ["its agent"] if item.stands and item.kind is not AttentionKind.BUDGET else []
    return ", ".join([*agent, *behind(state, item)]) or "-"


def _answer(arguments: Namespace) -> None:
    if arguments.noted:
        found = find(arguments, arguments.run)
        _answer_report(arguments, found, _reported(found.state, arguments.task), "")
        return
    if (arguments.extent or arguments.instead is not None) and not arguments.allow:
        raise UsageError("--for and --instead go with --allow.")
    words: str = ALLOW if arguments.allow else arguments.text if arguments.text is not None else arguments.refuse
    if not words.strip():
        raise UsageError("The answer is empty: say something, or use --allow or --refuse WHY.")
    if arguments.refuse is not None and words.strip() == ALLOW:
        raise UsageError(f"--refuse {words!r} would be taken for leave: say in other words why not.")
    found = find(arguments, arguments.run)
    task_id = arguments.task.strip().upper()
    if arguments.text is not None and not _asks(found.state, task_id) and any(_reports(found.state, task_id)):
        _answer_report(arguments, found, _reported(found.state, task_id), words)
        return
    question = _asked(found.state, task_id, leave=arguments.text is None)
    extent, command = Extent(arguments.extent or Extent.ONCE), arguments.instead
    answer = Answer(question_id=question.id, answer=words, actor=person(), command=command, extent=extent)
    carry_out(arguments, found, answer)


def _answer_report(arguments: Namespace, found: Found, report: Report, words: str) -> None:
    carry_out(arguments, found, AnswerReport(report_id=report.id, words=words, actor=person()))


def _asks(state: RunState, task_id: TaskId) -> bool:
    return any(question.task_id == task_id for question in state.questions.values())


def _reports(state: RunState, task_id: TaskId) -> list[Report]:
    return [report for report in open_reports(state) if report.task_id == task_id]


def _reported(state: RunState, word: str) -> Report:
    """The oldest report of a task that no human has looked at. Raises CommandRefused."""
    for report in _reports(state, word.strip().upper()):
        return report
    raise CommandRefused(f"{word} reports nothing now: `hephaestus inbox {state.run_id}` lists what waits for you.")


def _asked(state: RunState, task_id: TaskId, leave: bool) -> Question:
    """The oldest open question of a task, of the kind that is answered. Raises CommandRefused, UsageError."""
    asked = [question for question in state.questions.values() if question.task_id == task_id]
    if not asked:
        raise CommandRefused(f"{task_id} asks nothing now: `hephaestus inbox {state.run_id}` lists what waits for you.")
    for question in asked:
        if (question.kind is QuestionKind.PERMISSION) is leave:
            return question
    if leave:
        raise UsageError(f"{task_id} asks a question, {asked[0].text!r}: answer it in words.")
    raise UsageError(f"{task_id} asks leave for {asked[0].text!r}: use --allow, or --refuse WHY.")


def _settle(arguments: Namespace) -> None:
    if (arguments.blocker is None) != (arguments.choice is None) or not (arguments.blocker or arguments.ask_again):
        raise UsageError("Say for which blocker, and what: hephaestus settle RUN BLOCKER drop|cancel|keep.")
    found, actor = find(arguments, arguments.run), person()
    choice = Choice(arguments.choice) if arguments.choice else None
    if choice:
        blocker = arguments.blocker.strip().upper()
        carry_out(arguments, found, SettleBlocker(blocker=blocker, choice=choice, actor=actor))
    if arguments.always or arguments.ask_again:
        default = choice if arguments.always else None
        carry_out(arguments, found, SetBlockerDefault(choice=default, actor=actor))


def _bound(arguments: Namespace) -> None:
    found = find(arguments, arguments.run)
    if arguments.limit is None and not arguments.leave:
        _list_bounds(arguments, found.state)
        return
    if arguments.bound is None:
        raise UsageError(f"Name the bound: {', '.join(BOUNDS)}.")
    carry_out(arguments, found, SettleBound(bound=arguments.bound, limit=arguments.limit, actor=person()))


def _list_bounds(arguments: Namespace, state: RunState) -> None:
    """Each bound, or the one that is named, with its limit in this run and the tasks that reached it."""
    settings = read_settings(places().config, os.environ, {}).spawn
    rows = [
        {
            "bound": name,
            "limit": state.bounds.get(name, getattr(settings, name)),
            "raised": name in state.bounds,
            "reached_by": [fact.task_id for fact in state.bounds_reached.get(name, ())],
        }
        for name in BOUNDS
        if arguments.bound in (None, name)
    ]
    if arguments.json:
        for row in rows:
            output.data(row)
        return
    output.table(
        ("BOUND", "LIMIT", "REACHED BY"),
        [
            (str(r["bound"]), f"{r['limit']}{' (raised)' if r['raised'] else ''}", ", ".join(r["reached_by"]) or "-")
            for r in rows
        ],
    )
