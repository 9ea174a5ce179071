"""What messages, calls and their cost change in the state of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.budget import Spent
from hephaestus_tui.domain.context import message_tokens
from hephaestus_tui.domain.folds.steering import read
from hephaestus_tui.domain.folds.steps import add_work, waits_no_more
from hephaestus_tui.domain.folds.talk import take_letters, waits_for_no_report
from hephaestus_tui.domain.message import Speaker, ToolResultPart, Usage
from hephaestus_tui.domain.state import AgentStatus, RunState


def fold_transcript(state: RunState, fact: e.TranscriptFact, at: float) -> None:
    match fact:
        case e.MessageAdded():
            _message(state, fact)
        case e.ToolStarted():
            state.unanswered[fact.task_id] = (*state.unanswered.get(fact.task_id, ()), fact)
        case e.TurnCut():
            add_work(state, fact.task_id, fact.worked)
        case e.UsageRecorded():
            state.usage = state.usage + fact.usage
            state.usage_by_task[fact.task_id] = state.usage_by_task.get(fact.task_id, Usage()) + fact.usage
            for place in state.places(fact.task_id):
                state.spent[place] = state.spent.get(place, Spent()).plus(fact.usage)
        case _:
            assert_never(fact)


def _message(state: RunState, fact: e.MessageAdded) -> None:
    add_work(state, fact.task_id, fact.worked)
    if use := state.context.get(fact.task_id):
        state.context[fact.task_id] = replace(use, since=use.since + message_tokens(fact.message))
    from_tool = fact.message.speaker is Speaker.TOOL
    if from_tool:
        state.checking.pop(fact.task_id, None)
    if from_tool and (open_calls := state.unanswered.get(fact.task_id)):
        answered = {p.call_id for p in fact.message.parts if isinstance(p, ToolResultPart)}
        state.unanswered[fact.task_id] = tuple(c for c in open_calls if c.call_id not in answered)
    if fact.message.speaker is Speaker.USER:
        read(state, fact.task_id, fact.message)
        take_letters(state, fact.task_id, fact.message)
    agent = state.agents.get(fact.task_id)
    if agent and fact.message.speaker is Speaker.ASSISTANT:
        state.agents[fact.task_id] = replace(agent, turns=agent.turns + 1)
    if agent and agent.status is AgentStatus.ENDED:
        waits_no_more(state, fact.task_id)
        waits_for_no_report(state, fact.task_id)
