"""`--plain`: a run supervised in lines, for a screen reader, a braille display or a terminal that can show nothing else.

What happens is a line, what waits for a person is a line that says how to deal with it, and what is typed are the commands
of the command line, carried out by the run that is open here.
"""

from __future__ import annotations

import asyncio
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
from hephaestus_tui.cli.plain_heard import GRACE, Heard
from hephaestus_tui.cli.plain_words import HELP, MANY, ONE, command_of, waiting_words, with_run
from hephaestus_tui.cli.submit import at_hand
from hephaestus_tui.cli.unattended import opened
from hephaestus_tui.domain.actor import Actor
from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.errors import CommandRefused, HephaestusError, UsageError
from hephaestus_tui.domain.events import (
    MessageAdded,
    ProposalDecided,
    QuestionAsked,
    Recorded,
    TaskProposed,
    ToolStarted,
    TurnCut,
)
from hephaestus_tui.domain.message import Speaker
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.session import NewRun, Session

ANSWER_SECONDS = 30.0


def show(opening: Opening, request: NewRun | str) -> int:
    """The run to the end of what is typed, or of the input. The exit code."""

    def front(session: Session, actor: Actor) -> PlainRun:
        return PlainRun(session, opening.store, actor, Prompt().ask)

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
        actor: Actor,
        ask: Callable[[str], Awaitable[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session, self._store, self._actor, self._ask, self._clock = session, store, actor, ask, clock
        self._speaking = asyncio.Lock()  # an answer is not cut by what happens meanwhile
        self._told: dict[TaskId, Told] = {}
        self._heard = Heard()
        self._behind = False  # whether what waits may have changed since it was told
        self._answered: set[int] = set()  # facts that a command typed here has made, and its answer has told

    async def run(self, from_start: bool) -> int:
        """Until `quit`, or the end of the input."""
        output.say("Type help for what can be typed.")
        state = self._session.state()
        self._told = {task_id: Told(p.version, self._clock()) for task_id, p in state.proposals.items()}
        self._tell_waiting(state)
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
                        state = self._session.state()
                        if not self._is_told(event, state):
                            narrate(event)
                        if isinstance(event.fact, TaskProposed):
                            proposal = event.fact.proposal
                            self._told[proposal.task_id] = Told(proposal.version, self._clock())
                        self._behind = self._behind or not _only_said(event)
                        if self._behind and event.seq >= state.seq:  # what has happened comes before what waits
                            self._tell_waiting(state)

    def _is_told(self, event: Recorded, state: RunState) -> bool:
        """Whether other words tell it: those that say what waits, or the answer to what was typed."""
        fact = event.fact
        if event.seq in self._answered:
            self._answered.discard(event.seq)
            actor = fact.decision.actor if isinstance(fact, ProposalDecided) else getattr(fact, "actor", None)
            return actor == self._actor
        match fact:
            case QuestionAsked(question=question):
                return any(item.question_id == question.id for item in attention(state))
            case TaskProposed(proposal=proposal) if proposal.version == 1:
                items = attention(state)
                return any(i.kind is AttentionKind.PROPOSAL and i.task_id == proposal.task_id for i in items)
            case _:
                return False

    def _tell_waiting(self, state: RunState) -> None:
        items, waited = attention(state), self._heard.anything()
        for item in self._heard.tell(items, self._clock()):
            output.say(waiting_words(item))
        if waited and not items:
            output.say("Nothing waits for you now.")
        self._behind = False

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
            argv = ["--db", str(self._store), *with_run(self._as_told(words), self._session.run_id)]
        except HephaestusError as error:
            output.say(str(error))
            return
        carrying, speaking = at_hand.set(self._submitter()), output.spoken.set(True)
        try:
            await asyncio.to_thread(_carry_out, argv)
        finally:
            at_hand.reset(carrying)
            output.spoken.reset(speaking)

    def _as_told(self, words: Sequence[str]) -> list[str]:
        """A decision is on what was told. Raises UsageError where that was only a moment ago, or something else waits."""
        command, *rest = words
        self._heard.require(words, attention(self._session.state()), self._clock())
        if command not in (*MANY, *ONE):
            return [command, *rest]
        named: list[str] = []
        for word in rest:
            told = self._told.get(word.upper()) if command in MANY or not named else None
            if told and self._clock() - told.at < GRACE:
                raise UsageError(f"{word.upper()} was told only just now: listen to it first, then type that again.")
            named.append(f"{word}@{told.version}" if told else word)
        return [command, *named]

    def _submitter(self) -> Callable[[Command], Receipt]:
        loop, session = asyncio.get_running_loop(), self._session

        def submit(command: Command) -> Receipt:
            before = session.state().seq
            submitted = asyncio.run_coroutine_threadsafe(session.submit(command), loop)
            try:
                receipt = submitted.result(ANSWER_SECONDS)
            except TimeoutError as error:
                if submitted.done():
                    raise
                raise CommandRefused(
                    "That takes long and is still being carried out: type tasks to hear how it went, do not type it again."
                ) from error
            self._answered.update(range(before + 1, receipt.seq + 1))
            return receipt

        return submit


def _only_said(event: Recorded) -> bool:
    """Whether nothing can wait, or no longer wait, because of it: most facts are so, and to look costs."""
    fact = event.fact
    if isinstance(fact, MessageAdded):
        return fact.message.speaker is not Speaker.USER
    return isinstance(fact, (ToolStarted, TurnCut))


def _carry_out(argv: Sequence[str]) -> None:
    try:
        main.run(argv)
    except SystemExit:  # after the help of a command
        return
    finally:
        sys.stdout.flush()
