"""What an agent asks a person: words, or leave to do something."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import Answer
from hephaestus_tui.domain.events import Question, QuestionKind
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk import criteria
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.held import effect_words
from hephaestus_tui.ui.screens.answer import AnswerScreen
from hephaestus_tui.ui.text import line


async def answer(desk: Desk, state: RunState, shown: Target) -> None:
    question: Question | None = state.questions.get(shown.question_id or "")
    if question is None:
        return
    if question.kind is QuestionKind.CRITERION:
        await criteria.rule(desk, state, question)
        return
    draft = state.draft(question.task_id)
    is_permission = question.kind is QuestionKind.PERMISSION
    title = f"May {question.task_id} do this?" if is_permission else f"{question.task_id} has a question"
    if draft:
        title += f" ({line(draft.title, 60)})"
    agent = state.agents.get(question.task_id)
    reach = effect_words(question.effect, state.containment)
    said = (f"asked by {line(agent.role)}" if agent else "", reach) if is_permission else ()
    answer = await desk.ask(AnswerScreen(question, title, "; ".join(filter(None, said))))
    if answer is not None:
        await desk.submit(Answer(question_id=question.id, answer=answer, actor=desk.actor))


HANDLERS: Mapping[str, Handler] = {"question.answer": answer}
