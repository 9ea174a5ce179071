"""What the choice of models, and the failing of one, change in the state of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.state import FellBack, RunState


def fold_models(state: RunState, fact: e.ModelFact, at: float) -> None:
    match fact:
        case e.ModelChosen():
            _choose(state, fact)
        case e.ModelSwitched():
            _switch(state, fact, at)
        case _:
            assert_never(fact)


def _choose(state: RunState, fact: e.ModelChosen) -> None:
    if fact.task_id is None:
        state.model_chosen = fact.model
    elif fact.model:
        state.models_chosen[fact.task_id] = fact.model
    else:
        state.models_chosen.pop(fact.task_id, None)
    for task_id, agent in state.agents.items():
        # who fell back is asked anew, even if the choice is what was given up: a human says so
        if agent.fell_back and fact.task_id in (None, task_id):
            state.agents[task_id] = replace(agent, first_model=agent.model, fell_back=None)


def _switch(state: RunState, fact: e.ModelSwitched, at: float) -> None:
    agent = state.agents.get(fact.task_id)
    if agent is None:
        return
    first = agent.first if fact.fallback else fact.model
    fell = FellBack(fact.reason, at) if fact.model != first else None
    state.agents[fact.task_id] = replace(agent, model=fact.model, first_model=first, fell_back=fell)
