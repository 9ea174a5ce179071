"""The demo with the real engine behind it: a person does all that the gate can, and what the squad does then is true."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.bootstrap.host import LocalHost
from hephaestus_tui.demo import new_run, script_path
from hephaestus_tui.domain import commands as c
from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.decision import Actor, ActorKind, Choice, Proposal, Verdict
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.state import DUPLICATE_SCORE, RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.domain.work import LineComment, Side, WorkStatus, WorkView
from hephaestus_tui.domain.work_commands import MergeWork, ResolveConflict, SendBack
from hephaestus_tui.session import Session

ADA = Actor(ActorKind.HUMAN, "ada")
LIKES = ("Check limit and offset in GET /users", "Validate limit and offset in GET /users")


class Triage:
    """A person at the demo who waits for what they need and then says what becomes of it."""

    def __init__(self, session: Session, project: Path) -> None:
        self.session = session
        self.project = project

    @property
    def state(self) -> RunState:
        return self.session.state()

    async def until(self, condition: Callable[[RunState], bool]) -> RunState:
        async with asyncio.timeout(60), aclosing(self.session.watch(self.state.seq)) as events:
            if condition(state := self.state):
                return state
            async for _ in events:
                if condition(state := self.state):
                    return state
        raise AssertionError("the session closed")

    async def proposal(self, title: str) -> Proposal:
        state = await self.until(lambda s: any(p.draft.title == title for p in s.proposals.values()))
        return next(p for p in state.proposals.values() if p.draft.title == title)

    async def accept(self, title: str) -> TaskId:
        proposal = await self.proposal(title)
        await self._decide(proposal, Verdict.ACCEPT, "")
        return proposal.task_id

    async def reject(self, title: str, reason: str) -> TaskId:
        proposal = await self.proposal(title)
        await self._decide(proposal, Verdict.REJECT, reason)
        return proposal.task_id

    async def _decide(self, proposal: Proposal, verdict: Verdict, reason: str) -> None:
        await self.session.submit(
            c.Decide(task_id=proposal.task_id, verdict=verdict, actor=ADA, version=proposal.version, reason=reason)
        )

    async def ready(self, task_id: TaskId, rounds: int = 0) -> WorkView:
        """The work of a task, once it waits to be merged after so many reviews."""
        state = await self.until(
            lambda s: (
                task_id in s.works
                and s.works[task_id].status is WorkStatus.READY
                and len(s.works[task_id].reviews) == rounds
            )
        )
        return state.works[task_id]

    async def merge(self, task_id: TaskId, rounds: int = 0) -> None:
        work = await self.ready(task_id, rounds)
        await self.session.submit(MergeWork(task_id=task_id, tip=work.tip, actor=ADA))

    async def send_back(self, task_id: TaskId, text: str, *comments: LineComment) -> None:
        work = await self.ready(task_id)
        await self.session.submit(
            SendBack(task_id=task_id, tip=work.tip, text=text, comments=comments, actor=ADA)
        )  # fmt: skip

    async def ask(self, title: str, question: str) -> Proposal:
        """What stands once the question has its answer."""
        proposal = await self.proposal(title)
        asked = c.AskBack(task_id=proposal.task_id, version=proposal.version, question=question, actor=ADA)
        await self.session.submit(asked)
        state = await self.until(lambda s: proposal.task_id in s.replies)
        return state.proposals[proposal.task_id]


def the_suite_passes(project: Path) -> None:
    command = [sys.executable, "-S", "-m", "unittest"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
async def triage(project: Path, tmp_path: Path) -> AsyncIterator[Triage]:
    config = tmp_path / "config"
    config.mkdir()
    (config / "config.toml").write_text("[gate]\nundo_seconds = 0\n")
    environ = {"HEPHAESTUS_CONFIG": str(config), "HEPHAESTUS_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    host = LocalHost(
        Opening(
            project=project, store=tmp_path / "home" / "demo.db", options={"model": f"scripted:{script_path()}"},
            environ=environ, speed=math.inf, trusted=True,
        )
    )  # fmt: skip
    session = await host.start(new_run())
    serving = asyncio.create_task(host.serve())
    yield Triage(session, project)
    serving.cancel()
    await asyncio.wait([serving])
    await host.close()


async def test_a_person_triages_the_whole_demo(triage: Triage) -> None:
    # the thin one: its agent, whose task is done by then, is asked and makes a question of it
    await triage.until(lambda s: s.tasks["T1"].status is TaskStatus.COMPLETED)
    thin = await triage.proposal("Rewrite the service on an async web framework")
    assert not thin.draft.done_criteria
    amended = await triage.ask(thin.draft.title, "What did you measure?")
    assert (amended.version, amended.by, amended.draft.phase) == (2, None, "investigation")
    assert triage.state.tasks["T1"].status is TaskStatus.COMPLETED

    # rejected all the same: the person chooses what becomes of who waits for it
    live = (await triage.proposal("Tell a client at once when its session is ended elsewhere")).task_id
    gone = await triage.reject("Would an async web framework help?", "Nobody waits for it.")
    (stranded,) = (i for i in attention(triage.state) if i.kind is AttentionKind.BLOCKER_GONE)
    assert (stranded.task_id, stranded.concerned) == (gone, (live,))
    await triage.session.submit(c.SettleBlocker(blocker=gone, choice=Choice.CANCEL, actor=ADA))
    assert live in triage.state.rejected

    # what is told twice is merged, and what is two things is split
    teams = await triage.accept("Read all team members in one query in GET /teams")
    again = await triage.proposal(LIKES[1])
    target = await triage.proposal(LIKES[0])
    assert again.near[0].task_id == target.task_id
    assert again.near[0].score >= DUPLICATE_SCORE
    merge = c.Merge(task_id=again.task_id, version=1, into=target.task_id, actor=ADA)
    await triage.session.submit(merge)
    checks = await triage.accept(LIKES[0])
    both = await triage.proposal("How large may a request be, and which routes are slow?")
    size, times = "How large may a request be?", "Which routes are slow?"
    parts = tuple(replace(both.draft, title=title) for title in (size, times))
    await triage.session.submit(c.Split(task_id=both.task_id, version=1, parts=parts, chained=False, actor=ADA))
    await triage.accept(size)
    split_off = await triage.accept(times)

    # the chain, one decision of which is taken back and made again
    building = await triage.accept("Let every route use the token cache")
    await triage.session.submit(c.Undo(task_id=building, actor=ADA, reason="too soon"))
    await triage.accept("Can the token cache serve every route?")
    await triage.accept("Let every route use the token cache")
    await triage.accept("Validate authentication with the shared cache")
    forgetting = await triage.accept("Forget cached tokens when a user is signed out everywhere")

    # work is looked at before it is merged: one goes back with a comment, two conflict, and a task resolves that
    comment = LineComment(
        path="tests/test_team_statements.py", side=Side.NEW, line=7, quoted="…", text="And an empty team?"
    )
    await triage.send_back(teams, "One thing is missing.", comment)
    await triage.merge(teams, rounds=1)
    await triage.merge(checks)
    assert triage.state.tasks["T4"].status is TaskStatus.BLOCKED
    await triage.merge(building)
    await triage.ready(forgetting)
    await triage.merge("T1")
    with pytest.raises(CommandRefused, match=r"conflicts with main in README\.md"):
        await triage.merge(forgetting)
    resolver = (await triage.session.submit(ResolveConflict(task_id=forgetting, actor=ADA))).task_id
    assert resolver is not None
    await triage.merge(resolver)
    assert triage.state.works[forgetting].status is WorkStatus.MERGED

    # what the last of the chain finds: the idea that was turned down comes back and says so, and a bound is met once
    again = await triage.proposal("Port the service to an async web framework")
    await triage.until(lambda s: bool(s.bounds_reached))
    (bound,) = (i for i in attention(triage.state) if i.kind is AttentionKind.BOUND)
    assert "per_turn 3" in bound.text
    await triage.session.submit(c.SettleBound(bound="per_turn", limit=None, actor=ADA))
    numbers = await triage.accept("Report hits and misses of the token cache in GET /health")
    await triage.accept("Can a look-up that is under way outlive a sign-out?")
    await triage.reject(again.draft.title, "It was turned down before, and this has no news.")

    await triage.merge(numbers)
    await asyncio.wait_for(triage.session.settled(), 60)
    state = triage.state
    assert attention(state) == []
    assert {t.status for t in state.tasks.values()} == {TaskStatus.COMPLETED}
    assert len(state.record) >= 10
    assert (state.tasks[split_off].summary or "").strip().startswith("**Not done; no file was changed.**")
    assert len(state.undone) == 1
    assert [near.task_id for near in again.near] == [gone]
    the_suite_passes(triage.project)
    assert "test_a_team_without_members" in (triage.project / "tests/test_team_statements.py").read_text()
    rows = (triage.project / "README.md").read_text()
    assert "tokens are refused at once" in rows
    assert "/users/{user_id}/sessions" in rows
