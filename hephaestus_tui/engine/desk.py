"""The engine's side of the tools that act on the run: proposing, asking, completing."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from hephaestus_tui.domain.decision import Decision
from hephaestus_tui.domain.errors import BadDraft
from hephaestus_tui.domain.events import Question, QuestionAsked, QuestionKind
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.task import Evidence, Origin, TaskDraft, TaskId
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Condition, Ledger
from hephaestus_tui.engine.prompts import VERDICT_WORDS
from hephaestus_tui.tools.base import ToolFault


@dataclass(slots=True)
class CallDesk:
    """The desk for one tool call: `turn` and `index` give proposals and questions a name that survives a crash.

    After `complete`, `completion` holds the summary and evidence; the loop stores them together with the tool's result.
    `parked` counts the seconds that the call stood still for a human.
    """

    ledger: Ledger
    gate: Gate
    kit: Kit
    task_id: TaskId
    turn: int
    index: int
    call_id: str
    completion: tuple[str, tuple[Evidence, ...]] | None = None
    parked: float = 0.0

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
        if not wait:
            note = "A human decides on it; go on with your task meanwhile. You will be told the decision."
            return json.dumps({"task_id": proposed, "standing": "proposed", "note": note})
        await self._park(lambda state: proposed in state.decisions)
        return json.dumps(_standing(self.ledger.state.decisions[proposed]))

    async def ask_human(self, question: str, options: tuple[str, ...]) -> str:
        return await self.ask(QuestionKind.QUESTION, question, options)

    def asked(self, kind: QuestionKind) -> bool:
        """Whether a human has been asked already, and has not answered or was not heard."""
        state, question_id = self.ledger.state, self._question_id(kind)
        return question_id in state.questions or question_id in state.answers

    def _question_id(self, kind: QuestionKind) -> str:
        # the attempt is in it: a question that was void when its task was stopped is asked anew by a retry
        return f"{self.ledger.state.agents[self.task_id].id}.{self.turn}.{self.index}.{kind}"

    async def ask(self, kind: QuestionKind, text: str, options: tuple[str, ...], effect: Effect | None = None) -> str:
        """Ask once, however often the process is killed meanwhile, and wait for the answer."""
        state = self.ledger.state
        question_id = self._question_id(kind)
        if question_id not in state.questions and question_id not in state.answers:
            question = Question(
                id=question_id, kind=kind, task_id=self.task_id, text=text, options=options,
                turn=self.turn, index=self.index, asked_at=self.kit.now(), effect=effect,
            )  # fmt: skip
            await self.ledger.record(QuestionAsked(question=question))
        await self._park(lambda state: question_id in state.answers)
        return state.answers[question_id]

    async def _park(self, condition: Condition) -> None:
        began = time.monotonic()
        await self.ledger.park(condition)
        self.parked += time.monotonic() - began

    async def complete(self, summary: str, evidence: tuple[Evidence, ...]) -> str:
        criteria = self.ledger.state.tasks[self.task_id].draft.done_criteria
        offered = {e.criterion.strip().casefold() for e in evidence if e.evidence.strip()}
        missing = [c for c in criteria if c.strip().casefold() not in offered]
        # models paraphrase: as many pieces of evidence as criteria are taken in their order
        if missing and len(offered) != len(criteria):
            raise ToolFault(
                "The task is not completed: evidence is missing for "
                + "; ".join(repr(c) for c in missing)
                + ". Give one entry of evidence for each done criterion, in its own words."
            )
        self.completion = (summary, evidence)
        return "The task is completed."


def _sentences(faults: dict[str, str]) -> str:
    return " ".join(f"{name}: {fault}." for name, fault in faults.items())


def _standing(decision: Decision) -> dict[str, object]:
    standing: dict[str, object] = {
        "task_id": decision.task_id,
        "decision": VERDICT_WORDS[decision.verdict],
        "decided_by": str(decision.actor),
    }
    if decision.reason:
        standing["reason"] = decision.reason
    if decision.changes:
        standing["changes"] = {c.field: {"proposed": c.before, "final": c.after} for c in decision.changes}
    return standing
