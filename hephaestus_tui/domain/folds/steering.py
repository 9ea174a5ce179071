"""What steps, words and cut off work change in the state of a run."""

from __future__ import annotations

from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.folds.steps import change_agent, go_on, void_questions, waits_no_more
from hephaestus_tui.domain.folds.talk import waits_for_no_report
from hephaestus_tui.domain.message import Message, WordsPart
from hephaestus_tui.domain.state import AgentStatus, RunState, Stepping
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.words import When, Word


def fold_steering(state: RunState, fact: e.SteeringFact, at: float) -> None:
    match fact:
        case e.AgentStepped():
            agent = state.agents.get(fact.task_id)
            held = agent is not None and agent.status in (
                AgentStatus.PAUSED, AgentStatus.INTERRUPTED, AgentStatus.STALLED
            )  # fmt: skip
            state.stepping[fact.task_id] = Stepping(fact.actor, paused=held)
            go_on(state, fact.task_id, at, AgentStatus.PAUSED, AgentStatus.INTERRUPTED, AgentStatus.STALLED)
        case e.StepTaken():
            stepping = state.stepping.pop(fact.task_id, None)
            if stepping and stepping.paused:
                note = f"paused by {stepping.actor}, after a step"
                change_agent(state, fact.task_id, AgentStatus.PAUSED, at, note)
        case e.AgentCutOff():
            void_questions(state, fact.task_id)
            waits_no_more(state, fact.task_id)
            waits_for_no_report(state, fact.task_id)
            go_on(state, fact.task_id, at, AgentStatus.WAITING)
        case e.WordsRevoked():
            _keep(state, fact.task_id, [w for w in state.steering.get(fact.task_id, ()) if w.number != fact.number])
        case _:
            assert_never(fact)


def hold(state: RunState, fact: e.AgentPaused, at: float) -> None:
    """Whoever is at work pauses; what has not begun, be it a proposal, does not begin."""
    state.stepping.pop(fact.task_id, None)
    agent = state.agents.get(fact.task_id)
    if agent is None or agent.status is AgentStatus.ENDED:
        state.on_hold[fact.task_id] = fact
    else:
        change_agent(state, fact.task_id, AgentStatus.PAUSED, at, f"paused by {fact.actor}")


def let_go(state: RunState, task_id: TaskId, at: float) -> None:
    state.stepping.pop(task_id, None)
    state.on_hold.pop(task_id, None)
    go_on(state, task_id, at, *(status for status in AgentStatus if status is not AgentStatus.ENDED))


def steered(state: RunState, fact: e.AgentSteered, at: float) -> None:
    word = Word(state.seq, at, fact.text, fact.actor, fact.when, fact.said)
    state.steering[fact.task_id] = (*state.steering.get(fact.task_id, ()), word)


def read(state: RunState, task_id: TaskId, message: Message) -> None:
    """A message to an agent has all that was said to it, but for what it is to read later and is not told yet."""
    told = {part.word.number for part in message.parts if isinstance(part, WordsPart)}
    waiting = state.steering.get(task_id, ())
    _keep(state, task_id, [w for w in waiting if w.when is When.QUEUED and w.number not in told])


def _keep(state: RunState, task_id: TaskId, words: list[Word]) -> None:
    if words:
        state.steering[task_id] = tuple(words)
    else:
        state.steering.pop(task_id, None)
