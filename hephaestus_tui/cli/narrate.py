"""A headless run in a few words a fact, on stderr."""

from __future__ import annotations

from hephaestus_tui.cli import output
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.plain import one_line


def narrate(recorded: e.Recorded) -> None:
    if words := _words(recorded.fact):
        output.say(one_line(words))


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
