"""Who answers for an agent, in words: without it a person would not see that another model than theirs is at work."""

from __future__ import annotations

from hephaestus_tui.domain.events import ModelChosen, ModelSwitched
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.state import AgentView, RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus


def switched_words(fact: ModelSwitched) -> str:
    """That another model goes on, and why."""
    if not fact.fallback:
        return f"{short_model(fact.model)} takes over from {short_model(fact.before)}: {fact.reason}"
    return f"{short_model(fact.before)} was given up, {short_model(fact.model)} takes over: {fact.reason}"


def chosen_words(fact: ModelChosen) -> str:
    """What a human chose."""
    who = f"{fact.model} answers" if fact.model else "the model of the settings answers"
    return f"{who} for {fact.task_id or 'the run'} from the next turn on, by {fact.actor}"


def fell_back_words(agent: AgentView) -> str:
    """Whose place its model takes, and why; empty where its first choice answers."""
    return f"in place of {short_model(agent.first)}: {agent.fell_back.why}" if agent.fell_back else ""


def fallen_back(state: RunState) -> tuple[TaskId, ...]:
    """Tasks at work whose first choice of a model was given up."""
    working = state.tasks.of(TaskStatus.IN_PROGRESS)
    return tuple(t for t in working if (agent := state.agents.get(t)) and agent.fell_back)
