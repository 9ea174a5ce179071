"""A headless run in a few words a fact, on stderr."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.cli import output
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.plain import one_line
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskStatus


def narrate(recorded: e.Recorded) -> None:
    if words := _words(recorded.fact):
        output.say(one_line(words))


def ending(state: RunState) -> Iterator[str]:
    """How a run stands when its process ends: what went wrong, then what waits for whom."""
    for task in state.tasks.values():
        agent = state.agents.get(task.id)
        if task.status is TaskStatus.FAILED:
            yield one_line(f"{task.id} failed: {task.reason}")
        elif agent and agent.status is AgentStatus.STALLED:
            yield one_line(f"{task.id} stands still: {agent.note}")
    completed = sum(task.status is TaskStatus.COMPLETED for task in state.tasks.values())
    words = [f"{completed} of {_count(len(state.tasks), 'task')} completed"]
    if waiting := len(state.proposals):
        words.append(f"{_count(waiting, 'proposal')} waiting (hephaestus proposals {state.run_id})")
    if asked := len(state.questions):
        words.append(f"{_count(asked, 'question')} waiting (hephaestus --resume {state.run_id})")
    if dead := [task_id for task_id in state.dead() if task_id in state.tasks]:
        words.append(f"{', '.join(dead)} can never start (hephaestus --resume {state.run_id})")
    yield f"Run {state.run_id}: {'; '.join(words)}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _words(fact: e.Fact) -> str:
    match fact:
        case e.RunStarted():
            return f"run {fact.run_id}: {fact.goal}"
        case e.TaskProposed(proposal=p):
            return f"{p.task_id} proposed ({p.draft.phase}): {p.draft.title}"
        case e.ProposalDecided(decision=d):
            return f"{d.task_id} {d.verdict} by {d.actor}" + (f": {d.reason}" if d.reason else "")
        case e.TaskStarted():
            return f"{fact.task_id} started by {fact.role} with {fact.model}"
        case e.TaskCompleted():
            return f"{fact.task_id} completed: {fact.summary}"
        case e.TaskFailed() | e.TaskCancelled():
            return f"{fact.task_id} {fact.KIND.partition('.')[2]}: {fact.reason}"
        case e.RunPaused(limit=str() as limit):
            return f"the run is held: it has reached {limit}; raise it in the settings and resume the run"
        case e.AgentStalled():
            return f"{fact.task_id} stands still: {fact.reason}"
        case e.AgentInterrupted():
            return f"{fact.task_id} was interrupted"
        case e.QuestionAsked(question=q):
            return f"{q.task_id} asks ({q.kind}): {q.text}"
        case e.TurnCut():
            return f"{fact.task_id} turn cut: {fact.reason}"
        case _:
            return ""
