"""Which results of an agent's calls hold what a person said: those are never shortened or summed up."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hephaestus_tui.domain.check import read_ruling
from hephaestus_tui.domain.events import ALLOW
from hephaestus_tui.domain.message import Message, ToolResultPart
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.standing import decision_in, is_of_the_gate

# as `engine.desk` and `engine.commons` name them
_QUESTION = re.compile(r"(?P<task>T[0-9]+)\.[0-9]+\.(?P<turn>[0-9]+)\.(?P<index>[0-9]+)\.")
_REPORT = re.compile(r"(?P<task>T[0-9]+)\.(?P<turn>[0-9]+)\.(?P<index>[0-9]+)")


def calls_with_human_words(state: RunState, task_id: TaskId, messages: Sequence[Message]) -> set[str]:
    """Calls whose results hold an answer, a refusal in a person's words, a ruling, or a decision on a proposal."""
    results = {p.call_id: p.content for m in messages for p in m.parts if isinstance(p, ToolResultPart)}
    said = _said(state, task_id)
    found: set[str] = set()
    for message in messages:
        for index, call in enumerate(message.calls()):
            told = results.get(call.call_id, "")
            decided = is_of_the_gate(call.name) and decision_in(told)
            # a person who allowed a command said so too, but not to its agent: what is not in the result is not told by it
            if decided or any(words in told for words in said.get((message.ordinal, index), ())):
                found.add(call.call_id)
    return found


def _said(state: RunState, task_id: TaskId) -> dict[tuple[int, int], list[str]]:
    """(turn, index) of each call that was answered, with the words of the answers, over all attempts."""
    questions = ((_QUESTION.match(asked), answer) for asked, answer in state.answers.items())
    reports = ((_REPORT.fullmatch(report_id), answer.words) for report_id, answer in state.report_answers.items())
    found: dict[tuple[int, int], list[str]] = {}
    for place, answer in (*questions, *reports):
        ruling = read_ruling(answer)
        words = ruling[1] if ruling else answer
        if place and place["task"] == task_id and words and words != ALLOW:
            found.setdefault((int(place["turn"]), int(place["index"])), []).append(words)
    return found
