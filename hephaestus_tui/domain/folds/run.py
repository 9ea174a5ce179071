"""What facts of the whole run change in its state."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.state import AgentStatus, RunState


def fold_run(state: RunState, fact: e.RunFact, at: float) -> None:
    match fact:
        case e.RunStarted():
            state.run_id, state.goal, state.project = fact.run_id, fact.goal, fact.project
            state.model, state.policy, state.roles = fact.model, fact.policy, fact.roles
            state.containment, state.role_policies = fact.containment, fact.role_policies
            state.started_at = at
        case e.RunResumed():
            _change_model(state, fact.model)
            state.model, state.policy, state.roles = fact.model, fact.policy, fact.roles
            state.containment, state.role_policies = fact.containment, fact.role_policies
        case e.RunPaused():
            state.paused, state.run_limit, state.paused_at = True, fact.limit, at
        case e.RunUnpaused():
            state.paused, state.run_limit = False, None
            for task_id in [t for t, stepping in state.stepping.items() if not stepping.paused]:
                del state.stepping[task_id]
        case e.PolicyChanged():
            state.policy = fact.policy
        case _:
            assert_never(fact)


def _change_model(state: RunState, model: str) -> None:
    # who was at work with the run's own model goes on with the new one: the old one may be why it stood still
    for task_id, agent in state.agents.items():
        if agent.status is not AgentStatus.ENDED and agent.model == state.model and not agent.fell_back:
            state.agents[task_id] = replace(agent, model=model, first_model=model)
