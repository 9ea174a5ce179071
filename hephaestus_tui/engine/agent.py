"""The agent loop: turn, calls, results, until the task is completed or a limit ends it. One coroutine an agent."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain.errors import HephaestusError, StoreError
from hephaestus_tui.domain.events import AgentStalled, StepTaken, TaskFailed
from hephaestus_tui.domain.message import Message, Speaker, TextPart, ToolCallPart
from hephaestus_tui.domain.spending import held_by
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.engine.conversation import Conversation
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.holding import HELD
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.limits import ended_by_limit
from hephaestus_tui.engine.memory import offered
from hephaestus_tui.engine.prompts import NUDGE, brief, system_prompt
from hephaestus_tui.engine.proposed import proposed_lines
from hephaestus_tui.engine.repeats import SAME, Repeats
from hephaestus_tui.engine.tried import tried
from hephaestus_tui.engine.voice import AgentVoice
from hephaestus_tui.engine.workshop import Workshop
from hephaestus_tui.tools.catalog import for_role

NUDGES = 3
FRUITLESS_TURNS = 5
SHOWN = 120  # characters of the arguments of a call


class AgentLoop:
    """Works on one task that is `in_progress`, from wherever its stored conversation stands."""

    def __init__(self, ledger: Ledger, kit: Kit, gate: Gate, shop: Workshop, task_id: TaskId) -> None:
        self._ledger = ledger
        self._shop = shop
        self._kit = kit
        self._task_id = task_id
        self._role = kit.role(ledger.state.agents[task_id].role)
        self._voice = AgentVoice(ledger, kit, gate, shop, task_id, for_role(kit.tools, self._role.tools))
        self._silent = 0
        self._fruitless = 0
        self._repeats = Repeats()
        self._moved = False  # since the last boundary

    async def run(self) -> None:
        """Until the task has ended. A store that cannot be written is waited for; nothing is lost meanwhile."""
        while True:
            try:
                await self._work()
            except StoreError as error:
                await self._voice.wait_for_store(error)
            else:
                await self._shop.tidy_if_read(self._task_id)
                return

    async def fail(self, reason: str) -> None:
        """End the task as failed, however long the store cannot be written; what it did is kept. What has ended has ended."""
        if self._ledger.state.tasks[self._task_id].status is not TaskStatus.IN_PROGRESS:
            return
        kept = await self._shop.kept(self._task_id)
        reason = f"{reason}; {kept}" if kept else reason
        while True:
            try:
                await self._ledger.record(TaskFailed(task_id=self._task_id, reason=reason))
            except StoreError as error:
                await self._voice.wait_for_store(error)
            else:
                return

    async def keep_what_was_said(self, reason: str) -> str:
        return await self._voice.keep_what_was_said(reason)

    async def _work(self) -> None:
        await self._move_in()
        talk = await self._conversation()
        for turn, index, call in talk.open_calls():
            self._moved = True
            if await self._call(talk, turn, index, call):
                return
        while True:
            await self._boundary(talk)
            if limit := ended_by_limit(self._ledger.state, self._kit.settings.limits, self._task_id):
                kept = await self._shop.kept(self._task_id)
                await self._ledger.record(replace(limit, reason=f"{limit.reason}; {kept}") if kept else limit)
                return
            if not await self._voice.within_budget(talk):
                continue
            message = await self._take_turn(talk)
            if message is None:
                continue
            self._moved = True
            for index, call in enumerate(message.calls()):
                if await self._call(talk, message.ordinal, index, call):
                    return
            await self._despair(message)

    async def _move_in(self) -> None:
        """Into the folder of the task; where that cannot be had, the agent stands still and says why."""
        while self._voice.workspace is None:
            await self._ledger.park(self._may_go_on)
            try:
                self._voice.workspace = await self._shop.open(self._task_id)
            except StoreError:
                raise
            except HephaestusError as error:
                await self._stall(str(error))

    async def _conversation(self) -> Conversation:
        talk = await Conversation.load(self._ledger, self._task_id)
        state = self._ledger.state
        if talk.unfinished:
            await self._voice.cut_off(talk)
        if talk.length == 0:
            system = system_prompt(self._role, self._kit.shared_prompt, state, self._task_id)
            await talk.add(talk.message(Speaker.SYSTEM, (TextPart(system),), self._kit.now()))
        if talk.length == 1:
            notes = await offered(self._ledger, self._task_id)
            before = tried(talk.earlier, state.earlier.get(self._task_id, ""))
            told = (brief(state.tasks[self._task_id], state, notes), before, proposed_lines(state, self._task_id))
            words = "\n\n".join(part for part in told if part)
            async with self._ledger.lock:
                await self._voice.tell(talk, TextPart(words))
        return talk

    async def _boundary(self, talk: Conversation) -> None:
        """Between a turn and the next: hold while paused or without a budget, then hand over what has happened since."""
        if self._moved and self._task_id in self._ledger.state.stepping:
            async with self._ledger.lock:
                if self._task_id in self._ledger.state.stepping:  # or a human has let it go on meanwhile
                    await self._ledger.record(StepTaken(task_id=self._task_id))
        self._moved = False
        while True:
            await self._ledger.park(self._may_spend)
            async with self._ledger.lock:
                # a pause may have come before the lock
                if self._may_spend(self._ledger.state):
                    await self._voice.tell(talk, *((TextPart(NUDGE),) if talk.silent else ()))
                    return

    def _may_go_on(self, state: RunState) -> bool:
        held = state.paused or state.agents[self._task_id].status in HELD
        return not held or self._task_id in state.stepping

    def _may_spend(self, state: RunState) -> bool:
        """Calls that a turn has made are carried out nevertheless: they are paid for."""
        return self._may_go_on(state) and held_by(state, self._task_id) is None

    async def _take_turn(self, talk: Conversation) -> Message | None:
        """The stored turn; None where there was none to be had and the agent stands still."""
        try:
            return await self._voice.take_turn(talk)
        except StoreError:
            raise
        except HephaestusError as error:
            await self._stall(str(error))
            return None

    async def _call(self, talk: Conversation, turn: int, index: int, call: ToolCallPart) -> bool:
        """True where the call has ended the task."""
        outcome = await self._voice.call(talk, turn, index, call, self._may_go_on)
        self._fruitless = self._fruitless + 1 if outcome.is_error else 0
        ended = self._ledger.state.tasks[self._task_id].status.ended
        if not ended and self._repeats.note(call, outcome):
            await self._stall(
                f"made the same call {SAME} times in a row with the same result ({call.name} {_short(call.arguments)});"
                " steer it, resume it or stop it"
            )
        return ended

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


def _short(arguments: str) -> str:
    return arguments if len(arguments) <= SHOWN else f"{arguments[:SHOWN]}…"
