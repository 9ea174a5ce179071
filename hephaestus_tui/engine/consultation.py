"""An agent whose task has ended, woken only to answer what a human asks about a proposal that it made."""

from __future__ import annotations

from hephaestus_tui.domain.decision import Query
from hephaestus_tui.domain.errors import HephaestusError, StoreError
from hephaestus_tui.domain.message import Part, TextPart
from hephaestus_tui.domain.spending import held_by
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.asking import owed_by
from hephaestus_tui.engine.conversation import Conversation
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.prompts import ANSWER_NUDGE
from hephaestus_tui.engine.voice import AgentVoice
from hephaestus_tui.engine.workshop import Workshop
from hephaestus_tui.tools.answer import ANSWER_TOOL

TURNS = 3


def to_be_woken(state: RunState) -> list[TaskId]:
    """Tasks that have ended and whose agents owe an answer."""
    spawners = {p.origin.task_id for t in state.queries if (p := state.proposals.get(t))}
    return [s for s in spawners if s and s in state.agents and state.tasks[s].status.ended]


class Consultation:
    """Goes on with the stored conversation of a task, with one tool, and at most `TURNS` turns for each question."""

    def __init__(self, ledger: Ledger, kit: Kit, gate: Gate, shop: Workshop, task_id: TaskId) -> None:
        self._ledger = ledger
        self._kit = kit
        self._gate = gate
        self._task_id = task_id
        # its one tool touches no file
        self._voice = AgentVoice(
            ledger, kit, gate, shop, task_id, {ANSWER_TOOL: kit.tools[ANSWER_TOOL]}, workspace=kit.workspace
        )

    async def run(self) -> None:
        """Until every question has an answer, or a word on why there is none. A store that fails is waited for."""
        while True:
            try:
                while owed := owed_by(self._ledger.state, self._task_id):
                    await self._answer(owed[0])
            except StoreError as error:
                await self._voice.wait_for_store(error)
            else:
                return

    async def fail(self, reason: str) -> None:
        """Leave every question unanswered, however long the store cannot be written."""
        while owed := owed_by(self._ledger.state, self._task_id):
            try:
                await self._gate.leave_unanswered(owed[0], reason)
            except StoreError as error:
                await self._voice.wait_for_store(error)

    async def keep_what_was_said(self, reason: str) -> str:
        return await self._voice.keep_what_was_said(reason)

    async def _answer(self, query: Query) -> None:
        talk = await Conversation.load(self._ledger, self._task_id)
        if talk.unfinished:
            await self._voice.cut_off(talk)
        for turn, index, call in talk.open_calls():
            await self._voice.call(talk, turn, index, call, self._may_go_on)
        # who was told of it before, and has left it, must hear of it again: a model needs a word to answer to
        nudge: tuple[Part, ...] = (TextPart(ANSWER_NUDGE),) if query.id in talk.told().queries else ()
        turns = 0
        while turns < TURNS:
            await self._ledger.park(self._may_spend)
            while not await self._voice.within_budget(talk):
                await self._ledger.park(self._may_spend)
            if not self._is_open(query):
                return
            async with self._ledger.lock:
                await self._voice.tell(talk, *nudge)
            try:
                message = await self._voice.take_turn(talk)
            except StoreError:
                raise
            except HephaestusError as error:
                await self._gate.leave_unanswered(query, f"its agent could not be asked: {error}")
                return
            if message is None:
                nudge = ()
                continue
            turns += 1
            for index, call in enumerate(message.calls()):
                await self._voice.call(talk, message.ordinal, index, call, self._may_go_on)
            nudge = (TextPart(ANSWER_NUDGE),)
        await self._gate.leave_unanswered(query, f"its agent gave no answer in {TURNS} turns")

    def _is_open(self, query: Query) -> bool:
        return self._ledger.state.queries.get(query.task_id) == query

    def _may_go_on(self, state: RunState) -> bool:
        return not state.paused

    def _may_spend(self, state: RunState) -> bool:
        return self._may_go_on(state) and held_by(state, self._task_id) is None
