"""What a person says to a task whose criteria its agent could not meet."""

from __future__ import annotations

from hephaestus_tui.domain.check import Ruling, ruling_text
from hephaestus_tui.domain.commands import Answer
from hephaestus_tui.domain.events import Question
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk
from hephaestus_tui.ui.screens.criterion import CriterionScreen
from hephaestus_tui.ui.screens.reason import ReasonScreen

_PROMPTS = {
    Ruling.ACCEPT: "why (recorded with your name)",
    Ruling.BACK: "what its agent shall know",
    Ruling.FAIL: "why (may be left empty)",
}
_TITLES = {Ruling.ACCEPT: "Accept {} as it is", Ruling.BACK: "Send {} back", Ruling.FAIL: "Fail {}"}


async def rule(desk: Desk, state: RunState, question: Question) -> None:
    """Ask what shall be, then for the words; escape there leads back."""
    while ruling := await desk.ask(CriterionScreen(question.task_id, state, clock=desk.clock)):
        title = _TITLES[ruling].format(question.task_id)
        words = await desk.ask(ReasonScreen(title, _PROMPTS[ruling], required=ruling is not Ruling.FAIL))
        if words is not None:
            answer = ruling_text(ruling, words)
            await desk.submit(Answer(question_id=question.id, answer=answer, actor=desk.actor))
            return
