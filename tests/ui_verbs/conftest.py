"""A run told fact by fact, the app on it, and a session that keeps what was submitted and refuses what it is told to."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Near, Proposal, Verdict
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.policy import Containment, Policy
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, RunId, Task, TaskDraft, TaskId
from hephaestus_tui.session import Finds, NewRun, NoWork, Page, RunSummary, Session, Told, Transcript
from hephaestus_tui.ui.app import HephaestusApp
from tests.at_the_screen import Person, told
from tests.paged import page_of

ROOT = Path(__file__).parents[2]
ADA, BOB = Actor(ActorKind.HUMAN, "Ada"), Actor(ActorKind.HUMAN, "Bob")
ROLES = ("project_manager", "backend_developer", "qa_tester")


class Tale:
    """Writes the facts of a run; T1 is a task on which an agent is at work, and which proposes the others."""

    def __init__(self) -> None:
        self.facts: list[e.Recorded] = []
        self.listeners: list[Callable[[e.Event], None]] = []
        self.record(
            e.RunStarted(
                containment=Containment.SANDBOX,
                run_id="r1", goal="Serve it fast", project="/work/api", model="scripted:demo", policy=Policy.ASK,
                roles=ROLES,
            )
        )  # fmt: skip
        self.start(self.accept(self.propose("Look at the routes", by=None)))

    def record(self, fact: e.Fact) -> None:
        recorded = e.Recorded(len(self.facts) + 1, 1_000.0 + len(self.facts), fact)
        self.facts.append(recorded)
        for listener in self.listeners:
            listener(recorded)

    def state(self) -> RunState:
        return replay(self.facts)

    def propose(
        self, title: str, *blocked_by: TaskId, by: TaskId | None = "T1", near: tuple[Near, ...] = (), **fields: Any
    ) -> TaskId:
        task_id = self.state().next_id()
        draft = TaskDraft(
            title=title, description=f"{title}, with all that belongs to it.", rationale="Each request pays for it.",
            phase=Phase.BUILDING, role="backend_developer", blocked_by=blocked_by, done_criteria=("the tests pass",),
        )  # fmt: skip
        origin = Origin(task_id=by, agent_id="A1", turn=1, index=len(self.facts), depth=1) if by else Origin()
        proposal = Proposal(
            task_id=task_id, version=1, draft=replace(draft, **fields), origin=origin, waits=False, proposed_at=0.0,
            near=near,
        )  # fmt: skip
        self.record(e.TaskProposed(proposal=proposal))
        return task_id

    def amend(self, task_id: TaskId, **fields: Any) -> None:
        proposal = self.state().proposals[task_id]
        amended = replace(proposal, version=proposal.version + 1, draft=replace(proposal.draft, **fields))
        self.record(e.TaskProposed(proposal=amended))

    def accept(self, task_id: TaskId, *, actor: Actor = ADA, **changes: Any) -> TaskId:
        verdict = Verdict.EDIT if changes else Verdict.ACCEPT
        return self._decide(task_id, verdict, actor, replace(self.state().proposals[task_id].draft, **changes))

    def reject(
        self, task_id: TaskId, reason: str = "not now", *, actor: Actor = ADA, into: TaskId | None = None
    ) -> TaskId:
        return self._decide(task_id, Verdict.REJECT, actor, None, reason, into)

    def start(self, task_id: TaskId) -> TaskId:
        role = self.state().tasks[task_id].draft.role
        self.record(
            e.TaskStarted(task_id=task_id, agent_id=f"A{task_id[1:]}", role=role, model="scripted:demo", attempt=1)
        )
        return task_id

    def task(self, title: str, *blocked_by: TaskId) -> TaskId:
        return self.accept(self.propose(title, *blocked_by))

    def failed(self, title: str) -> TaskId:
        task_id = self.start(self.task(title))
        self.record(e.TaskFailed(task_id=task_id, reason="the tests do not pass"))
        return task_id

    def completed(self, title: str) -> TaskId:
        task_id = self.start(self.task(title))
        self.record(e.TaskCompleted(task_id=task_id, summary="done", evidence=()))
        return task_id

    def _decide(
        self, task_id: TaskId, verdict: Verdict, actor: Actor, final: TaskDraft | None, reason: str = "",
        into: TaskId | None = None,
    ) -> TaskId:  # fmt: skip
        proposal, number = self.state().proposals[task_id], len(self.facts)
        decision = Decision(
            id=number, task_id=task_id, version=proposal.version, verdict=verdict, actor=actor, decided_at=0.0,
            waited=3.0, final=final, reason=reason, merged_into=into,
        )  # fmt: skip
        task = (
            Task(id=task_id, draft=final, origin=proposal.origin, decision_id=number, created_at=0.0) if final else None
        )
        self.record(e.ProposalDecided(decision=decision, task=task))
        return task_id


class TaleSession(NoWork):
    """`refusals` are raised in turn, each by one command; what came before it is taken as carried out."""

    run_id: RunId = "r1"

    def __init__(self, tale: Tale) -> None:
        self.tale = tale
        self.commands: list[Command] = []
        self.refusals: list[HephaestusError] = []
        self.closed = asyncio.Event()

    def state(self) -> RunState:
        return self.tale.state()

    def watch(self, after: int) -> AsyncGenerator[e.Event, None]:
        return told(self.tale.facts, self.tale.listeners, self.closed, after)

    async def submit(self, command: Command) -> Receipt:
        self.commands.append(command)
        if self.refusals:
            raise self.refusals.pop(0)
        return Receipt(len(self.tale.facts), "it is done")

    async def transcript(self, task_id: TaskId) -> Transcript:
        return Transcript(task_id=task_id, seq=len(self.tale.facts), messages=())

    async def page(
        self, of: Collection[TaskId] | None = None, *, before: int | None = None, after: int | None = None
    ) -> Page:
        return page_of(self.tale.facts, of, before=before, after=after)

    async def settled(self) -> None:
        return None


class TaleHost:
    def __init__(self, session: TaleSession) -> None:
        self._session = session

    async def runs(self) -> Sequence[RunSummary]:
        return ()

    async def finds(self) -> Finds:
        return Finds()

    async def choose(self, model: str) -> None:
        raise NotImplementedError(f"nobody chooses {model} here")

    async def start(self, request: NewRun) -> Session:
        return self._session

    async def resume(self, run_id: RunId, told: Told | None = None) -> Session:
        return self._session

    async def rules(self) -> Sequence[Rule]:
        return ()

    async def save_rule(self, rule: Rule) -> None:
        raise NotImplementedError(rule.id)

    async def serve(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        self._session.closed.set()


class Clock:
    """A second passes at each look, unless it is held: then no time passes at all."""

    def __init__(self) -> None:
        self._seconds = itertools.count()
        self.held: float | None = None

    def __call__(self) -> float:
        return float(next(self._seconds)) if self.held is None else self.held

    def hold(self) -> None:
        self.held = self()

    def let_go(self) -> None:
        self.held = None


class Desk(Person):
    """A person at the app, and what they have submitted."""

    def __init__(self, app: HephaestusApp, pilot: Pilot[None], session: TaleSession, clock: Clock) -> None:
        super().__init__(app, pilot)
        self.session, self.clock = session, clock

    async def select(self, task_id: TaskId, words: str = "") -> None:
        await self.press("slash")
        await self.sees("find a task")
        await self.press(*(words or task_id), "enter")
        await self.until(lambda: self.run.selected == task_id, f"{task_id} is selected")
        await self.back()

    async def submitted(self, count: int = 1) -> list[Command]:
        await self.until(lambda: len(self.session.commands) >= count, f"{count} submitted")
        await self.back()
        return self.session.commands

    async def knows_all(self) -> None:
        await self.knows(self.session.tale.facts)


@pytest.fixture
def tale() -> Tale:
    return Tale()


@pytest.fixture
def session(tale: Tale) -> TaleSession:
    return TaleSession(tale)


@pytest.fixture
def at_desk(tale: Tale, session: TaleSession) -> Callable[..., Any]:
    """Opens the app on the tale and hands over to `does`, once all is drawn."""

    async def opened(does: Callable[[Desk], Any], size: tuple[int, int] = (120, 40)) -> None:
        clock = Clock()
        app = HephaestusApp(TaleHost(session), "r1", UiSettings(), ADA, agents=4, themes=[ROOT / "themes"], clock=clock)
        async with app.run_test(size=size) as pilot:
            desk = Desk(app, pilot, session, clock)
            await desk.back()
            await desk.knows_all()
            await does(desk)

    return opened
