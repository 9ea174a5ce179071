"""The one reducer: it folds facts into a `RunState`, for the screen, headless runs, resume and tests alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.folds.agents import fold_agents
from hephaestus_tui.domain.folds.attempts import fold_attempts
from hephaestus_tui.domain.folds.budgets import fold_budgets
from hephaestus_tui.domain.folds.context import fold_context
from hephaestus_tui.domain.folds.course import fold_course, standing
from hephaestus_tui.domain.folds.criteria import fold_criteria
from hephaestus_tui.domain.folds.gate import fold_gate
from hephaestus_tui.domain.folds.models import fold_models
from hephaestus_tui.domain.folds.questions import fold_questions
from hephaestus_tui.domain.folds.run import fold_run
from hephaestus_tui.domain.folds.steering import fold_steering
from hephaestus_tui.domain.folds.talk import fold_talk
from hephaestus_tui.domain.folds.transcript import fold_transcript
from hephaestus_tui.domain.folds.work import fold_work
from hephaestus_tui.domain.state import RunState


def replay(facts: Iterable[e.Recorded]) -> RunState:
    state = RunState()
    for recorded in facts:
        apply(state, recorded)
    return state


def apply(state: RunState, recorded: e.Recorded) -> None:
    """Fold one fact into the state. Facts come in the order of `seq`; one that was folded before is ignored."""
    if recorded.seq <= state.seq:
        return
    state.seq = recorded.seq
    fact, at = recorded.fact, recorded.at
    before = standing(state, fact)
    if isinstance(fact, e.TranscriptFact):  # the most frequent first
        fold_transcript(state, fact, at)
    elif isinstance(fact, e.ContextFact):
        fold_context(state, fact)
    elif isinstance(fact, e.AgentFact):
        fold_agents(state, fact, at)
        fold_attempts(state, fact, at)
    elif isinstance(fact, e.SteeringFact):
        fold_steering(state, fact, at)
    elif isinstance(fact, e.GateFact):
        fold_gate(state, fact, at)
    elif isinstance(fact, e.QuestionFact):
        fold_questions(state, fact, at)
    elif isinstance(fact, e.CriteriaFact):
        fold_criteria(state, fact, at)
    elif isinstance(fact, e.WorkFact):
        fold_work(state, fact, at)
    elif isinstance(fact, e.ModelFact):
        fold_models(state, fact, at)
    elif isinstance(fact, e.BudgetFact):
        fold_budgets(state, fact, at)
    elif isinstance(fact, e.TalkFact):
        fold_talk(state, fact, at)
    elif isinstance(fact, e.RunFact):
        fold_run(state, fact, at)
    else:
        assert_never(fact)
    fold_course(state, fact, at, before)
