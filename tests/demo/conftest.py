"""A stand-in for the engine: it plays the demo's script with the real provider and tools, one call at a time."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from hephaestus_tui.config import Limits, SpawnBounds
from hephaestus_tui.demo import new_run, script_path
from hephaestus_tui.demo.layout import lay_out
from hephaestus_tui.domain.criterion import commands_in, words_of
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Query, Verdict
from hephaestus_tui.domain.message import (
    DecisionPart,
    Message,
    Part,
    QueryPart,
    Speaker,
    TextPart,
    ToolCallPart,
    ToolDeclaration,
    ToolResultPart,
)
from hephaestus_tui.domain.task import Evidence, TaskDraft
from hephaestus_tui.providers.base import TurnContext, TurnEnd, TurnRequest
from hephaestus_tui.providers.script_file import load_script
from hephaestus_tui.providers.scripted import ScriptedProvider
from hephaestus_tui.tools.answer import ANSWER_TOOL
from hephaestus_tui.tools.base import Commons, Completion, ToolContext, ToolFault, ToolOutcome
from hephaestus_tui.tools.catalog import catalog
from hephaestus_tui.tools.workspace import Workspace

BOSS = Actor(ActorKind.HUMAN, "tester")


@dataclass
class Job:
    """One task: its conversation, the calls that still want a result, and what it proposed."""

    id: str
    draft: TaskDraft
    call_id: str | None
    verdict: Verdict
    messages: list[Message] = field(default_factory=list)
    calls: list[ToolCallPart] = field(default_factory=list)
    spawned: list[Job] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    this_turn: int = 0
    allowed: bool = True
    completed: bool = False
    summary: str = ""
    wrote: bool = False
    evidence: tuple[Evidence, ...] = ()


class Alone:
    """Nobody reads what an agent of the squad writes to others; it is told that it was sent."""

    async def send_message(self, to: str, text: str) -> str:
        return "Sent."

    async def report_blocker(self, text: str, wait: bool) -> str:
        raise AssertionError(f"nothing is in the way: {text}")

    async def note(self, text: str, tags: tuple[str, ...]) -> str:
        return "Noted as N1."

    async def search_notes(self, query: str) -> str:
        return "No note shares a word with that."

    async def read_task(self, task_id: str) -> str:
        return f"{task_id}: …"


@dataclass
class JobDesk:
    squad: Squad
    job: Job
    call_id: str

    async def propose(self, draft: TaskDraft, wait: bool) -> str:
        assert not wait
        self.job.this_turn += 1
        if self.job.this_turn > SpawnBounds().per_turn or len(self.job.spawned) >= SpawnBounds().children:
            self.job.refused.append(self.call_id)
            raise ToolFault("Nothing was proposed. spawn: 3 proposals in one turn is the limit.")
        return json.dumps({"task_id": self.squad.add(draft, self.call_id, self.job).id})

    async def answer_about(self, task_id: str, answer: str, changes: Mapping[str, Any]) -> str:
        asked = self.squad.jobs[task_id]
        asked.draft = replace(asked.draft, **changes)
        asked.answers.append(answer)
        return json.dumps({"task_id": task_id})

    @property
    def task_id(self) -> str:
        return self.job.id

    @property
    def commons(self) -> Commons:
        return Alone()

    async def ask_human(self, question: str, options: tuple[str, ...]) -> str:
        raise AssertionError(f"nobody is there to be asked: {question}")

    async def complete(self, completion: Completion) -> str:
        evidence = completion.evidence
        if self.job.id != "T1" and self.job.allowed:
            assert sorted(e.criterion for e in evidence) == sorted(map(words_of, self.job.draft.done_criteria))
            if failed := self.squad.failing(self.job.draft):
                self.job.unmet.append(self.call_id)
                raise ToolFault(f"The task is not completed. Not met: {failed}")
        self.job.summary, self.job.evidence, self.job.completed = completion.summary, evidence, True
        return "The task is completed."


class Squad:
    """Every proposal is accepted at once, but those whose call is in `rejected`. Any call that fails is a failed test.

    A person allows nothing that is in `forbidden`, and has not decided yet on what is in `held`. `hasty` passes over the commands that only look (tests, measurements): what is left are edits.
    """

    def __init__(self, folder: Path, rejected: frozenset[str], hasty: bool) -> None:
        self.folder = folder
        self.workspace = Workspace(folder)
        self._rejected = rejected
        self._hasty = hasty
        self._tools = catalog(Limits())
        self._provider = ScriptedProvider(load_script(script_path()), "squad.toml", speed=1e9)
        self.jobs: dict[str, Job] = {}
        self.forbidden: frozenset[str] = frozenset()
        self.held: frozenset[str] = frozenset()
        request = new_run()
        title, _, _ = request.goal.partition("\n")
        self.root = self.add(
            TaskDraft(title=title, description=request.goal, rationale="…", phase=request.phase, role=request.role)
        )

    def add(self, draft: TaskDraft, call_id: str | None = None, parent: Job | None = None) -> Job:
        assert all(blocker in self.jobs for blocker in draft.blocked_by)
        verdict = Verdict.REJECT if call_id in self._rejected else Verdict.ACCEPT
        job = Job(f"T{len(self.jobs) + 1}", draft, call_id, verdict)
        self.jobs[job.id] = job
        if parent:
            parent.spawned.append(job)
        return job

    def by_call(self, call_id: str) -> Job:
        return next(job for job in self.jobs.values() if job.call_id == call_id)

    def failing(self, draft: TaskDraft) -> list[str]:
        """The commands among its criteria that do not end with 0; they only look, too."""
        commands = () if self._hasty else commands_in(draft.done_criteria)
        return [
            c
            for c in commands
            if subprocess.run(c, shell=True, cwd=self.folder, capture_output=True, check=False).returncode
        ]

    def ready(self) -> list[Job]:
        return [
            job
            for job in self.jobs.values()
            if job.verdict is Verdict.ACCEPT
            and job.call_id not in self.held
            and not job.completed
            and all(self.jobs[blocker].completed for blocker in job.draft.blocked_by)
        ]

    async def play(self, choose: Callable[[list[Job]], Job], after: Callable[[str], None] = lambda tool: None) -> None:
        """Until nothing is ready. `choose` says whose next step it is; `after` hears of every tool that ran."""
        while ready := self.ready():
            job = choose(ready)
            if job.calls:
                after(await self._call(job))
            else:
                await self._turn(job)

    async def ask(self, call_id: str, question: str, number: int = 1) -> None:
        """What an agent is asked after its task has ended: it is woken, and may do nothing but answer."""
        asked = self.by_call(call_id)
        job = next(j for j in self.jobs.values() if asked in j.spawned)
        query = Query(
            id=f"{asked.id}.{number}", task_id=asked.id, version=number, text=question, actor=BOSS, asked_at=0.0
        )  # fmt: skip
        self._say(job, Speaker.USER, (QueryPart(query),))
        tools = (self._tools[ANSWER_TOOL].declaration(),) if job.completed else ()
        await self._speak(job, tools)
        while job.calls:
            await self._call(job)

    async def _turn(self, job: Job) -> None:
        news = [child for child in job.spawned if child.id not in job.told and child.call_id not in self.held]
        job.told |= {child.id for child in news}
        decisions = tuple(DecisionPart(_decision(child)) for child in news)
        self._say(job, Speaker.USER, decisions or (TextPart(job.draft.description),))
        await self._speak(job)
        assert job.calls, f"{job.call_id}: a turn without a call would be nudged"
        assert job.calls[-1].name != "complete_task" or len(job.calls) == 1

    async def _speak(self, job: Job, tools: tuple[ToolDeclaration, ...] = ()) -> None:
        job.this_turn = 0
        context = TurnContext(
            task_id=job.id,
            role=job.draft.role,
            phase=job.draft.phase,
            title=job.draft.title,
            done_criteria=tuple(map(words_of, job.draft.done_criteria)),
            origin_call_id=job.call_id,
        )
        request = TurnRequest(
            model="squad",
            system="",
            messages=tuple(job.messages),
            tools=tools,
            max_tokens=8192,
            attempt=1,
            context=context,
        )
        *_, end = [item async for item in self._provider.stream(request)]
        assert isinstance(end, TurnEnd)
        self._say(job, Speaker.ASSISTANT, end.parts, end.reply_id)
        job.calls = [part for part in end.parts if isinstance(part, ToolCallPart)]

    async def _call(self, job: Job) -> str:
        call = job.calls.pop(0)
        if self._hasty and call.name == "run_command":
            self._say(job, Speaker.TOOL, (ToolResultPart(call.call_id, "passed over"),))
            return call.name
        if call.name in self.forbidden:
            job.allowed = False
            self._say(job, Speaker.TOOL, (ToolResultPart(call.call_id, f"{call.name} was not run: no", is_error=True),))
            return call.name
        tool = self._tools[call.name]
        context = ToolContext(self.workspace, JobDesk(self, job, call.call_id), lambda text: None)
        try:
            outcome = await tool.run(tool.parse(call.arguments), context)
        except ToolFault as fault:
            outcome = ToolOutcome(str(fault), is_error=True)
        # what rests on a step that was not allowed may fail as well
        job.allowed = job.allowed and not (self.forbidden and outcome.is_error)
        assert self.forbidden or outcome.is_error == (call.call_id in (*job.refused, *job.unmet)), (
            f"{job.call_id}: {call.name} {call.call_id}: {outcome.content}"
        )
        job.wrote |= bool(outcome.touched) and not outcome.is_error
        self._say(job, Speaker.TOOL, (ToolResultPart(call.call_id, outcome.content, outcome.is_error),))
        return call.name

    def _say(self, job: Job, speaker: Speaker, parts: tuple[Part, ...], reply_id: str = "") -> None:
        job.messages.append(
            Message(ordinal=len(job.messages), speaker=speaker, parts=parts, at=0.0, reply_id=reply_id)
        )  # fmt: skip


def _decision(job: Job) -> Decision:
    rejected = job.verdict is Verdict.REJECT
    return Decision(
        id=int(job.id[1:]),
        task_id=job.id,
        version=1,
        verdict=job.verdict,
        actor=BOSS,
        decided_at=0.0,
        waited=0.0,
        reason="no" if rejected else "",
        final=None if rejected else job.draft,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "rollcall")


@pytest.fixture
def squad_of(project: Path) -> Iterator[Callable[..., Squad]]:
    squads: list[Squad] = []

    def make(*rejected: str, hasty: bool = False) -> Squad:
        squads.append(Squad(project, frozenset(rejected), hasty))
        return squads[-1]

    yield make
    for squad in squads:
        squad.workspace.close()
