"""`--plain`: a run supervised in lines, for a screen reader, a braille display or a terminal that can show nothing else.

What happens is a line, what waits for a person is a line that says how to deal with it, and what is typed are the commands
of the command line, carried out by the run that is open here.
"""

from __future__ import annotations

import asyncio
import shlex
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.cli import main, output
from hephaestus_tui.cli.ask import Prompt
from hephaestus_tui.cli.narrate import narrate
from hephaestus_tui.cli.submit import at_hand
from hephaestus_tui.cli.unattended import opened
from hephaestus_tui.domain.actor import Actor
from hephaestus_tui.domain.attention import Attention, AttentionKind, attention
from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.errors import HephaestusError, UsageError
from hephaestus_tui.domain.events import Recorded, TaskProposed
from hephaestus_tui.domain.plain import one_line
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.session import NewRun, Session

# seconds in which what has changed under one's hands is not decided
GRACE = 2.0
ANSWER_SECONDS = 30.0
HELP = """Type a line and press enter. TASK is an id such as T2.
inbox: all that waits for you. tasks: all tasks. show TASK: everything about one. read TASK: all that was said in it.
accept TASK. reject TASK WHY. ask TASK QUESTION. edit TASK --set FIELD=VALUE. undo TASK.
answer TASK WORDS. allow TASK. refuse TASK WHY. tell TASK WORDS: say something to its agent.
pause TASK, resume TASK, stop TASK; with --all in place of TASK for the whole run.
work, notes, budget, decisions, rules and the other commands of `hephaestus --help` are typed as they are there, without RUN.
quit: stop the agents and leave; the run is stored. help: this."""
_OWN = ("allow", "refuse", "tell", "read")
# those that take more than one proposal, and those whose other words are none
_MANY, _ONE = ("accept", "reject", "edit"), ("ask", "merge", "split")
_HOW = {
    AttentionKind.PROPOSAL: "Type: accept {0}, or reject {0} WHY, or ask {0} QUESTION. show {0} says more.",
    AttentionKind.QUESTION: "Type: answer {0} WORDS.",
    AttentionKind.PERMISSION: "Type: allow {0}, or refuse {0} WHY.",
    AttentionKind.CRITERION: "Type: answer {0} accept: REASON, or answer {0} back: A WORD, or answer {0} fail: REASON.",
    AttentionKind.BLOCKER_GONE: "Type: settle {0} drop, or settle {0} cancel, or settle {0} keep.",
    AttentionKind.FAILED: "Type: restart {0}, or settle {0} keep.",
    AttentionKind.BOUND: "Type: bound.",
    AttentionKind.BUDGET: "Type: budget.",
    AttentionKind.INTERRUPTED: "Type: resume {0}.",
    AttentionKind.STALLED: "Type: resume {0}.",
    AttentionKind.REVIEW: "Type: work {0}.",
    AttentionKind.REPORT: "Type: answer {0} WORDS.",
}


def show(opening: Opening, request: NewRun | str) -> int:
    """The run to the end of what is typed, or of the input. The exit code."""

    def front(session: Session, actor: Actor) -> PlainRun:
        return PlainRun(session, opening.store, Prompt().ask)

    return asyncio.run(opened(opening, request, front))


@dataclass(frozen=True, slots=True)
class Told:
    """Which version of a proposal was told, and when."""

    version: int
    at: float


class PlainRun:
    """Tells every fact and everything that waits; `ask` gives the next line that is typed. `clock` counts seconds."""

    def __init__(
        self,
        session: Session,
        store: Path,
        ask: Callable[[str], Awaitable[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session, self._store, self._ask, self._clock = session, store, ask, clock
        self._speaking = asyncio.Lock()  # an answer is not cut by what happens meanwhile
        self._told: dict[TaskId, Told] = {}
        self._waiting: set[tuple[object, ...]] = set()

    async def run(self, from_start: bool) -> int:
        """Until `quit`, or the end of the input."""
        output.say("Type help for what can be typed.")
        state = self._session.state()
        self._told = {task_id: Told(p.version, self._clock()) for task_id, p in state.proposals.items()}
        self._tell_waiting()
        watching = asyncio.create_task(self._watch(0 if from_start else state.seq))
        reading = asyncio.create_task(self._read())
        try:
            await asyncio.wait([watching, reading], return_when=asyncio.FIRST_COMPLETED)
            for ended in (watching, reading):
                if ended.done():
                    ended.result()
        finally:
            watching.cancel()
            reading.cancel()
            await asyncio.wait([watching, reading])
        return 0

    async def _watch(self, after: int) -> None:
        async with aclosing(self._session.watch(after)) as events:
            async for event in events:
                if isinstance(event, Recorded):
                    async with self._speaking:
                        narrate(event)
                        if isinstance(event.fact, TaskProposed):
                            proposal = event.fact.proposal
                            self._told[proposal.task_id] = Told(proposal.version, self._clock())
                        self._tell_waiting()

    def _tell_waiting(self) -> None:
        items = attention(self._session.state())
        before, self._waiting = self._waiting, {(*item.key, item.since) for item in items}
        for item in items:
            if (*item.key, item.since) not in before:
                output.say(waiting_words(item))
        if before and not items:
            output.say("Nothing waits for you now.")

    async def _read(self) -> None:
        while True:
            try:
                line = await self._ask("")
            except EOFError:
                return
            if line.strip() in ("quit", "exit", "q"):
                return
            async with self._speaking:
                await self._obey(line)

    async def _obey(self, line: str) -> None:
        try:
            words = command_of(line)
            if words is None:
                output.say(HELP)
                return
            command, *rest = self._as_told(words)
            argv = ["--db", str(self._store), command, self._session.run_id, *rest]
        except HephaestusError as error:
            output.say(str(error))
            return
        token = at_hand.set(self._submitter())
        try:
            await asyncio.to_thread(_carry_out, argv)
        finally:
            at_hand.reset(token)

    def _as_told(self, words: Sequence[str]) -> list[str]:
        """A decision is on the version that was told. Raises UsageError where that was only a moment ago."""
        command, *rest = words
        if command not in (*_MANY, *_ONE):
            return [command, *rest]
        named: list[str] = []
        for word in rest:
            told = self._told.get(word.upper()) if command in _MANY or not named else None
            if told and self._clock() - told.at < GRACE:
                raise UsageError(f"{word.upper()} was told only just now: listen to it first, then type that again.")
            named.append(f"{word}@{told.version}" if told else word)
        return [command, *named]

    def _submitter(self) -> Callable[[Command], Receipt]:
        loop, session = asyncio.get_running_loop(), self._session

        def submit(command: Command) -> Receipt:
            return asyncio.run_coroutine_threadsafe(session.submit(command), loop).result(ANSWER_SECONDS)

        return submit


def waiting_words(item: Attention) -> str:
    """One line: what waits, and what to type."""
    how = _HOW.get(item.kind, "Type: inbox.").format(item.task_id)
    text = item.text if item.text.endswith((".", "?", "!")) else f"{item.text}."
    return one_line(f"{item.task_id} waits for you, {item.kind}: {text} {how}")


def command_of(line: str) -> list[str] | None:
    """The words of a command as the command line has them, without RUN; None asks for help. Raises UsageError."""
    command, _, rest = line.strip().partition(" ")
    command, rest = command.lower(), rest.strip()
    if command in ("", "help", "?"):
        return None
    known = {name for group in ("look", "steer", "decide") for name in main.GROUPS[group]} - {"runs"}
    if command not in known and command not in _OWN:
        raise UsageError(f"{command!r} is no command. Type help for what can be typed.")
    task, _, words = rest.partition(" ")
    words = words.strip()
    free = bool(words) and not task.startswith("-") and not words.startswith("-")  # it need not be put into quotes
    match command:
        case "read":
            return ["show", task, "--transcript"]
        case "allow":
            return ["answer", task, "--allow"]
        case "refuse":
            return ["answer", task, f"--refuse={words}"]
        case "tell" | "steer" if free:
            return ["steer", task, words]
        case "reject" if free:
            return ["reject", task, f"--reason={words}"]
        case "ask" | "answer" if free:
            return [command, task, words]
    try:
        return [command if command != "tell" else "steer", *shlex.split(rest)]
    except ValueError as error:
        raise UsageError(f"A quotation mark is not closed ({error}).") from error


def _carry_out(argv: Sequence[str]) -> None:
    try:
        main.run(argv)
    except SystemExit:  # after the help of a command
        return
    finally:
        sys.stdout.flush()
