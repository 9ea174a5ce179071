"""`ask`: a question to the agent that proposed a task, and if one waits for it, the answer."""

from __future__ import annotations

import math
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace

from hephaestus_tui.cli import output
from hephaestus_tui.cli.named import Named, add_task, named
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import Found, find
from hephaestus_tui.cli.submit import owned, person, submit
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.commands import AskBack, Receipt
from hephaestus_tui.domain.decision import Proposal, Reply
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.events import ProposalQueried
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.store.reader import Reader

DONE, FAILED, TOO_LATE = 0, 1, 3
LOOK_SECONDS = 0.2


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    add_task(parser)
    parser.add_argument("question", metavar="QUESTION", help="what you want to know of the agent that proposed it")
    parser.add_argument(
        "--wait", metavar="SECONDS", type=_seconds, help="wait so long for the answer and print it; code 3 if none came"
    )
    add_json(parser, "the receipt as JSON, with the reply if one waited for it")


def _seconds(word: str) -> float:
    try:
        seconds = float(word)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ArgumentTypeError(f"{word!r} is no number of seconds")
    return seconds


def run(arguments: Namespace) -> int:
    if not arguments.question.strip():
        raise UsageError("The question is empty: say what you want to know.")
    found = find(arguments, arguments.run)
    one = named(found.state, arguments.task)
    command = AskBack(task_id=one.task_id, version=one.version, question=arguments.question, actor=person())
    receipt = submit(found, command)
    if not arguments.json:
        output.say(f"Run {found.run_id}: {receipt.note}.")
    if arguments.wait is None:
        if arguments.json:
            output.data({"run": found.run_id, **to_data(receipt)})
        return DONE
    _say_who_is_away(found, one)
    reply = _wait(found, one.task_id, receipt, arguments.wait)
    amended = _amended(found.state, reply) if reply else None
    if arguments.json:
        output.data(
            {
                "run": found.run_id, **to_data(receipt), "reply": to_data(reply) if reply else None,
                "proposal": to_data(amended) if amended else None,
            }
        )  # fmt: skip
        return _code(reply)
    if reply is None:
        output.say(
            f"No answer within {arguments.wait:g} s: `hephaestus show {found.run_id} {one.task_id}` will have it."
        )
    elif reply.failed:
        output.say(f"There will be no answer: {reply.text}")
    else:
        output.text(reply.text)
    if amended:
        output.say(f"{one.task_id} was changed and is now version {amended.version}: look at it again, then decide.")
    return _code(reply)


def _say_who_is_away(found: Found, one: Named) -> None:
    spawner = one.proposal.origin.task_id if one.proposal else None
    if not owned(found):
        output.say(f"No process works on it now: its agent answers when the run goes on (--resume {found.run_id}).")
    elif any(question.task_id == spawner for question in found.state.questions.values()):
        output.say(f"The agent of {spawner} itself waits for you: `hephaestus inbox {found.run_id}` says for what.")


def _code(reply: Reply | None) -> int:
    if reply is None:
        return TOO_LATE
    return FAILED if reply.failed else DONE


def _wait(found: Found, task_id: TaskId, receipt: Receipt, seconds: float) -> Reply | None:
    """The reply to the question that the receipt is for, as soon as it is stored; `found.state` follows the journal."""
    state, query_id = found.state, ""
    deadline = time.monotonic() + seconds
    while True:
        with Reader(found.store) as reader:
            for recorded in reader.facts(found.run_id, state.seq):
                apply(state, recorded)
                if isinstance(recorded.fact, ProposalQueried) and recorded.seq <= receipt.seq:
                    query_id = recorded.fact.query.id if recorded.fact.query.task_id == task_id else query_id
        for reply in state.replies.get(task_id, ()):
            if reply.query.id == query_id:
                return reply
        if time.monotonic() >= deadline:
            return None
        time.sleep(min(LOOK_SECONDS, max(0.0, deadline - time.monotonic())))


def _amended(state: RunState, reply: Reply) -> Proposal | None:
    """The version that came with the answer, if the agent changed its proposal."""
    last = state.versions[reply.query.task_id][-1]
    return last if last.version > reply.query.version and last.by is None else None
