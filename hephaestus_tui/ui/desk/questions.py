"""What an agent asks a person: words, or leave to do something."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import Answer, TakeBackLeave
from hephaestus_tui.domain.events import Question, QuestionKind, wish_of
from hephaestus_tui.domain.leave import Extent, extents
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk import criteria
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.held import effect_words
from hephaestus_tui.ui.screens.answer import AnswerScreen
from hephaestus_tui.ui.screens.grants import GrantsScreen
from hephaestus_tui.ui.screens.leave import LeaveScreen
from hephaestus_tui.ui.text import line


async def answer(desk: Desk, state: RunState, shown: Target) -> None:
    question: Question | None = state.questions.get(shown.question_id or "")
    if question is None:
        return
    if question.kind is QuestionKind.CRITERION:
        await criteria.rule(desk, state, question)
        return
    if question.kind is QuestionKind.PERMISSION:
        await _leave(desk, state, question)
        return
    title = f"{question.task_id} has a question" + _of(state, question)
    words = await desk.ask(AnswerScreen(question, title))
    if words is not None:
        await desk.submit(Answer(question_id=question.id, answer=words, actor=desk.actor))


async def _leave(desk: Desk, state: RunState, question: Question) -> None:
    agent, wish = state.agents.get(question.task_id), wish_of(question)
    asked_by = f"asked by {line(agent.role)} (policy {state.policy_of(agent.role)})" if agent else ""
    note = "; ".join(filter(None, (asked_by, effect_words(question.effect, state.containment))))
    may_reach = extents(wish, state.containment) if wish else (Extent.ONCE,)
    title = f"May {question.task_id} do this?" + _of(state, question)
    given = await desk.ask(LeaveScreen(question, title, note, may_reach, clock=desk.clock))
    if given is not None:
        await desk.submit(
            Answer(
                question_id=question.id, answer=given.answer, actor=desk.actor, command=given.command, extent=given.extent
            )
        )  # fmt: skip


def _of(state: RunState, question: Question) -> str:
    draft = state.draft(question.task_id)
    return f" ({line(draft.title, 60)})" if draft else ""


async def leave(desk: Desk, state: RunState, shown: Target) -> None:
    """What was allowed for more than one call; taken back one after another."""
    while (grant_id := await desk.ask(GrantsScreen(state, now=desk.now, clock=desk.clock))) is not None:
        await desk.submit(TakeBackLeave(grant_id=grant_id, actor=desk.actor))
        state = desk.session.state()


HANDLERS: Mapping[str, Handler] = {"question.answer": answer, "leave": leave}
