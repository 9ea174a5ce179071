"""A run in this process: the port over ledger, gate and scheduler."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Collection

from hephaestus_tui.domain import commands as c
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.errors import BadDraft, CommandRefused
from hephaestus_tui.domain.policy import Leave, leave, policy_for
from hephaestus_tui.domain.state import DUPLICATE_SCORE, AgentStatus, RunState
from hephaestus_tui.domain.task import TITLE_LIMIT, Discovery, RunId, TaskDraft, TaskId, draft_faults
from hephaestus_tui.domain.work import FileChange, FileDiff, MergePreview, Work
from hephaestus_tui.domain.work_commands import DiscardWork, MergeWork, ResolveConflict, SendBack
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.limits import raised_in_settings
from hephaestus_tui.engine.plan import known_task
from hephaestus_tui.engine.reviewing import Reviewing
from hephaestus_tui.engine.scheduler import Scheduler
from hephaestus_tui.engine.steering import Steering
from hephaestus_tui.engine.workshop import Workshop, without_workspaces
from hephaestus_tui.session import NewRun, Page, Told, Transcript
from hephaestus_tui.store.store import Store

ASKED_FOR = "Asked for by the human who started the run."


class LocalSession:
    """Implements `session.Session`. Commands work at once; agents work while `serve` runs."""

    def __init__(self, ledger: Ledger, kit: Kit) -> None:
        self._ledger = ledger
        self._kit = kit
        self._gate = Gate(ledger, kit.settings.spawn, kit.now)
        self._shop = Workshop(ledger, kit)
        self._reviewing = Reviewing(ledger, kit, self._shop)
        self._scheduler = Scheduler(ledger, kit, self._gate, self._shop)
        self._steering = Steering(ledger, self._scheduler, self._shop, kit.now)

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
            role_policies=kit.role_policies,
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
    async def resume(cls, store: Store, kit: Kit, run_id: RunId, told: Told | None = None) -> LocalSession:
        """Take a stored run up again: what was at work is `interrupted` until a human resumes it."""
        session = cls(await Ledger.open(store, run_id, told), kit)
        state = session._ledger.state
        cut_off = [
            e.AgentInterrupted(task_id=task_id)
            for task_id, agent in state.agents.items()
            if agent.status not in (AgentStatus.ENDED, AgentStatus.INTERRUPTED)
        ]
        model, roles = kit.settings.model or state.model, tuple(kit.roles)
        raised = raised_in_settings(state, kit.settings.limits)
        resumed = e.RunResumed(
            model=model, policy=state.policy, roles=roles, containment=kit.containment, role_policies=kit.role_policies
        )
        await session._ledger.record(resumed, *raised, *cut_off, *without_workspaces(state))
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

    async def page(
        self, of: Collection[TaskId] | None = None, *, before: int | None = None, after: int | None = None
    ) -> Page:
        return await self._ledger.store.page(self.run_id, of, before=before, after=after)

    async def work(self, task_id: TaskId, since: str | None = None) -> Work:
        return await self._reviewing.work(task_id, since)

    async def diff(self, change: FileChange) -> FileDiff:
        return await self._reviewing.diff(change)

    async def preview(self, task_id: TaskId) -> MergePreview:
        return await self._reviewing.preview(task_id)

    async def patch(self, task_id: TaskId) -> bytes:
        """All of a task's work as `git apply` takes it. Raises CommandRefused."""
        return await self._reviewing.patch(task_id)

    async def settled(self) -> None:
        """As in the port; a session that was started or resumed is not settled before `serve` has looked at it."""
        await self._ledger.busy.settled()

    async def serve(self) -> None:
        """Run agents until cancelled."""
        await self._reviewing.recover()
        await self._scheduler.serve()

    def close(self) -> None:
        self._ledger.close()

    async def submit(self, command: c.Command) -> c.Receipt:
        with self._ledger.busy.working():
            return await self._carry_out(command)

    async def _carry_out(self, command: c.Command) -> c.Receipt:
        match command:
            case c.SetPolicy():
                return await self._set_policy(command)
            case c.ChooseModel(model=str(model)) if model:
                self._kit.check(model)
                return await self._gate.carry_out(command)
            case c.RetryNow():
                return self._retry_now(command)
            case c.Pause() | c.Resume() | c.Step() | c.Stop() | c.Restart() | c.Steer() | c.Revoke():
                return await self._steering.carry_out(command)
            case MergeWork() | SendBack() | DiscardWork() | ResolveConflict():
                return await self._reviewing.carry_out(command)
            case _:
                return await self._gate.carry_out(command)

    async def _set_policy(self, command: c.SetPolicy) -> c.Receipt:
        """What the new policy allows unasked needs no answer any more: whoever set it has allowed what waits."""
        state = self._ledger.state
        async with self._ledger.lock:
            roles = {own.role: own for own in state.role_policies}
            allowed = [
                e.QuestionAnswered(question_id=q.id, answer=e.ALLOW, actor=command.actor)
                for q in state.questions.values()
                if q.kind is e.QuestionKind.PERMISSION
                and q.effect is not None
                and leave(
                    policy_for(command.policy, roles.get(state.agents[q.task_id].role)), q.effect, self._kit.containment
                )
                is Leave.ALLOWED
            ]
            note = f"the policy is now {command.policy}"
            if allowed:
                what = "a waiting permission" if len(allowed) == 1 else f"{len(allowed)} waiting permissions"
                note += f", which allowed {what}"
            changed = e.PolicyChanged(policy=command.policy, actor=command.actor)
            recorded = await self._ledger.record(changed, *allowed)
            return c.Receipt(recorded[-1].seq, note)

    def _retry_now(self, command: c.RetryNow) -> c.Receipt:
        """Nothing is recorded: that a provider is waited for is not, either."""
        agent = self._ledger.state.agents.get(known_task(self._ledger.state, command.task_id).id)
        if agent is None or agent.status is not AgentStatus.WORKING:
            raise CommandRefused(
                f"The agent of {command.task_id} is {agent.status if agent else 'not started'}, not at work."
            )
        provider, _ = self._kit.resolve(agent.model)
        if not provider.hurry():
            raise CommandRefused(f"The agent of {command.task_id} waits for no provider: there is nothing to hurry.")
        return c.Receipt(self._ledger.state.seq, "the provider is asked again now", command.task_id)
