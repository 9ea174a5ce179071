"""What was ordered of an agent, and what became of it, in a sentence: for whoever watches without a screen."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.words import When

OrderFact: TypeAlias = (
    e.AgentPaused | e.AgentResumed | e.AgentSteered | e.AgentStepped | e.StepTaken | e.AgentCutOff | e.WordsRevoked
    | e.TaskRetried
)  # fmt: skip
_WHEN = {When.NOW: "", When.QUEUED: ", when it is done", When.INTERRUPTING: ", interrupting"}


def order_words(fact: OrderFact) -> str:
    """ "T3 is told by ada, when it is done: write the notes"."""
    match fact:
        case e.AgentPaused():
            return f"{fact.task_id} is held by {fact.actor}"
        case e.AgentResumed():
            return f"{fact.task_id} is let go on by {fact.actor}"
        case e.AgentSteered():
            return f"{fact.task_id} is told by {fact.actor}{_WHEN[fact.when]}: {fact.text}"
        case e.AgentStepped():
            return f"{fact.task_id} takes a step, by {fact.actor}"
        case e.StepTaken():
            return f"{fact.task_id} has taken its step"
        case e.AgentCutOff():
            return f"{fact.task_id} was interrupted by {fact.actor}"
        case e.WordsRevoked():
            return f"{fact.actor} took back what was said to {fact.task_id}"
        case e.TaskRetried():
            fresh = "" if fact.begins is None else ", in a fresh conversation"
            return f"{fact.task_id} begins again, by {fact.actor}{fresh}"
        case _:
            assert_never(fact)
