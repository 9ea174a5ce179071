"""One agent's side of the conversation with its model: a turn asked for and kept, a call carried out and kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hephaestus_tui.domain.context import Cause
from hephaestus_tui.domain.errors import HephaestusError, StoreError
from hephaestus_tui.domain.events import (
    BudgetReached,
    Fact,
    ProviderWaiting,
    TaskCompleted,
    TurnCut,
    UsageRecorded,
)
from hephaestus_tui.domain.message import Message, Part, Speaker, ToolCallPart, ToolResultPart
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.calls import carry_out, lost
from hephaestus_tui.engine.compactor import Compactor
from hephaestus_tui.engine.completing import completed
from hephaestus_tui.engine.conversation import Conversation
from hephaestus_tui.engine.desk import CallDesk
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.limits import budget_facts, has_dollars
from hephaestus_tui.engine.models import Models
from hephaestus_tui.engine.news import news
from hephaestus_tui.engine.turn import Superseded, Turn, with_own_ids
from hephaestus_tui.engine.turn_request import turn_request
from hephaestus_tui.engine.workshop import Workshop
from hephaestus_tui.providers.base import Provider, TurnRequest
from hephaestus_tui.providers.call_ids import own_id
from hephaestus_tui.providers.draft import estimated_usage
from hephaestus_tui.providers.errors import ContextOverflow
from hephaestus_tui.tools.base import Tool, ToolOutcome
from hephaestus_tui.tools.workspace import Workspace
from hephaestus_tui.workspaces.faults import WorkspaceFault

STORE_RETRY_SECONDS = 5.0
CUT_OFF = "the program ended before the turn did"
WORDS_WAIT = (
    "The task is not completed yet: a person has left you a message, which follows. "
    "See to it, then call complete_task again."
)


@dataclass(slots=True)
class AgentVoice:
    """Speaks for the agent of one task, with `tools`, which act in `workspace`; before that is set none is called."""

    ledger: Ledger
    kit: Kit
    gate: Gate
    shop: Workshop
    task_id: TaskId
    tools: Mapping[str, Tool[Any]]
    workspace: Workspace | None = None
    turn: Turn | None = field(default=None, init=False)
    _refused: bool = field(default=False, init=False)
    models: Models = field(init=False)

    def __post_init__(self) -> None:
        self.models = Models(self.ledger, self.kit, self.task_id)

    @property
    def model(self) -> str:
        return self.ledger.state.agents[self.task_id].model

    async def tell(self, talk: Conversation, *parts: Part) -> None:
        """Say `parts` and whatever news there is in one message. The ledger's lock is held: steering is told once."""
        parts += news(self.ledger.state, self.task_id, talk.told(), idle=talk.idle)
        if parts:
            await talk.add(talk.message(Speaker.USER, parts, self.kit.now()))

    async def take_turn(self, talk: Conversation) -> Message | None:
        """The model's next message, stored; None where something was done instead: another model is to be asked, or the
        conversation was compacted. Either may cost what is left, so look again whether a turn may be taken.

        Raises HephaestusError where no model can be had, StoreError among them.
        """
        try:
            provider, model = self.kit.resolve(self.model)
            if (cause := self.compactor.cause(provider, model)) and await self._compact(talk, cause):
                return None
            request = self._request(talk, model)
            self.turn = turn = Turn(self.ledger, self.kit, talk.next_ordinal, self.task_id)
            end = await turn.take(provider, request, self.models.is_another_chosen)
        except Superseded:
            return None
        except StoreError:
            raise
        except HephaestusError as error:
            again, self._refused = self._refused, False
            if isinstance(error, ContextOverflow) and not again and await self._compact(talk, Cause.REFUSED):
                self._refused = True
                return None
            await self.models.move_on(talk.next_ordinal, error)
            return None
        self._refused = False
        self.models.answered()
        end = with_own_ids(end, talk.call_ids, lambda given, index: own_id(given, talk.next_ordinal, index))
        message = talk.message(Speaker.ASSISTANT, end.parts, self.kit.now(), model=self.model, reply_id=end.reply_id)
        used = UsageRecorded(task_id=self.task_id, model=self.model, usage=end.usage)
        measured = self.compactor.measured(request, provider, message, end.usage)
        await self._keep(talk, message, used, measured, worked=turn.worked)
        self.turn = None
        return message

    @property
    def compactor(self) -> Compactor:
        return Compactor(self.ledger, self.kit, self.task_id, self._request, self.models.is_another_chosen)

    async def _compact(self, talk: Conversation, cause: Cause) -> bool:
        may_pay = await self.within_budget(talk)
        provider, model = self.kit.resolve(self.model)
        facts = await self.compactor.compact(talk, provider, model, cause, may_pay)
        await self._store(*facts)
        return bool(facts)

    async def within_budget(self, talk: Conversation) -> bool:
        """Whether the next call, to the model that is chosen now, may be paid for. Records what was found of the budgets: who
        is past one waits for it."""
        await self.models.follow_choice(talk.next_ordinal)
        async with self.ledger.lock:
            state, limits = self.ledger.state, self.kit.settings.limits
            dollars = has_dollars(state, limits, self.task_id)
            facts = list(budget_facts(state, limits, self.task_id, self._unpriced() if dollars else None))
            if facts:
                await self.ledger.record(*facts)
        return not any(isinstance(fact, BudgetReached) for fact in facts)

    async def cut_off(self, talk: Conversation) -> None:
        """Record what was said of a turn that the end of the process cut, and what it may have cost."""
        cut = TurnCut(task_id=self.task_id, turn=talk.next_ordinal, text=talk.unfinished, reason=CUT_OFF)
        provider, model = self._provider() or (None, "")
        price = provider.price(model) if provider else None
        usage = estimated_usage(self._request(talk, model), len(talk.unfinished), price)
        await self.ledger.record(
            cut, UsageRecorded(task_id=self.task_id, model=self.model, usage=usage, estimated=True)
        )  # fmt: skip

    def _unpriced(self) -> str | None:
        """The model, where nobody knows its price."""
        provider, model = self._provider() or (None, "")
        return self.model if provider and provider.price(model) is None else None

    def _provider(self) -> tuple[Provider, str] | None:
        """None where there is none any more: the agent will stand still and say so when it takes its turn."""
        try:
            return self.kit.resolve(self.model)
        except HephaestusError:
            return None

    async def call(
        self, talk: Conversation, turn: int, index: int, call: ToolCallPart, may_go_on: Callable[[RunState], bool]
    ) -> ToolOutcome:
        """Carry out one call, once nobody holds the agent, and store its result, and with it the end of the task."""
        await self.ledger.park(may_go_on)
        if self.workspace is None:
            raise RuntimeError(f"{self.task_id} has no folder to work in yet")
        desk = CallDesk(self.ledger, self.gate, self.kit, self.workspace, self.task_id, turn, index, call.call_id)
        began = time.monotonic()
        outcome = lost(call, desk) or await carry_out(call, self.tools, desk)
        tool = self.tools.get(call.name)
        touched = await self.shop.touched(self.task_id, outcome, tool.effect if tool else Effect.NONE)
        outcome, ending = await completed(outcome, desk)
        worked = time.monotonic() - began - desk.parked
        if any(isinstance(fact, TaskCompleted) for fact in ending):
            return await self._end(talk, call, outcome, ending, worked)
        await self._keep(talk, self._result(talk, call, outcome), *touched, *ending, worked=worked)
        return outcome

    async def _end(
        self, talk: Conversation, call: ToolCallPart, outcome: ToolOutcome, ending: tuple[Fact, ...], worked: float
    ) -> ToolOutcome:
        """Store the end of the task, unless a human's words wait: those are read first, and none is lost."""
        try:
            # git first: after a crash it is found committed, while a fact without its commit would be a lie
            work = await self.shop.finished(self.task_id)
        except WorkspaceFault as fault:
            outcome = ToolOutcome(f"The task is not completed: {fault}", is_error=True)
            await self._keep(talk, self._result(talk, call, outcome), worked=worked)
            return outcome
        while True:
            try:
                async with self.ledger.lock:
                    if self.ledger.state.steering.get(self.task_id):
                        outcome = ToolOutcome(WORDS_WAIT, is_error=True)
                        await talk.add(self._result(talk, call, outcome), worked=worked)
                    else:
                        await talk.add(self._result(talk, call, outcome), *work, *ending, worked=worked)
            except StoreError as error:
                await self.wait_for_store(error)
            else:
                return outcome

    def _result(self, talk: Conversation, call: ToolCallPart, outcome: ToolOutcome) -> Message:
        part = ToolResultPart(call.call_id, outcome.content, outcome.is_error)
        return talk.message(Speaker.TOOL, (part,), self.kit.now())

    async def keep_what_was_said(self, reason: str) -> str:
        """After a cancellation: record and give the text of the turn that it cut, if it was not stored whole just then."""
        turn = self.turn
        if turn and turn.size:
            talk = await Conversation.load(self.ledger, self.task_id)
            if talk.next_ordinal == turn.number:
                said = turn.said
                await turn.cut(reason)
                return said
        return ""

    async def wait_for_store(self, error: StoreError) -> None:
        self.ledger.flicker(ProviderWaiting(self.task_id, str(error), STORE_RETRY_SECONDS))
        await self.kit.sleep(STORE_RETRY_SECONDS)
        self.ledger.flicker(ProviderWaiting(self.task_id, "", 0.0))

    async def _keep(self, talk: Conversation, message: Message, *more: Fact, worked: float) -> None:
        await self._store(talk.fact(message, worked), *more)
        talk.added(message)

    async def _store(self, *facts: Fact) -> None:
        """Store what was paid for or has happened: taken anew it would be paid for, or happen, again."""
        while facts:
            try:
                await self.ledger.record(*facts)
            except StoreError as error:
                await self.wait_for_store(error)
            else:
                return

    def _request(self, talk: Conversation, model: str) -> TurnRequest:
        declared = tuple(tool.declaration() for tool in self.tools.values())
        return turn_request(self.ledger, self.kit, self.task_id, self.models.choice, talk, model, declared)
