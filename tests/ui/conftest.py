"""A run without an engine: what the screen is shown is what a test records, and what it submits is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.criterion import Criterion
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.message import Message, Speaker, TextPart, Usage
from hephaestus_tui.domain.policy import Containment, Policy
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Discovery, Origin, Phase, Priority, RunId, Task, TaskDraft, TaskId, TaskStatus
from hephaestus_tui.session import Finds, NewRun, NoWork, Page, RunSummary, Session, Told, Transcript
from hephaestus_tui.ui.app import HephaestusApp
from tests.at_the_screen import told, until
from tests.paged import page_of

ROOT = Path(__file__).parents[2]
ADA = Actor(ActorKind.HUMAN, "Ada")
ROLES = ("project_manager", "backend_developer", "qa_tester")


class Script:
    """Writes the facts of a made-up run; every method records at once."""

    def __init__(self) -> None:
        self.facts: list[e.Recorded] = []
        self.listeners: list[Callable[[e.Event], None]] = []
        self.at = 1_000.0

    def record(self, fact: e.Fact) -> None:
        self.at += 1
        recorded = e.Recorded(len(self.facts) + 1, self.at, fact)
        self.facts.append(recorded)
        for listener in self.listeners:
            listener(recorded)

    def flicker(self, flicker: e.Flicker) -> None:
        for listener in self.listeners:
            listener(flicker)

    def state(self) -> RunState:
        return replay(self.facts)

    def run(self, goal: str = "Cache the auth lookups", policy: Policy = Policy.ASK) -> None:
        self.record(
            e.RunStarted(
                containment=Containment.SANDBOX,
                run_id="r1",
                goal=goal,
                project="/work/api",
                model="scripted:demo",
                policy=policy,
                roles=ROLES,
            )
        )

    def propose(
        self, title: str, *, by: TaskId | None = None, blocked_by: tuple[TaskId, ...] = (),
        phase: Phase = Phase.BUILDING, version: int = 1, task_id: TaskId | None = None,
        criteria: tuple[Criterion, ...] = ("the tests pass",),
    ) -> TaskId:  # fmt: skip
        task_id = task_id or self.state().next_id()
        draft = TaskDraft(
            title=title,
            description=f"{title}, with everything that belongs to it.",
            rationale="The lookups hit the database on each request.",
            phase=phase,
            role="backend_developer",
            blocked_by=blocked_by,
            done_criteria=criteria,
            discovery=Discovery.OPTIMIZATION,
            priority=Priority.NORMAL,
        )
        origin = Origin(task_id=by, agent_id="a1", turn=1, index=0, depth=1) if by else Origin()
        proposal = Proposal(
            task_id=task_id, version=version, draft=draft, origin=origin, waits=False, proposed_at=self.at
        )
        self.record(e.TaskProposed(proposal=proposal))
        return task_id

    def decide(self, task_id: TaskId, verdict: Verdict = Verdict.ACCEPT) -> None:
        proposal = self.state().proposals[task_id]
        number = len(self.facts)
        accepted = verdict is not Verdict.REJECT
        decision = Decision(
            id=number, task_id=task_id, version=proposal.version, verdict=verdict, actor=ADA, decided_at=self.at,
            waited=3.0, final=proposal.draft if accepted else None, reason="" if accepted else "not now",
        )  # fmt: skip
        task = Task(
            id=task_id, draft=proposal.draft, origin=proposal.origin, decision_id=number, created_at=self.at,
            status=TaskStatus.PENDING,
        )  # fmt: skip
        self.record(e.ProposalDecided(decision=decision, task=task if accepted else None))

    def task(self, title: str, *, phase: Phase = Phase.BUILDING, blocked_by: tuple[TaskId, ...] = ()) -> TaskId:
        task_id = self.propose(title, phase=phase, blocked_by=blocked_by)
        self.decide(task_id)
        return task_id

    def start(self, task_id: TaskId) -> None:
        self.record(
            e.TaskStarted(
                task_id=task_id, agent_id=f"a{task_id}", role="backend_developer", model="scripted:demo", attempt=1
            )
        )

    def fail(self, task_id: TaskId) -> None:
        self.record(e.TaskFailed(task_id=task_id, reason="the tests do not pass"))

    def complete(self, task_id: TaskId) -> None:
        self.record(e.TaskCompleted(task_id=task_id, summary="done", evidence=()))

    def ask(self, task_id: TaskId, text: str, kind: e.QuestionKind = e.QuestionKind.QUESTION) -> None:
        question = e.Question(
            id=f"q{len(self.facts)}", kind=kind, task_id=task_id, text=text, options=(), turn=1, index=0,
            asked_at=self.at,
        )  # fmt: skip
        self.record(e.QuestionAsked(question=question))

    def say(self, task_id: TaskId, text: str, ordinal: int = 1) -> None:
        message = Message(ordinal=ordinal, speaker=Speaker.ASSISTANT, parts=(TextPart(text),), at=self.at)
        self.record(e.MessageAdded(task_id=task_id, message=message))

    def spend(self, task_id: TaskId, tokens: int, cost: float | None = 0.1) -> None:
        usage = Usage(input=tokens, cost=cost)
        self.record(e.UsageRecorded(task_id=task_id, model="scripted:demo", usage=usage))


class FakeSession(NoWork):
    run_id: RunId = "r1"

    def __init__(self, script: Script) -> None:
        self.script = script
        self.commands: list[Command] = []
        self.refusal: HephaestusError | None = None
        self.read: list[TaskId] = []
        self.closed = asyncio.Event()
        self.gate = asyncio.Event()  # pages are read while it is open
        self.gate.set()
        self.waiting = 0  # pages that stand at the gate
        self.unreadable: HephaestusError | None = None  # is raised in place of a page

    def state(self) -> RunState:
        return self.script.state()

    def watch(self, after: int) -> AsyncGenerator[e.Event, None]:
        return told(self.script.facts, self.script.listeners, self.closed, after)

    async def submit(self, command: Command) -> Receipt:
        self.commands.append(command)
        if self.refusal:
            raise self.refusal
        return Receipt(len(self.script.facts), "it is done")

    async def transcript(self, task_id: TaskId) -> Transcript:
        self.read.append(task_id)
        said = [
            f.fact.message
            for f in self.script.facts
            if isinstance(f.fact, e.MessageAdded) and f.fact.task_id == task_id
        ]
        return Transcript(task_id=task_id, seq=len(self.script.facts), messages=tuple(said))

    async def page(
        self, of: Collection[TaskId] | None = None, *, before: int | None = None, after: int | None = None
    ) -> Page:
        self.waiting += 1
        await self.gate.wait()
        self.waiting -= 1
        if self.unreadable:
            raise self.unreadable
        return page_of(self.script.facts, of, before=before, after=after)

    async def settled(self) -> None:
        return None


class FakeHost:
    """`started` is what was asked to be opened; `failure` is raised instead, `breakdown` while the run is served."""

    def __init__(self, session: FakeSession, earlier: Sequence[RunSummary] = ()) -> None:
        self.session = session
        self.earlier = earlier
        self.found = Finds()
        self.started: list[NewRun | RunId] = []
        self.chosen: list[str] = []
        self.failure: Exception | None = None
        self.breakdown: asyncio.Future[None] | None = None
        self.stopped = False
        self.closed = 0
        self.closing: Awaitable[object] | None = None

    async def runs(self) -> Sequence[RunSummary]:
        return self.earlier

    async def finds(self) -> Finds:
        return self.found

    async def choose(self, model: str) -> None:
        self.chosen.append(model)

    async def start(self, request: NewRun) -> Session:
        return self._opened(request)

    async def resume(self, run_id: RunId, told: Told | None = None) -> Session:
        return self._opened(run_id)

    async def serve(self) -> None:
        self.breakdown = asyncio.get_running_loop().create_future()
        try:
            await self.breakdown
        finally:
            self.stopped = True

    async def close(self) -> None:
        self.closed += 1
        if self.closing:
            await self.closing
        self.session.closed.set()

    def _opened(self, opening: NewRun | RunId) -> Session:
        self.started.append(opening)
        if self.failure:
            raise self.failure
        return self.session


@pytest.fixture
def script() -> Script:
    written = Script()
    written.run()
    return written


@pytest.fixture
def session(script: Script) -> FakeSession:
    return FakeSession(script)


@pytest.fixture
def host(session: FakeSession) -> FakeHost:
    return FakeHost(session)


@pytest.fixture
def make_app(host: FakeHost) -> Callable[..., HephaestusApp]:
    def make(
        opening: NewRun | RunId | None = "r1", settings: UiSettings | None = None, **options: object
    ) -> HephaestusApp:
        options = {"agents": 4, "themes": [ROOT / "themes"], **options}
        return HephaestusApp(host, opening, settings or UiSettings(), ADA, **options)  # type: ignore[arg-type]

    return make


@pytest.fixture
def wait_for() -> Callable[[Pilot[None], Callable[[], object], str], Awaitable[None]]:
    """Waits for a condition of the screen; says which one did not come about."""
    return until
