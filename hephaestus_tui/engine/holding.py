"""Pausing, resuming and stepping agents, worked out from the state alone: who is reached, and who is not and why."""

from __future__ import annotations

from hephaestus_tui.domain.commands import Pause, Resume, Step
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.events import AgentPaused, AgentResumed, AgentStepped, RunPaused, RunUnpaused
from hephaestus_tui.domain.reach import Reach, agent_at, within
from hephaestus_tui.domain.spending import held_by
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.plan import known_task
from hephaestus_tui.engine.tally import Tally, few

HELD = (AgentStatus.PAUSED, AgentStatus.STALLED, AgentStatus.INTERRUPTED)
ENDED = "had ended"
HELD_RUN = "the run is paused: nothing moves before it goes on"


def tally_of(state: RunState, reach: Reach) -> Tally:
    """An empty one. Raises UnknownTask for a task that is none."""
    if reach.task_id is not None and not (reach.below and reach.task_id in state.proposals):
        known_task(state, reach.task_id)
    return Tally(reach)


def is_over(state: RunState, task_id: TaskId) -> bool:
    task = state.tasks.get(task_id)
    return task is not None and task.status.ended


def pause(state: RunState, order: Pause) -> Tally:
    """Raises UnknownTask, CommandRefused."""
    tally = tally_of(state, order.reach)
    if order.reach.task_id is None:
        at_work = [t for t in state.agents if agent_at(state, t) in (AgentStatus.WORKING, AgentStatus.WAITING)]
        tally.facts.append(RunPaused(actor=order.actor))
        for task_id in at_work:
            tally.reached("the run is paused:", task_id)
        if not at_work:
            tally.also("the run is paused")
        return tally
    for task_id in within(state, order.reach):
        fact = AgentPaused(task_id=task_id, actor=order.actor)
        match agent_at(state, task_id):
            case AgentStatus.WORKING | AgentStatus.WAITING:
                tally.reached("paused at the next boundary:", task_id, fact)
            case AgentStatus() as status:
                tally.missed(task_id, f"stood still already ({status})")
            case None if is_over(state, task_id):
                tally.missed(task_id, ENDED)
            case None if task_id in state.on_hold:
                tally.missed(task_id, "was held already")
            case None:
                tally.reached("held before the start:", task_id, fact)
    tally.check("pause")
    return tally


def resume(state: RunState, order: Resume) -> Tally:
    """Raises UnknownTask, CommandRefused."""
    tally = tally_of(state, order.reach)
    if order.reach.task_id is None:
        return _resume_run(state, order.actor, tally)
    for task_id in within(state, order.reach):
        fact = AgentResumed(task_id=task_id, actor=order.actor)
        status = agent_at(state, task_id)
        if status in HELD:
            tally.reached("goes on:", task_id, fact)
        elif task_id in state.on_hold:
            tally.reached("may start again:", task_id, fact)
        elif status is not None and task_id in state.stepping:
            tally.reached("goes on without a stop:", task_id, fact)
        elif status is not None:
            tally.missed(task_id, "was not held")
        else:
            tally.missed(task_id, ENDED if is_over(state, task_id) else "was not held, and has not started")
    tally.check("resume")
    if state.paused:
        tally.also(HELD_RUN)
    return tally


def _resume_run(state: RunState, actor: Actor, tally: Tally) -> Tally:
    tally.facts.append(RunUnpaused(actor=actor))
    for task_id in state.agents:
        if agent_at(state, task_id) in (AgentStatus.INTERRUPTED, AgentStatus.STALLED):
            tally.reached("the run goes on, and with it", task_id, AgentResumed(task_id=task_id, actor=actor))
    if tally.nothing:
        tally.also("the run goes on")
    stay = [t for t in state.agents if agent_at(state, t) is AgentStatus.PAUSED] + list(state.on_hold)
    for task_id in stay:
        tally.missed(task_id, "stays paused by itself")
    return tally


def step(state: RunState, order: Step) -> Tally:
    """Raises UnknownTask, CommandRefused."""
    tally = tally_of(state, order.reach)
    for task_id in within(state, order.reach):
        status = agent_at(state, task_id)
        if status is None:
            tally.missed(task_id, ENDED if is_over(state, task_id) else "has not started")
        elif task_id in state.stepping:
            tally.missed(task_id, "was stepping already")
        elif status not in HELD and not state.paused:
            tally.missed(task_id, "is at work: pause it first")
        elif reached := held_by(state, task_id):
            tally.missed(task_id, f"waits for the budget of {reached.budget.place}")
        else:
            tally.reached("one step:", task_id, AgentStepped(task_id=task_id, actor=order.actor))
    tally.check("step")
    return tally


def left_at_the_gate(state: RunState, ids: tuple[TaskId, ...], tally: Tally) -> None:
    """Say which of them are proposals: an order that ends tasks decides on none of those."""
    if open_ones := [t for t in ids if t in state.proposals]:
        tally.also(f"{few(open_ones)} still proposed: left at the gate, to be decided on")
