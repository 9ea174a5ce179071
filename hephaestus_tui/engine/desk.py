"""The engine's side of the tools that act on the run: proposing, asking, completing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hephaestus_tui.domain.errors import BadDraft
from hephaestus_tui.domain.events import Question, QuestionAsked, QuestionKind
from hephaestus_tui.domain.leave import Wish
from hephaestus_tui.domain.task import Origin, TaskDraft, TaskId
from hephaestus_tui.engine.asking import owed_by
from hephaestus_tui.engine.commons import CallCommons
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Condition, Ledger
from hephaestus_tui.engine.proposed import before
from hephaestus_tui.engine.standing import standing_text
from hephaestus_tui.tools.base import Completion, ToolFault
from hephaestus_tui.tools.workspace import Workspace


@dataclass(slots=True)
class CallDesk:
    """The desk for one tool call: `turn` and `index` give proposals and questions a name that survives a crash.

    After `complete`, `completion` is what the agent claims; `engine.completing` finds out whether it holds. `part` tells
    questions of one call apart.
    `parked` counts the seconds that the call stood still for a human.
    """

    ledger: Ledger
    gate: Gate
    kit: Kit
    workspace: Workspace
    task_id: TaskId
    turn: int
    index: int
    call_id: str
    completion: Completion | None = None
    part: str = ""
    parked: float = 0.0

    @property
    def commons(self) -> CallCommons:
        bounds, now = self.kit.settings.talk, self.kit.now
        return CallCommons(self.ledger, bounds, now, self.task_id, self.turn, self.index, self.park)

    async def propose(self, draft: TaskDraft, wait: bool) -> str:
        origin = Origin(
            task_id=self.task_id,
            agent_id=self.ledger.state.agents[self.task_id].id,
            turn=self.turn,
            index=self.index,
            call_id=self.call_id,
            depth=self.ledger.state.depth(self.task_id) + 1,
        )
        try:
            proposed = await self.gate.propose(draft, origin, wait)
        except BadDraft as error:
            raise ToolFault(f"Nothing was proposed. {_sentences(error.faults)}") from error
        if wait and self._stands_still_for(proposed):
            await self._park_until_told(proposed)
        state = self.ledger.state
        return standing_text(state, proposed, again=proposed in before(state, self.task_id))

    async def answer_about(self, task_id: TaskId, answer: str, changes: Mapping[str, Any]) -> str:
        """Answer the open question about a proposal of this agent, amending it by `changes`. Raises ToolFault."""
        state = self.ledger.state
        if task_id not in state.children(self.task_id):
            mine = ", ".join(q.task_id for q in owed_by(state, self.task_id)) or "nobody asked you anything"
            raise ToolFault(f"{task_id} is no proposal of yours. Questions wait about: {mine}.")
        query = state.queries.get(task_id)
        if query is None:
            # the call may have been carried out when the program ended; or a human decided without waiting for it
            return standing_text(state, task_id)
        try:
            await self.gate.answer(query, answer, changes)
        except BadDraft as error:
            raise ToolFault(f"Nothing was answered. {_sentences(error.faults)}") from error
        if self._stands_still_for(task_id):
            await self._park_until_told(task_id)
        return standing_text(self.ledger.state, task_id)

    def _stands_still_for(self, task_id: TaskId) -> bool:
        # what was taken back is waited for no more, nor is anything by an agent that was woken only to answer
        proposal = self.ledger.state.proposals.get(task_id)
        return proposal is not None and proposal.waits

    async def _park_until_told(self, task_id: TaskId) -> None:
        await self.park(lambda state: task_id in state.decisions or task_id in state.queries)

    async def ask_human(self, question: str, options: tuple[str, ...]) -> str:
        return await self.ask(QuestionKind.QUESTION, question, options)

    def asked(self, kind: QuestionKind) -> bool:
        """Whether a human has been asked already, and has not answered or was not heard."""
        state, question_id = self.ledger.state, self.question_id(kind)
        return question_id in state.questions or question_id in state.answers

    def question_id(self, kind: QuestionKind) -> str:
        """The same for the same call, however often it is carried out."""
        # the attempt is in it: a question that was void when its task was stopped is asked anew by a retry
        return f"{self.ledger.state.agents[self.task_id].id}.{self.turn}.{self.index}.{kind}{self.part}"

    async def ask_leave(self, text: str, wish: Wish) -> str:
        """`ALLOW`, or the words of a refusal."""
        return await self.ask(QuestionKind.PERMISSION, text, (), wish)

    @property
    def command_instead(self) -> str | None:
        """The command that a human allowed instead of the one that this call asked leave for."""
        return self.ledger.state.amended.get(self.question_id(QuestionKind.PERMISSION))

    async def ask(self, kind: QuestionKind, text: str, options: tuple[str, ...], wish: Wish | None = None) -> str:
        """Ask once, however often the process is killed meanwhile, and wait for the answer."""
        state = self.ledger.state
        question_id = self.question_id(kind)
        if question_id not in state.questions and question_id not in state.answers:
            question = Question(
                id=question_id, kind=kind, task_id=self.task_id, text=text, options=options,
                turn=self.turn, index=self.index, asked_at=self.kit.now(),
                effect=wish.effect if wish else None, tool=wish.tool if wish else "", argv=wish.argv if wish else None,
            )  # fmt: skip
            await self.ledger.record(QuestionAsked(question=question))
        await self.park(lambda state: question_id in state.answers)
        return state.answers[question_id]

    async def park(self, condition: Condition) -> None:
        """Stand still until something holds; it does not count as work."""
        began = time.monotonic()
        await self.ledger.park(condition)
        self.parked += time.monotonic() - began

    async def complete(self, completion: Completion) -> str:
        self.completion = completion
        return "The task is completed."


def _sentences(faults: dict[str, str]) -> str:
    return " ".join(f"{name}: {fault}." for name, fault in faults.items())
