"""The agent loop: turn, calls, results, until the task is completed or a limit ends it. One coroutine an agent."""

from __future__ import annotations

import time

from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.errors import HephaestusError, StoreError
from hephaestus_tui.domain.events import (
    AgentStalled,
    Fact,
    ProviderWaiting,
    RunPaused,
    TaskCompleted,
    TaskFailed,
    TurnCut,
    UsageRecorded,
)
from hephaestus_tui.domain.message import Message, Part, Speaker, TextPart, ToolCallPart, ToolResultPart, Usage
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.calls import carry_out, lost
from hephaestus_tui.engine.conversation import Conversation
from hephaestus_tui.engine.desk import CallDesk
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.prompts import NUDGE, brief, news, system_prompt
from hephaestus_tui.engine.turn import Turn, with_own_ids
from hephaestus_tui.providers.base import TurnContext, TurnEnd, TurnRequest
from hephaestus_tui.tools.base import ToolOutcome
from hephaestus_tui.tools.catalog import for_role

NUDGES = 3
FRUITLESS_TURNS = 5
STORE_RETRY_SECONDS = 5.0
HELD = (AgentStatus.PAUSED, AgentStatus.STALLED, AgentStatus.INTERRUPTED)
CUT_OFF = "the program ended before the turn did"


class AgentLoop:
    """Works on one task that is `in_progress`, from wherever its stored conversation stands."""

    def __init__(self, ledger: Ledger, kit: Kit, gate: Gate, task_id: TaskId) -> None:
        self._ledger = ledger
        self._kit = kit
        self._gate = gate
        self._task_id = task_id
        agent = ledger.state.agents[task_id]
        self._model = agent.model
        self._role = kit.role(agent.role)
        self._tools = for_role(kit.tools, self._role.tools)
        self._turn: Turn | None = None
        self._worked = 0.0
        self._silent = 0
        self._fruitless = 0

    async def run(self) -> None:
        """Until the task has ended. A store that cannot be written is waited for; nothing is lost meanwhile."""
        while True:
            try:
                await self._work()
            except StoreError as error:
                await self._wait_for_store(error)
            else:
                return

    async def fail(self, reason: str) -> None:
        """End the task as failed, however long the store cannot be written."""
        while True:
            try:
                await self._ledger.record(TaskFailed(task_id=self._task_id, reason=reason))
            except StoreError as error:
                await self._wait_for_store(error)
            else:
                return

    async def keep_what_was_said(self, reason: str) -> None:
        """After a cancellation: record the text of the turn that it cut, if it was not stored whole just then."""
        turn = self._turn
        if turn and turn.said:
            talk = await Conversation.load(self._ledger, self._task_id)
            if talk.next_ordinal == turn.number:
                await turn.cut(reason)

    async def _work(self) -> None:
        talk = await self._conversation()
        for turn, index, call in talk.open_calls():
            if await self._call(talk, turn, index, call):
                return
        while True:
            await self._boundary(talk)
            if limit := self._limit_reached():
                await self._ledger.record(limit)
                if isinstance(limit, TaskFailed):
                    return
                continue
            message = await self._take_turn(talk)
            if message is None:
                continue
            for index, call in enumerate(message.calls()):
                if await self._call(talk, message.ordinal, index, call):
                    return
            await self._despair(message)

    async def _conversation(self) -> Conversation:
        talk = await Conversation.load(self._ledger, self._task_id)
        state = self._ledger.state
        if talk.unfinished:
            cut = TurnCut(task_id=self._task_id, turn=talk.next_ordinal, text=talk.unfinished, reason=CUT_OFF)
            await self._ledger.record(cut)
        if talk.next_ordinal == 0:
            system = system_prompt(self._role, self._kit.shared_prompt, state)
            await talk.add(talk.message(Speaker.SYSTEM, (TextPart(system),), self._kit.now()))
        if talk.next_ordinal == 1:
            async with self._ledger.lock:
                await self._tell(talk, TextPart(brief(state.tasks[self._task_id], state)))
        return talk

    async def _boundary(self, talk: Conversation) -> None:
        """Between a turn and the next: hold while paused, then hand over what has happened since."""
        while True:
            await self._ledger.park(self._may_go_on)
            async with self._ledger.lock:
                # a pause may have come before the lock
                if self._may_go_on(self._ledger.state):
                    await self._tell(talk, *((TextPart(NUDGE),) if talk.silent else ()))
                    return

    def _may_go_on(self, state: RunState) -> bool:
        return not state.paused and state.agents[self._task_id].status not in HELD

    async def _tell(self, talk: Conversation, *parts: Part) -> None:
        """Say `parts` and whatever news there is in one message. The ledger's lock is held: steering is told once."""
        state, told = self._ledger.state, talk.told()
        mine = [d for c in state.children(self._task_id) if (d := state.decisions.get(c)) and c not in told]
        parts += news(mine, state.steering.get(self._task_id, ()))
        if parts:
            await talk.add(talk.message(Speaker.USER, parts, self._kit.now()))

    async def _take_turn(self, talk: Conversation) -> Message | None:
        """The stored turn; None where there was none to be had and the agent stands still."""
        self._turn = Turn(self._ledger, self._kit, talk.next_ordinal, self._task_id)
        began = time.monotonic()
        try:
            provider, model = self._kit.resolve(self._model)
            end = await self._turn.take(provider, self._request(talk, model))
        except StoreError:
            raise
        except HephaestusError as error:
            await self._stall(str(error))
            return None
        finally:
            self._worked += time.monotonic() - began
        return await self._add_turn(talk, end)

    async def _add_turn(self, talk: Conversation, end: TurnEnd) -> Message:
        ordinal = talk.next_ordinal
        end = with_own_ids(end, talk.call_ids, lambda index: f"call-{ordinal}-{index}")
        message = talk.message(Speaker.ASSISTANT, end.parts, self._kit.now(), model=self._model, reply_id=end.reply_id)
        await self._keep(talk, message, UsageRecorded(task_id=self._task_id, model=self._model, usage=end.usage))
        self._turn = None
        return message

    def _request(self, talk: Conversation, model: str) -> TurnRequest:
        task = self._ledger.state.tasks[self._task_id]
        return TurnRequest(
            model=model,
            system=talk.system,
            messages=talk.spoken,
            tools=tuple(tool.declaration() for tool in self._tools.values()),
            max_tokens=self._kit.settings.limits.reply_tokens,
            attempt=1,
            context=TurnContext(
                task_id=task.id,
                role=task.draft.role,
                phase=task.draft.phase,
                title=task.draft.title,
                done_criteria=task.draft.done_criteria,
                origin_call_id=task.origin.call_id,
            ),
        )

    async def _call(self, talk: Conversation, turn: int, index: int, call: ToolCallPart) -> bool:
        """Carry out one call, once nobody holds the agent, and store its result; True where it has ended the task."""
        await self._ledger.park(self._may_go_on)
        desk = CallDesk(self._ledger, self._gate, self._kit, self._task_id, turn, index, call.call_id)
        began = time.monotonic()
        outcome = lost(call, desk) or await carry_out(call, self._tools, desk)
        self._worked += time.monotonic() - began - desk.parked
        self._fruitless = self._fruitless + 1 if outcome.is_error else 0
        result = talk.message(Speaker.TOOL, (_result(call, outcome),), self._kit.now())
        if outcome.ends_task and desk.completion:
            summary, evidence = desk.completion
            await self._keep(talk, result, TaskCompleted(task_id=self._task_id, summary=summary, evidence=evidence))
            return True
        await self._keep(talk, result)
        return False

    async def _keep(self, talk: Conversation, message: Message, *more: Fact) -> None:
        """Store what was paid for or has happened: taken anew it would be paid for, or happen, again."""
        while True:
            try:
                await talk.add(message, *more)
            except StoreError as error:
                await self._wait_for_store(error)
            else:
                return

    async def _wait_for_store(self, error: StoreError) -> None:
        self._ledger.flicker(ProviderWaiting(self._task_id, str(error), STORE_RETRY_SECONDS))
        await self._kit.sleep(STORE_RETRY_SECONDS)
        self._ledger.flicker(ProviderWaiting(self._task_id, "", 0.0))

    async def _despair(self, message: Message) -> None:
        self._silent = 0 if message.calls() else self._silent + 1
        if self._silent > NUDGES:
            self._silent = 0
            await self._stall(f"ended {NUDGES + 1} turns without calling a tool; steer it, resume it or stop it")
        if self._fruitless >= FRUITLESS_TURNS:
            self._fruitless = 0
            await self._stall(f"its last {FRUITLESS_TURNS} tool calls all failed; steer it, resume it or stop it")

    async def _stall(self, reason: str) -> None:
        await self._ledger.record(AgentStalled(task_id=self._task_id, reason=reason))

    def _limit_reached(self) -> TaskFailed | RunPaused | None:
        """The task's own limits end it; the run's limit holds every agent until a human lets the run go on."""
        state, limits = self._ledger.state, self._kit.settings.limits
        if limits.run_tokens and state.usage.total >= limits.run_tokens:
            name = f"limits.run_tokens = {limits.run_tokens:,}"
            return RunPaused(actor=Actor(ActorKind.RULE, "limits.run_tokens"), limit=name)
        spent = state.usage_by_task.get(self._task_id, Usage()).total
        reached = {
            "turns": (state.agents[self._task_id].turns, limits.turns),
            "tokens": (spent, limits.tokens),
            "seconds": (self._worked, limits.seconds),
        }
        for name, (used, limit) in reached.items():
            if limit and used >= limit:
                reason = f"reached its limit of {limit:,.0f} {name}; raise limits.{name} in the settings, then retry it"
                return TaskFailed(task_id=self._task_id, reason=reason, limit=name)
        return None


def _result(call: ToolCallPart, outcome: ToolOutcome) -> ToolResultPart:
    return ToolResultPart(call.call_id, outcome.content, outcome.is_error)
