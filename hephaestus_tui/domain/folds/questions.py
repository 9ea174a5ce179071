"""What questions and their answers change in the state of a run."""

from __future__ import annotations

from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.folds.steps import go_on
from hephaestus_tui.domain.state import AgentStatus, RunState


def fold_questions(state: RunState, fact: e.QuestionFact, at: float) -> None:
    match fact:
        case e.QuestionAsked(question=question):
            state.questions[question.id] = question
            go_on(state, question.task_id, at, AgentStatus.WORKING)
        case e.QuestionAnswered():
            _answered(state, fact, at)
        case e.LeaveGranted(grant=grant):
            state.grants[grant.id] = grant
            state.grants_made += 1
        case e.LeaveTakenBack(grant_id=grant_id):
            state.grants.pop(grant_id, None)  # what was for a task went with its end
        case _:
            assert_never(fact)


def _answered(state: RunState, fact: e.QuestionAnswered, at: float) -> None:
    question = state.questions.pop(fact.question_id)
    state.answers[fact.question_id] = fact.answer
    if fact.command is not None:
        state.amended[fact.question_id] = fact.command
    state.answered_by[fact.question_id] = fact.actor
    go_on(state, question.task_id, at, AgentStatus.WAITING)
