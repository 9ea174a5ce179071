"""What a human says of the models of a run: who answers from the next turn on, for one task or for all."""

from __future__ import annotations

from hephaestus_tui.domain.commands import ChooseModel
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import AgentResumed, Fact, ModelChosen
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.engine.plan import Plan, known_task


def choose_model(state: RunState, command: ChooseModel, now: float) -> Plan:
    """Raises UnknownTask, and CommandRefused where it is so already. An agent that stood still for want of a model goes on."""
    task_id, model = command.task_id, command.model
    if task_id is not None:
        known_task(state, task_id)
    present = state.model_chosen if task_id is None else state.models_chosen.get(task_id, "")
    where = task_id or "the run"
    if model == present:
        raise CommandRefused(
            f"{model} is chosen for {where} already." if model else f"No model was chosen for {where}."
        )
    facts: list[Fact] = [ModelChosen(task_id=task_id, model=model, actor=command.actor)]
    agent = state.agents.get(task_id) if task_id else None
    if task_id and agent and agent.status is AgentStatus.STALLED:
        facts.append(AgentResumed(task_id=task_id, actor=command.actor))
    who = f"{model} answers" if model else "the model of the settings answers"
    return Plan(tuple(facts), f"{who} for {where} from the next turn on", task_id)
