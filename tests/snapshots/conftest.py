"""The app on a made-up run, the same on every machine: what time it is, the terminal and all ids are given here."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.message import Message, Part, Speaker, Usage
from hephaestus_tui.domain.policy import Containment, Effect, Policy
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, RunId, Task, TaskDraft, TaskId
from hephaestus_tui.session import Finds, NewRun, Page, RunSummary, Session, Told, Transcript
from hephaestus_tui.ui.app import HephaestusApp
from hephaestus_tui.ui.screens.supervise import SuperviseScreen
from tests.made_work import WorkPort
from tests.paged import page_of

THEMES = Path(__file__).parents[2] / "themes"
ADA = Actor(ActorKind.HUMAN, "Ada")
ROLES = ("project_manager", "backend_developer", "tech_lead", "qa_tester")
MODEL = "anthropic:claude-sonnet-4-5"
BEGIN, STEP, SINCE = 1_750_000_000.0, 20.0, 100.0


class Stage:
    """Writes the facts of a run, one every `STEP` seconds; `now` is `SINCE` seconds after the last one."""

    def __init__(self) -> None:
        self.facts: list[e.Recorded] = []
        self.rules: tuple[Rule, ...] = ()
        self.listeners: list[Callable[[e.Event], None]] = []
        self.port = WorkPort()

    @property
    def at(self) -> float:
        return BEGIN + STEP * len(self.facts)

    def now(self) -> float:
        return self.at + SINCE

    def record(self, fact: e.Fact) -> None:
        self.facts.append(e.Recorded(len(self.facts) + 1, self.at, fact))

    def flicker(self, flicker: e.Flicker) -> None:
        for listener in self.listeners:
            listener(flicker)

    def state(self) -> RunState:
        return replay(self.facts)

    def run(self, goal: str, policy: Policy = Policy.ASK) -> None:
        self.record(
            e.RunStarted(
                containment=Containment.SANDBOX,
                run_id="r1",
                goal=goal,
                project="/home/ada/rollcall",
                model=MODEL,
                policy=policy,
                roles=ROLES,
            )
        )

    def propose(self, draft: TaskDraft, *, by: TaskId | None = None, waits: bool = False) -> TaskId:
        task_id = self.state().next_id()
        origin = Origin(task_id=by, agent_id=f"A{by[1:]}", turn=2, index=3, depth=1) if by else Origin()
        proposal = Proposal(
            task_id=task_id, version=1, draft=draft, origin=origin, waits=waits, proposed_at=self.at
        )  # fmt: skip
        self.record(e.TaskProposed(proposal=proposal))
        return task_id

    def accept(self, task_id: TaskId) -> TaskId:
        proposal = self.state().proposals[task_id]
        task = Task(
            id=task_id, draft=proposal.draft, origin=proposal.origin, decision_id=len(self.facts), created_at=self.at
        )
        self._decide(proposal, Verdict.ACCEPT, task)
        return task_id

    def reject(self, task_id: TaskId, reason: str) -> None:
        self._decide(self.state().proposals[task_id], Verdict.REJECT, None, reason)

    def start(self, task_id: TaskId) -> TaskId:
        role = self.state().tasks[task_id].draft.role
        self.record(
            e.TaskStarted(task_id=task_id, agent_id=f"A{task_id[1:]}", role=role, model=MODEL, attempt=1)
        )  # fmt: skip
        return task_id

    def complete(self, task_id: TaskId, summary: str) -> None:
        self.record(e.TaskCompleted(task_id=task_id, summary=summary, evidence=()))

    def ask(
        self, task_id: TaskId, text: str, *options: str, kind: e.QuestionKind = e.QuestionKind.QUESTION,
        effect: Effect | None = None, tool: str = "", argv: tuple[str, ...] | None = None,
    ) -> None:  # fmt: skip
        question = e.Question(
            id=f"q{len(self.facts)}", kind=kind, task_id=task_id, text=text, options=options,
            turn=max(len(self.messages(task_id)) - 1, 0), index=0,
            asked_at=self.at, effect=effect, tool=tool, argv=argv,
        )  # fmt: skip
        self.record(e.QuestionAsked(question=question))

    def say(self, task_id: TaskId, *parts: Part, speaker: Speaker = Speaker.ASSISTANT) -> None:
        ordinal = len(self.messages(task_id))
        message = Message(ordinal=ordinal, speaker=speaker, parts=parts, at=self.at)
        self.record(e.MessageAdded(task_id=task_id, message=message))

    def spend(self, task_id: TaskId, tokens: int, cost: float) -> None:
        usage = Usage(input=tokens - tokens // 10, output=tokens // 10, cost=cost)
        self.record(e.UsageRecorded(task_id=task_id, model=MODEL, usage=usage))

    def messages(self, task_id: TaskId) -> tuple[Message, ...]:
        added = (recorded.fact for recorded in self.facts if isinstance(recorded.fact, e.MessageAdded))
        return tuple(fact.message for fact in added if fact.task_id == task_id)

    def _decide(self, proposal: Proposal, verdict: Verdict, task: Task | None, reason: str = "") -> None:
        decision = Decision(
            id=len(self.facts), task_id=proposal.task_id, version=proposal.version, verdict=verdict, actor=ADA,
            decided_at=self.at, waited=STEP, final=task.draft if task else None, reason=reason,
        )  # fmt: skip
        self.record(e.ProposalDecided(decision=decision, task=task))


class StageSession:
    run_id: RunId = "r1"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.work, self.diff, self.preview = stage.port.work, stage.port.diff, stage.port.preview
        self.closed = asyncio.Event()

    def state(self) -> RunState:
        return self._stage.state()

    async def watch(self, after: int) -> AsyncGenerator[e.Event, None]:
        events: asyncio.Queue[e.Event] = asyncio.Queue()
        self._stage.listeners.append(events.put_nowait)
        while True:
            yield await events.get()

    async def submit(self, command: Command) -> Receipt:
        raise NotImplementedError(f"a picture submits nothing: {command}")

    async def transcript(self, task_id: TaskId) -> Transcript:
        facts = [recorded.fact for recorded in self._stage.facts]
        switches = tuple((0, f) for f in facts if isinstance(f, e.ModelSwitched) and f.task_id == task_id)
        messages = self._stage.messages(task_id)
        compactions = tuple((0, f) for f in facts if isinstance(f, e.ContextCompacted) and f.task_id == task_id)
        return Transcript(
            task_id=task_id, seq=len(facts), messages=messages, switches=switches, compactions=compactions
        )  # fmt: skip

    async def page(
        self, of: Collection[TaskId] | None = None, *, before: int | None = None, after: int | None = None
    ) -> Page:
        return page_of(self._stage.facts, of, before=before, after=after)

    async def settled(self) -> None:
        return None


class StageHost:
    """Opens the stage's run, or (`opens` False) is still about to."""

    def __init__(self, stage: Stage, *, opens: bool, earlier: Sequence[RunSummary], found: Finds) -> None:
        self._stage, self._opens, self._earlier = stage, opens, earlier
        self.found = found

    async def runs(self) -> Sequence[RunSummary]:
        return self._earlier

    async def finds(self) -> Finds:
        return self.found

    async def choose(self, model: str) -> None:
        raise NotImplementedError(f"nobody chooses {model} here")

    async def start(self, request: NewRun) -> Session:
        return await self._opened()

    async def resume(self, run_id: RunId, told: Told | None = None) -> Session:
        return await self._opened()

    async def rules(self) -> Sequence[Rule]:
        return self._stage.rules

    async def save_rule(self, rule: Rule) -> None:
        raise NotImplementedError(f"a picture saves nothing: {rule}")

    async def serve(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        return None

    async def _opened(self) -> Session:
        if not self._opens:
            await asyncio.Event().wait()
        return StageSession(self._stage)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture(autouse=True)
def _same_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def looks_as_before(stage: Stage, snap_compare: Any) -> Callable[..., bool]:
    """Compares the screen with the picture that is kept of it.

    `streamed` comes after the run is drawn; then each of `keys` is pressed, and its words are waited for; then `words`.
    """

    def compare(
        *words: str, size: tuple[int, int], keys: Iterable[tuple[str, str]] = (), opening: NewRun | RunId | None = "r1",
        opens: bool = True, earlier: Sequence[RunSummary] = (), found: Finds | None = None, settings: UiSettings | None = None,
        streamed: Sequence[e.Flicker] = (),
    ) -> bool:  # fmt: skip
        # each look at this clock is a second after the last, so no key comes too soon to decide
        seconds = itertools.count()
        app = HephaestusApp(
            StageHost(stage, opens=opens, earlier=earlier, found=found or Finds()), opening, settings or UiSettings(), ADA,
            agents=4, themes=[THEMES], clock=lambda: float(next(seconds)), now=stage.now,
        )  # fmt: skip

        async def perform(pilot: Pilot[None]) -> None:
            if opening and opens:
                await until(pilot, lambda: _is_drawn(app, stage), "the run is drawn")
            for flicker in streamed:
                stage.flicker(flicker)
            for key, word in keys:
                await pilot.press(key)
                await until_shown(pilot, word)
            for word in words:
                await until_shown(pilot, word)

        return bool(snap_compare(app, terminal_size=size, run_before=perform))

    return compare


def _is_drawn(app: HephaestusApp, stage: Stage) -> bool:
    return isinstance(app.screen, SuperviseScreen) and app.screen.state.seq == len(stage.facts)


async def until_shown(pilot: Pilot[None], word: str) -> None:
    await until(pilot, lambda: word in screen_text(pilot.app), f"{word!r} is on the screen")


async def until(pilot: Pilot[None], predicate: Callable[[], object], description: str) -> None:
    try:
        async with asyncio.timeout(10):
            while not predicate():
                await pilot.pause(0.01)
    except TimeoutError:
        raise AssertionError(f"it never came about that {description}:\n{screen_text(pilot.app)}") from None


def screen_text(app: App[Any]) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)
