"""`steer`, `pause`, `resume`, `step`, `stop`, `restart`: orders to agents from another terminal, also while the app is open."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping

from hephaestus_tui.cli import output
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import Found, find
from hephaestus_tui.cli.submit import carry_out, person
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.commands import Command, Pause, Restart, Resume, Revoke, Steer, Step, Stop
from hephaestus_tui.domain.errors import CommandRefused, UsageError
from hephaestus_tui.domain.reach import WHOLE_RUN, Reach, only, with_below
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.words import When

INTERMIXED = True  # options may stand before the task
_ORDERS: Mapping[str, Callable[[Reach, Namespace], Command]] = {
    "pause": lambda reach, _: Pause(reach=reach, actor=person()),
    "resume": lambda reach, _: Resume(reach=reach, actor=person()),
    "step": lambda reach, _: Step(reach=reach, actor=person()),
    "stop": lambda reach, given: Stop(reach=reach, actor=person(), reason=given.reason),
    "restart": lambda reach, given: Restart(reach=reach, actor=person(), note=given.note, fresh=given.fresh),
}


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    name = parser.prog.rpartition(" ")[2]
    if name == "steer":
        parser.add_argument(
            "words", metavar="[TASK] TEXT", nargs="*",
            help="the task, and what its agent shall read (- reads it from standard input); without a text, "
            "what was said and is not read yet is listed",
        )  # fmt: skip
        parser.add_argument(
            "--when", choices=tuple(When), default=When.NOW,
            help="now: before the next model call; queued: when it would complete its task or has nothing to do; "
            "interrupting: what it is at is cut off (default: %(default)s)",
        )  # fmt: skip
        parser.add_argument(
            "--take-back", metavar="NUMBER", type=int, help="take back a message that is not read yet, by its number"
        )
    else:
        parser.add_argument("task", metavar="TASK", nargs="?", help="a task's id, such as T3")
    whom = parser.add_mutually_exclusive_group()
    whom.add_argument("--below", action="store_true", help="the task with all that was spawned below it")
    whom.add_argument("--all", action="store_true", help="the whole run")
    if name == "stop":
        parser.add_argument("--reason", metavar="TEXT", default="", help="why, for the record")
    if name == "restart":
        parser.add_argument("--note", metavar="TEXT", default="", help="what the agent reads first")
        parser.add_argument(
            "--fresh", action="store_true", help="begin a new conversation with the brief, the note and what was tried"
        )
    add_json(parser)


def run(arguments: Namespace) -> int:
    if arguments.command == "steer":
        return _steer(arguments)
    reach = _reach(arguments, arguments.task)
    found = find(arguments, arguments.run)
    carry_out(arguments, found, _ORDERS[arguments.command](reach, arguments))
    return 0


def _reach(arguments: Namespace, task: str | None) -> Reach:
    """Raises UsageError where it is not said whom the order is for: it is never guessed to be all."""
    if arguments.all:
        if task is not None:
            raise UsageError(f"Name {task} or --all, not both.")
        return WHOLE_RUN
    if task is None:
        raise UsageError(f"Say for whom: hephaestus {arguments.command} RUN TASK, with --below, or --all.")
    task_id = task.strip().upper()
    return with_below(task_id) if arguments.below else only(task_id)


def _steer(arguments: Namespace) -> int:
    words = list(arguments.words)
    task = words.pop(0) if words and not arguments.all else None
    only_lists = task is None and not words and not arguments.below and arguments.take_back is None
    reach = WHOLE_RUN if only_lists else _reach(arguments, task)
    if len(words) > 1:
        raise UsageError("The message is one argument: put it into quotes.")
    found = find(arguments, arguments.run)
    if arguments.take_back is not None:
        if words or not reach.is_one:
            raise UsageError("To take words back, name the task and the number, and nothing to say.")
        number = arguments.take_back
        carry_out(arguments, found, Revoke(task_id=reach.task_id or "", number=number, actor=person()))
    elif words:
        text = sys.stdin.read() if words[0] == "-" else words[0]
        carry_out(arguments, found, Steer(reach=reach, text=text, when=When(arguments.when), actor=person()))
    else:
        _list(arguments, found, reach)
    return 0


def _list(arguments: Namespace, found: Found, reach: Reach) -> None:
    unread = {t: words for t, words in found.state.steering.items() if reach.task_id in (None, t)}
    if reach.task_id is not None:
        _known(found.state, reach.task_id)
    if arguments.json:
        for task_id, words in unread.items():
            for word in words:
                output.data({"run": found.run_id, "task_id": task_id, **to_data(word)})
        return
    if not unread:
        output.say("Everything that was said is read.")
        return
    rows = [
        (t, str(word.number), word.when, str(word.actor), word.text) for t, words in unread.items() for word in words
    ]
    output.table(("TASK", "NUMBER", "WHEN", "WHO", "TEXT"), rows)


def _known(state: RunState, task_id: TaskId) -> None:
    if task_id not in state.tasks:
        raise CommandRefused(f"There is no task {task_id} in this run: `hephaestus tasks {state.run_id}` lists them.")
