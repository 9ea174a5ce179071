"""A run whose rules are really switched, and a person at its screen; the rules file is a real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import Command, Receipt, StopRules, SwitchRule
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Query, Verdict, draft_changes
from hephaestus_tui.domain.policy import Containment, Policy
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Discovery, Origin, Phase, Priority, RunId, Task, TaskDraft, TaskId
from hephaestus_tui.rules_file import own_rules, save_rule
from hephaestus_tui.session import Finds, NewRun, NoWork, Page, RunSummary, Session, Told, Transcript
from hephaestus_tui.ui.app import HephaestusApp
from tests.at_the_screen import Person, told
from tests.paged import page_of

ROOT = Path(__file__).parents[2]
ADA = Actor(ActorKind.HUMAN, "Ada")
BEGIN, STEP = 1_000_000.0, 60.0
ROLES = ("backend_developer", "project_manager", "qa_tester", "tech_lead")


class Run:
    """Facts, a minute apart. T1 is the task of the agent that proposes."""

    def __init__(self) -> None:
        self.facts: list[e.Recorded] = []
        self.listeners: list[Callable[[e.Event], None]] = []
        self.at = BEGIN
        self.tell(
            e.RunStarted(
                containment=Containment.SANDBOX,
                run_id="r1", goal="Serve the team pages faster", project="/work/api", model="scripted:demo",
                policy=Policy.ASK, roles=ROLES,
            )
        )  # fmt: skip
        self.decide(self.propose("Look at what is slow", by=None))
        self.tell(e.TaskStarted(task_id="T1", agent_id="a1", role="project_manager", model="scripted:demo", attempt=1))

    @property
    def state(self) -> RunState:
        return replay(self.facts)

    def now(self) -> float:
        return self.at

    def tell(self, fact: e.Fact) -> None:
        self.at += STEP
        recorded = e.Recorded(len(self.facts) + 1, self.at, fact)
        self.facts.append(recorded)
        for listener in self.listeners:
            listener(recorded)

    def propose(self, title: str, *, by: TaskId | None = "T1", **fields: Any) -> TaskId:
        task_id = self.state.next_id()
        draft = TaskDraft(
            title=title, description=f"{title}, and measure it.", rationale="The pages take too long.",
            phase=Phase.INVESTIGATION, role="tech_lead", discovery=Discovery.PERFORMANCE, priority=Priority.NORMAL,
        )  # fmt: skip
        origin = Origin(task_id=by, agent_id="a1", turn=1, index=0, depth=1) if by else Origin()
        proposal = Proposal(
            task_id=task_id, version=1, draft=replace(draft, **fields), origin=origin, waits=False,
            proposed_at=self.at + STEP,
        )  # fmt: skip
        self.tell(e.TaskProposed(proposal=proposal))
        return task_id

    def decide(
        self, task_id: TaskId, verdict: Verdict = Verdict.ACCEPT, actor: Actor = ADA, reason: str = "", **fields: Any
    ) -> int:
        proposal = self.state.proposals[task_id]
        final = None if verdict is Verdict.REJECT else replace(proposal.draft, **fields)
        number, at = len(self.facts), self.at + STEP
        decision = Decision(
            id=number, task_id=task_id, version=proposal.version, verdict=verdict, actor=actor, decided_at=at,
            waited=at - proposal.proposed_at, reason=reason, final=final,
            changes=draft_changes(proposal.draft, final) if final else (),
        )  # fmt: skip
        task = None
        if final is not None:
            task = Task(id=task_id, draft=final, origin=proposal.origin, decision_id=number, created_at=at)
        self.tell(e.ProposalDecided(decision=decision, task=task))
        return number

    def undo(self, task_id: TaskId) -> None:
        last = self.state.versions[task_id][-1]
        stands = replace(last, version=last.version + 1, by=ADA, proposed_at=self.at + STEP)
        decided = self.state.decisions[task_id].id
        self.tell(e.DecisionUndone(decision_id=decided, task_id=task_id, actor=ADA, reason="too soon", proposal=stands))

    def ask(self, task_id: TaskId, text: str, answer: str = "") -> None:
        query = Query(id=f"q{len(self.facts)}", task_id=task_id, version=1, text=text, actor=ADA, asked_at=self.at)
        self.tell(e.ProposalQueried(query=query))
        if answer:
            self.tell(e.QueryAnswered(query_id=query.id, task_id=task_id, text=answer))

    def switch(self, rule: Rule, *, on: bool = True) -> None:
        self.tell(e.RuleSwitched(rule=rule, on=on, actor=ADA))


class RunSession(NoWork):
    """Carries out what is asked of rules, and keeps what else was asked."""

    run_id: RunId = "r1"

    def __init__(self, run: Run) -> None:
        self.run = run
        self.commands: list[Command] = []
        self.closed = asyncio.Event()

    def state(self) -> RunState:
        return self.run.state

    def watch(self, after: int) -> AsyncGenerator[e.Event, None]:
        return told(self.run.facts, self.run.listeners, self.closed, after)

    async def submit(self, command: Command) -> Receipt:
        self.commands.append(command)
        if isinstance(command, SwitchRule):
            self.run.switch(command.rule, on=command.on)
            return Receipt(len(self.run.facts), f"rule {command.rule.id} is {'on' if command.on else 'off'}")
        if isinstance(command, StopRules):
            self.run.tell(e.RulesStopped(actor=command.actor))
        return Receipt(len(self.run.facts), "it is done")

    async def transcript(self, task_id: TaskId) -> Transcript:
        return Transcript(task_id=task_id, seq=len(self.run.facts), messages=())

    async def page(
        self, of: Collection[TaskId] | None = None, *, before: int | None = None, after: int | None = None
    ) -> Page:
        return page_of(self.run.facts, of, before=before, after=after)

    async def settled(self) -> None:
        return None


class RunHost:
    def __init__(self, session: RunSession, folder: Path) -> None:
        self.session, self.folder = session, folder

    async def runs(self) -> Sequence[RunSummary]:
        return ()

    async def finds(self) -> Finds:
        return Finds()

    async def choose(self, model: str) -> None:
        raise NotImplementedError(f"nobody chooses {model} here")

    async def start(self, request: NewRun) -> Session:
        return self.session

    async def resume(self, run_id: RunId, told: Told | None = None) -> Session:
        return self.session

    async def rules(self) -> Sequence[Rule]:
        return own_rules(self.folder)

    async def save_rule(self, rule: Rule) -> None:
        save_rule(self.folder, rule)

    async def serve(self) -> None:
        await self.session.closed.wait()

    async def close(self) -> None:
        self.session.closed.set()


class Clock:
    """Each look at it is a second after the last, so that no key comes too soon; `stop` lets time stand still."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.step = 1.0

    def __call__(self) -> float:
        self.seconds += self.step
        return self.seconds

    def stop(self) -> None:
        self.step = 0.0


class Ruler(Person):
    """A person at the app, and at which of its screens they are."""

    def __init__(self, app: HephaestusApp, pilot: Pilot[None], session: RunSession, clock: Clock) -> None:
        super().__init__(app, pilot)
        self.session, self.clock = session, clock

    async def sees(self, *words: str) -> None:
        await self.reads(*words)

    async def knows_all(self) -> None:
        await self.knows(self.session.run.facts)

    async def on(self, screen: type[Any]) -> Any:
        """The screen of that kind, once it is there and its keys are heard."""
        await self.until(
            lambda: isinstance(self.app.screen, screen) and getattr(self.app.screen, "guarded", True),
            f"{screen.__name__} is there",
        )
        return self.app.screen


@pytest.fixture
def run() -> Run:
    return Run()


@pytest.fixture
def session(run: Run) -> RunSession:
    return RunSession(run)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The person's own settings."""
    return tmp_path / "config"


@pytest.fixture
def at_screen(run: Run, session: RunSession, folder: Path) -> Callable[..., Any]:
    """Opens the app on the run, and hands over to `does` once all is drawn."""

    async def opened(
        does: Callable[[Ruler], Any], size: tuple[int, int] = (120, 40), settings: UiSettings | None = None
    ) -> None:
        clock = Clock()
        app = HephaestusApp(
            RunHost(session, folder), "r1", settings or UiSettings(), ADA, agents=4, themes=[ROOT / "themes"],
            clock=clock, now=run.now,
        )  # fmt: skip
        async with app.run_test(size=size) as pilot:
            person = Ruler(app, pilot, session, clock)
            await person.back()
            await person.knows_all()
            await does(person)

    return opened
