"""A run in this process: the port over ledger, gate and scheduler."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator

from hephaestus_tui.domain import commands as c
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.errors import BadDraft, CommandRefused
from hephaestus_tui.domain.policy import Leave, leave
from hephaestus_tui.domain.state import DUPLICATE_SCORE, AgentStatus, RunState
from hephaestus_tui.domain.task import (
    TITLE_LIMIT,
    Discovery,
    RunId,
    Task,
    TaskDraft,
    TaskId,
    TaskStatus,
    draft_faults,
)
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.limits import raised_in_settings
from hephaestus_tui.engine.plan import known_task
from hephaestus_tui.engine.scheduler import Scheduler
from hephaestus_tui.session import NewRun, NoWork, Transcript
from hephaestus_tui.store.store import Store

ASKED_FOR = "Asked for by the human who started the run."
_HELD = (AgentStatus.PAUSED, AgentStatus.INTERRUPTED, AgentStatus.STALLED)


class LocalSession(NoWork):
    """Implements `session.Session`. Commands work at once; agents work while `serve` runs."""

    def __init__(self, ledger: Ledger, kit: Kit) -> None:
        self._ledger = ledger
        self._kit = kit
        self._gate = Gate(ledger, kit.settings.spawn, kit.now)
        self._scheduler = Scheduler(ledger, kit, self._gate)

    @classmethod
    async def start(cls, store: Store, kit: Kit, request: NewRun, project: str, actor: Actor) -> LocalSession:
        """A new run with its goal as the first task. Raises BadDraft where the goal or the role will not do."""
        run_id: RunId = secrets.token_hex(4)
        started = e.RunStarted(
            run_id=run_id,
            goal=request.goal,
            project=project,
            model=kit.settings.model,
            policy=request.policy or kit.settings.policy,
            roles=tuple(kit.roles),
            containment=kit.containment,
        )
        first_line = request.goal.strip().partition("\n")[0]
        draft = TaskDraft(
            title=first_line[:TITLE_LIMIT],
            description=request.goal,
            rationale=ASKED_FOR,
            phase=request.phase,
            role=request.role,
            discovery=Discovery.OTHER,
        )
        if faults := draft_faults(draft, started.roles):
            raise BadDraft(faults)
        before: list[e.Fact] = [started]
        if (score := kit.settings.gate.duplicate_score) != DUPLICATE_SCORE:
            before.append(e.DuplicateScoreSet(score=score, actor=actor))
        session = cls(await Ledger.open(store, run_id), kit)
        # one transaction: a run without a task would come back as one in which nothing is left to do
        await session._gate.carry_out(c.AddTask(draft=draft, actor=actor), *before)
        session._scheduler.wake()
        return session

    @classmethod
    async def resume(cls, store: Store, kit: Kit, run_id: RunId) -> LocalSession:
        """Take a stored run up again: what was at work is `interrupted` until a human resumes it."""
        session = cls(await Ledger.open(store, run_id), kit)
        state = session._ledger.state
        cut_off = [
            e.AgentInterrupted(task_id=task_id)
            for task_id, agent in state.agents.items()
            if agent.status not in (AgentStatus.ENDED, AgentStatus.INTERRUPTED)
        ]
        model, roles = kit.settings.model or state.model, tuple(kit.roles)
        raised = raised_in_settings(state, kit.settings.limits)
        resumed = e.RunResumed(model=model, policy=state.policy, roles=roles, containment=kit.containment)
        await session._ledger.record(resumed, *raised, *cut_off)
        session._scheduler.wake()
        return session

    @classmethod
    async def open(cls, store: Store, kit: Kit, run_id: RunId) -> LocalSession:
        """A stored run as it lies, for commands alone: nothing is taken up, no agent is touched."""
        return cls(await Ledger.open(store, run_id), kit)

    @property
    def run_id(self) -> RunId:
        return self._ledger.run_id

    def state(self) -> RunState:
        return self._ledger.state.snapshot()

    def watch(self, after: int) -> AsyncGenerator[e.Event, None]:
        return self._ledger.bus.watch(after)

    async def transcript(self, task_id: TaskId) -> Transcript:
        return await self._ledger.store.transcript(self.run_id, task_id)

    async def settled(self) -> None:
        """As in the port; a session that was started or resumed is not settled before `serve` has looked at it."""
        await self._ledger.busy.settled()

    async def serve(self) -> None:
        """Run agents until cancelled."""
        await self._scheduler.serve()

    def close(self) -> None:
        self._ledger.close()

    async def submit(self, command: c.Command) -> c.Receipt:
        with self._ledger.busy.working():
            return await self._carry_out(command)

    async def _carry_out(self, command: c.Command) -> c.Receipt:
        match command:
            case c.Answer():
                return await self._answer(command)
            case c.Pause():
                return await self._pause(command)
            case c.Resume():
                return await self._resume(command)
            case c.Stop():
                return await self._stop(command)
            case c.Steer():
                return await self._steer(command)
            case c.Retry():
                return await self._retry(command)
            case c.SetPolicy():
                return await self._set_policy(command)
            case c.ChooseModel(model=str(model)) if model:
                self._kit.check(model)
                return await self._gate.carry_out(command)
            case c.RetryNow():
                return self._retry_now(command)
            case _:
                return await self._gate.carry_out(command)

    async def _answer(self, command: c.Answer) -> c.Receipt:
        async with self._ledger.lock:
            question = self._ledger.state.questions.get(command.question_id)
            if question is None:
                raise CommandRefused("That question no longer waits: it was answered, or its task has ended.")
            fact = e.QuestionAnswered(question_id=question.id, answer=command.answer, actor=command.actor)
            return await self._record(fact, f"{question.task_id} has its answer", question.task_id)

    async def _set_policy(self, command: c.SetPolicy) -> c.Receipt:
        """What the new policy allows unasked needs no answer any more: whoever set it has allowed what waits."""
        async with self._ledger.lock:
            allowed = [
                e.QuestionAnswered(question_id=q.id, answer=e.ALLOW, actor=command.actor)
                for q in self._ledger.state.questions.values()
                if q.kind is e.QuestionKind.PERMISSION
                and q.effect is not None
                and leave(command.policy, q.effect, self._kit.containment) is Leave.ALLOWED
            ]
            note = f"the policy is now {command.policy}"
            if allowed:
                what = "a waiting permission" if len(allowed) == 1 else f"{len(allowed)} waiting permissions"
                note += f", which allowed {what}"
            changed = e.PolicyChanged(policy=command.policy, actor=command.actor)
            recorded = await self._ledger.record(changed, *allowed)
            return c.Receipt(recorded[-1].seq, note)

    async def _pause(self, command: c.Pause) -> c.Receipt:
        async with self._ledger.lock:
            if command.task_id is None:
                return await self._record(e.RunPaused(actor=command.actor), "the run is paused")
            self._agent_of(command.task_id, (AgentStatus.WORKING, AgentStatus.WAITING), "at work")
            fact = e.AgentPaused(task_id=command.task_id, actor=command.actor)
            return await self._record(fact, f"{command.task_id} pauses at its next boundary", command.task_id)

    async def _resume(self, command: c.Resume) -> c.Receipt:
        async with self._ledger.lock:
            state = self._ledger.state
            if command.task_id is not None:
                self._agent_of(command.task_id, _HELD, "paused, interrupted or stalled")
                fact = e.AgentResumed(task_id=command.task_id, actor=command.actor)
                return await self._record(fact, f"{command.task_id} goes on", command.task_id)
            held = [t for t, a in state.agents.items() if a.status in (AgentStatus.INTERRUPTED, AgentStatus.STALLED)]
            facts = [e.AgentResumed(task_id=task_id, actor=command.actor) for task_id in held]
            recorded = await self._ledger.record(e.RunUnpaused(actor=command.actor), *facts)
            return c.Receipt(recorded[-1].seq, "the run goes on")

    async def _stop(self, command: c.Stop) -> c.Receipt:
        self._unended(command.task_id)  # looked at before as well: what has ended may be answering a question
        reason = command.reason.strip() or f"stopped by {command.actor}"
        async with self._scheduler.halted(command.task_id, reason), self._ledger.lock:
            task = self._unended(command.task_id)
            fact = e.TaskCancelled(task_id=task.id, reason=reason, actor=command.actor)
            return await self._record(fact, f"{task.id} is stopped", task.id)

    async def _steer(self, command: c.Steer) -> c.Receipt:
        async with self._ledger.lock:
            if not command.text.strip():
                raise CommandRefused("There is nothing to say: write a message for the agent.")
            self._agent_of(command.task_id, (AgentStatus.WORKING, AgentStatus.WAITING, *_HELD), "at work")
            facts: list[e.Fact] = [e.AgentSteered(task_id=command.task_id, text=command.text, actor=command.actor)]
            if self._ledger.state.agents[command.task_id].status is AgentStatus.STALLED:
                # it stands still for want of a word, and this is one
                facts.append(e.AgentResumed(task_id=command.task_id, actor=command.actor))
            recorded = await self._ledger.record(*facts)
            return c.Receipt(recorded[-1].seq, f"{command.task_id} reads it before its next turn", command.task_id)

    async def _retry(self, command: c.Retry) -> c.Receipt:
        async with self._ledger.lock:
            task = self._task(command.task_id)
            if task.status not in (TaskStatus.FAILED, TaskStatus.CANCELLED):
                raise CommandRefused(f"{task.id} is {task.status}: only a failed or stopped task can be retried.")
            fact = e.TaskRetried(task_id=task.id, actor=command.actor)
            return await self._record(fact, f"{task.id} is in the queue again", task.id)

    def _retry_now(self, command: c.RetryNow) -> c.Receipt:
        """Nothing is recorded: that a provider is waited for is not, either."""
        self._agent_of(command.task_id, (AgentStatus.WORKING,), "at work")
        provider, _ = self._kit.resolve(self._ledger.state.agents[command.task_id].model)
        if not provider.hurry():
            raise CommandRefused(f"The agent of {command.task_id} waits for no provider: there is nothing to hurry.")
        return c.Receipt(self._ledger.state.seq, "the provider is asked again now", command.task_id)

    def _task(self, task_id: TaskId) -> Task:
        return known_task(self._ledger.state, task_id)

    def _unended(self, task_id: TaskId) -> Task:
        task = self._task(task_id)
        if task.status.ended:
            raise CommandRefused(f"{task.id} has ended already ({task.status}): nothing to stop.")
        return task

    def _agent_of(self, task_id: TaskId, wanted: tuple[AgentStatus, ...], words: str) -> None:
        self._task(task_id)
        agent = self._ledger.state.agents.get(task_id)
        if agent is None or agent.status not in wanted:
            now = agent.status if agent else "not started"
            raise CommandRefused(f"The agent of {task_id} is {now}, not {words}.")

    async def _record(self, fact: e.Fact, note: str, task_id: TaskId | None = None) -> c.Receipt:
        recorded = await self._ledger.record(fact)
        return c.Receipt(recorded[-1].seq, note, task_id)
