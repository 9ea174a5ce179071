"""A run without a screen: the same port, decided by a policy, narrated or printed as facts, and an honest exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from hephaestus_tui.domain.commands import Answer, Decide, Resume
from hephaestus_tui.domain.decision import Actor, Proposal
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import (
    Question,
    QuestionAsked,
    QuestionKind,
    Recorded,
    ReportMade,
    TaskProposed,
    WorkDone,
)
from hephaestus_tui.domain.reach import WHOLE_RUN
from hephaestus_tui.domain.reporting import open_reports
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.talk import Report
from hephaestus_tui.domain.talk_commands import AnswerReport
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.domain.work import WorkStatus
from hephaestus_tui.headless.finished import Finished, WorkPolicy
from hephaestus_tui.headless.policies import Decider
from hephaestus_tui.session import Session

DONE, FAILED, LIMIT, WORK_WAITS = 0, 1, 3, 4


class HeadlessRun:
    """Watches a session, lets `decider` answer what waits, and passes every fact to `emit`, in order.

    `works` is what becomes of finished work; `tell` takes sentences on what of it stays undone.
    """

    def __init__(
        self, session: Session, decider: Decider, actor: Actor, emit: Callable[[Recorded], None],
        works: WorkPolicy = WorkPolicy.KEEP, tell: Callable[[str], None] = lambda words: None,
    ) -> None:  # fmt: skip
        self._session = session
        self._decider = decider
        self._actor = actor
        self._emit = emit
        self._finished = Finished(session, works, actor, tell)
        self._seen = asyncio.Condition()
        self._deciding = asyncio.Lock()
        self._seq = 0

    async def run(self, from_start: bool) -> int:
        """Until nothing moves any more; the exit code. `from_start` emits the facts that are stored already, too."""
        state = self._session.state()
        self._seq = after = 0 if from_start else state.seq
        # what was left comes before what is new
        quiet = asyncio.create_task(self._taken_up_and_quiet(RunState() if from_start else state))
        watching = asyncio.create_task(self._watch(after))
        try:
            await asyncio.wait([watching, quiet], return_when=asyncio.FIRST_COMPLETED)
            for ended in (watching, quiet):
                if ended.done():
                    ended.result()
        finally:
            watching.cancel()
            quiet.cancel()
            await asyncio.wait([watching, quiet])
        return exit_code(self._session.state())

    async def _taken_up_and_quiet(self, left: RunState) -> None:
        await self._take_up(left)
        await self._quiet()

    async def _take_up(self, state: RunState) -> None:
        """What was left waiting by an earlier process is answered as if it came now, and what it cut off goes on."""
        for proposal in list(state.proposals.values()):
            await self._decide(proposal)
        for question in list(state.questions.values()):
            await self._answer(question)
        for report in [r for r in open_reports(state) if r.waits]:
            await self._heed(report)
        await self._finished.take_up()
        if state.paused or any(a.status is AgentStatus.INTERRUPTED for a in state.agents.values()):
            await self._session.submit(Resume(reach=WHOLE_RUN, actor=self._actor))

    async def _watch(self, after: int) -> None:
        async with aclosing(self._session.watch(after)) as events:
            async for event in events:
                if not isinstance(event, Recorded):
                    continue
                self._emit(event)
                match event.fact:
                    # also a later version: what a human changed, or an agent to answer one. What a human took back
                    # is not decided over their head
                    case TaskProposed(proposal=proposal) if proposal.origin.task_id is not None:
                        await self._decide(proposal)
                    case WorkDone():
                        await self._finished.deal_with(event.fact.task_id)
                    case QuestionAsked(question=question):
                        await self._answer(question)
                    case ReportMade(report=report) if report.waits:
                        await self._heed(report)
                    case _:
                        pass
                async with self._seen:
                    self._seq = event.seq
                    self._seen.notify_all()

    async def _quiet(self) -> None:
        """Returns when the engine is at rest and this watcher has dealt with its last fact."""
        while True:
            await self._session.settled()
            seq = self._session.state().seq
            async with self._seen:
                await self._seen.wait_for(lambda: self._seq >= seq)  # noqa: B023
            if self._session.state().seq == seq:
                return

    async def _decide(self, proposal: Proposal) -> None:
        async with self._deciding:  # what was left waiting and what comes now ask the same person
            command = await self._decider.decide(proposal)
        if command is not None:
            await self._submit(command)

    async def _answer(self, question: Question) -> None:
        async with self._deciding:
            words = await self._decider.answer(question)
        if words is not None:
            await self._submit(Answer(question_id=question.id, answer=words, actor=self._actor))

    async def _heed(self, report: Report) -> None:
        """A report is a question of an agent that waits for any word; what it does not wait for is left to a human."""
        question = Question(
            id=report.id, kind=QuestionKind.QUESTION, task_id=report.task_id, text=f"This is in my way: {report.text}",
            options=(), turn=0, index=0, asked_at=report.at,
        )  # fmt: skip
        async with self._deciding:
            words = await self._decider.answer(question)
        if words is not None:
            await self._submit(AnswerReport(report_id=report.id, words=words, actor=self._actor))

    async def _submit(self, command: Decide | Answer | AnswerReport) -> None:
        try:
            await self._session.submit(command)
        except CommandRefused:
            # someone decided from another terminal first: the first answer stands
            return


def exit_code(state: RunState) -> int:
    """3 where a limit ended a task or holds the run, 1 where one failed or stands still, 4 where finished work waits.

    Else 0: what else waits for a human has not failed. Work that is not merged is not done, and a script must not take it so.
    """
    if state.failed_limits or state.run_limit or state.budgets_reached:
        return LIMIT
    failed = any(t.status is TaskStatus.FAILED for t in state.tasks.values())
    stalled = any(a.status is AgentStatus.STALLED for a in state.agents.values())
    if failed or stalled:
        return FAILED
    return WORK_WAITS if any(work.status is WorkStatus.READY for work in state.works.values()) else DONE
