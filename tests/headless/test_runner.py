"""A headless run ends when nothing moves, passes every fact on in order, and its code says how it stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import replace

import pytest

from hephaestus_tui.domain import commands as c
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import Decide
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.errors import AlreadyDecided
from hephaestus_tui.domain.noted import Sorted, Tasks
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.reach import WHOLE_RUN
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import AgentStatus, AgentView, RunState
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft, TaskStatus
from hephaestus_tui.headless.policies import policy
from hephaestus_tui.headless.runner import HeadlessRun, exit_code
from hephaestus_tui.session import NoWork, Page, Transcript

ADA = Actor(ActorKind.HUMAN, "ada")
DRAFT = TaskDraft(title="t", description="d", rationale="r", phase=Phase.BUILDING, role="qa_tester")
STARTED = e.RunStarted(run_id="r", goal="g", project="/p", model="m", policy=Policy.ASK, roles=("qa_tester",))


def proposed(task_id: str, by: str | None = "T1") -> e.TaskProposed:
    origin = Origin(task_id=by, turn=0, index=int(task_id[1:]))
    return e.TaskProposed(
        proposal=Proposal(task_id=task_id, version=1, draft=DRAFT, origin=origin, waits=False, proposed_at=0.0)
    )  # fmt: skip


def asked(question_id: str) -> e.QuestionAsked:
    return e.QuestionAsked(
        question=e.Question(
            id=question_id, kind=e.QuestionKind.QUESTION, task_id="T1", text="?", options=(), turn=0, index=0, asked_at=0.0
        )
    )  # fmt: skip


class FakeSession(NoWork):
    """Facts that are published one by one, each after the last was read; commands are kept, and refused when told to."""

    def __init__(self, stored: Sequence[e.Fact], coming: Sequence[e.Fact] = (), refuse: bool = False) -> None:
        self.facts = [e.Recorded(seq, 0.0, fact) for seq, fact in enumerate(stored, 1)]
        self.coming = list(coming)
        self.refuse = refuse
        self.commands: list[c.Command] = []
        self._rest = asyncio.Event()

    @property
    def run_id(self) -> str:
        return "r"

    def state(self) -> RunState:
        return replay(self.facts)

    async def watch(self, after: int) -> AsyncGenerator[e.Event, None]:
        for recorded in self.facts:
            if recorded.seq > after:
                yield recorded
        while self.coming:
            self.facts.append(e.Recorded(len(self.facts) + 1, 0.0, self.coming.pop(0)))
            yield e.TurnBegan("T1", 0, 1)
            yield self.facts[-1]
        self._rest.set()
        await asyncio.Event().wait()

    async def submit(self, command: c.Command) -> c.Receipt:
        self.commands.append(command)
        if self.refuse:
            raise AlreadyDecided("by someone else")
        return c.Receipt(0, "done")

    async def transcript(self, task_id: str) -> Transcript:
        raise NotImplementedError

    async def page(
        self, of: Collection[str] | None = None, *, before: int | None = None, after: int | None = None
    ) -> Page:
        raise NotImplementedError

    async def settled(self) -> None:
        await self._rest.wait()


async def nobody(prompt: str) -> str:
    raise EOFError


def run_of(session: FakeSession, word: str = "accept") -> tuple[HeadlessRun, list[e.Recorded]]:
    emitted: list[e.Recorded] = []
    return HeadlessRun(session, policy(word, ADA, nobody), ADA, emitted.append), emitted


async def test_a_new_run_is_told_from_its_start_and_every_proposal_is_answered_once() -> None:
    session = FakeSession([STARTED, proposed("T1", by=None)], [proposed("T2"), asked("q"), proposed("T3")])
    front, emitted = run_of(session)
    assert await front.run(from_start=True) == 0
    assert [recorded.seq for recorded in emitted] == [1, 2, 3, 4, 5]
    assert [type(command) for command in session.commands] == [c.Decide, c.Answer, c.Decide]


def undone(task_id: str, version: int) -> e.DecisionUndone:
    proposal = replace(proposed(task_id).proposal, version=version, note="ada took the decision back")
    return e.DecisionUndone(decision_id=1, task_id=task_id, actor=ADA, reason="", proposal=proposal)


def decided(task_id: str) -> e.ProposalDecided:
    decision = Decision(
        id=1, task_id=task_id, version=1, verdict=Verdict.REJECT, actor=ADA, decided_at=0.0, waited=0.0, reason="no"
    )  # fmt: skip
    return e.ProposalDecided(decision=decision, task=None)


async def test_a_later_version_is_decided_like_the_first() -> None:
    amended = e.TaskProposed(proposal=replace(proposed("T2").proposal, version=2, note="amended to answer ada"))
    session = FakeSession([STARTED], [proposed("T2"), amended])
    front, _ = run_of(session)
    await front.run(from_start=True)
    assert [(c.task_id, c.version) for c in session.commands if isinstance(c, Decide)] == [("T2", 1), ("T2", 2)]


async def test_what_a_human_takes_back_is_not_decided_over_their_head() -> None:
    session = FakeSession([STARTED], [proposed("T2"), decided("T2"), undone("T2", 2)])
    front, _ = run_of(session, "reject")
    await front.run(from_start=True)
    assert [(c.task_id, c.version) for c in session.commands if isinstance(c, Decide)] == [("T2", 1)]
    assert session.state().proposals["T2"].version == 2
    # who takes the run up with a word of their own decides what was left
    later, _ = run_of(session, "accept")
    await later.run(from_start=False)
    last = session.commands[-1]
    assert isinstance(last, c.Decide)
    assert (last.version, last.verdict) == (2, Verdict.ACCEPT)


async def test_what_a_human_adds_is_not_decided_by_a_policy() -> None:
    session = FakeSession([STARTED], [proposed("T1", by=None)])
    front, _ = run_of(session)
    await front.run(from_start=True)
    assert session.commands == []


async def test_a_run_taken_up_again_answers_what_was_left_and_tells_only_what_is_new() -> None:
    session = FakeSession([STARTED, proposed("T2"), asked("q")], [proposed("T3")])
    front, emitted = run_of(session, "reject")
    await front.run(from_start=False)
    assert [recorded.seq for recorded in emitted] == [4]
    decided = {command.task_id: command.verdict for command in session.commands if isinstance(command, c.Decide)}
    assert decided == {"T2": Verdict.REJECT, "T3": Verdict.REJECT}
    assert [command.question_id for command in session.commands if isinstance(command, c.Answer)] == ["q"]
    assert len(session.commands) == 3


async def test_someone_elses_answer_stands() -> None:
    session = FakeSession([STARTED], [proposed("T2"), asked("q")], refuse=True)
    front, emitted = run_of(session)
    assert await front.run(from_start=True) == 0
    assert len(session.commands) == 2
    assert len(emitted) == 3


@pytest.mark.parametrize("paused", [True, False])
async def test_a_paused_or_interrupted_run_goes_on(paused) -> None:
    session = FakeSession([STARTED, e.RunPaused(actor=ADA)] if paused else [STARTED])
    front, _ = run_of(session, "wait")
    await front.run(from_start=False)
    assert session.commands == ([c.Resume(reach=WHOLE_RUN, actor=ADA)] if paused else [])


async def test_a_failure_while_telling_ends_the_run() -> None:
    def broken(_: e.Recorded) -> None:
        raise BrokenPipeError

    front = HeadlessRun(FakeSession([STARTED]), policy("wait", ADA, nobody), ADA, broken)
    with pytest.raises(BrokenPipeError):
        await front.run(from_start=True)


TASK = Task(id="T1", draft=DRAFT, origin=Origin(), decision_id=1, created_at=0.0)
AGENT = AgentView(id="A", task_id="T1", role="qa_tester", model="m", status=AgentStatus.ENDED)


@pytest.mark.parametrize(
    ("status", "agent", "limits", "code"),
    [
        (TaskStatus.COMPLETED, AgentStatus.ENDED, {}, 0),
        (TaskStatus.CANCELLED, AgentStatus.ENDED, {}, 0),
        (TaskStatus.IN_PROGRESS, AgentStatus.WAITING, {}, 0),
        (TaskStatus.FAILED, AgentStatus.ENDED, {}, 1),
        (TaskStatus.IN_PROGRESS, AgentStatus.STALLED, {}, 1),
        (TaskStatus.FAILED, AgentStatus.ENDED, {"T1": "turns"}, 3),
    ],
)
def test_the_code_says_how_it_stands(status, agent, limits, code) -> None:
    state = RunState(
        tasks=Tasks({"T1": replace(TASK, status=status)}), agents=Sorted({"T1": replace(AGENT, status=agent)})
    )
    state.failed_limits = dict(limits)
    assert exit_code(state) == code
