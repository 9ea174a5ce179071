"""What a person said stands in some results: those are found, and what a person only allowed is not among them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.message import Message, Speaker, ToolCallPart, ToolResultPart
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.engine.human_words import calls_with_human_words

ADA = Actor(ActorKind.HUMAN, "ada")
DECIDED = '{"task_id": "T2", "decision_id": 3, "decision": "rejected"}'


@pytest.mark.parametrize(
    ("name", "asked", "answer", "result", "human"),
    [
        ("ask_human", "T1.1.2.0.question", "the blue one", "the blue one", True),
        ("ask_human", "T1.2.2.0.question", "the blue one", "the blue one", True),
        ("ask_human", "T2.1.2.0.question", "the blue one", "the blue one", False),
        ("run_command", "T1.1.2.0.permission", "allow", "allow: 3 passed", False),
        ("run_command", "T1.1.2.0.permission", "not so", "run_command was not run: a human refused it. not so", True),
        ("run_command", "T1.1.2.0.permission", '{"edited": "ls"}', "a.py b.py", False),
        ("complete_task", "T1.1.2.0.criterion", "accept: good enough", "ada accepts it as it is. good enough", True),
        ("spawn_building_task", "", "", DECIDED, True),
        ("read_file", "", "", DECIDED, False),
        ("read_file", "anything at all", "yes", "yes", False),
    ],
)  # fmt: skip
def test_results_that_hold_what_a_person_said(name, asked, answer, result, human) -> None:
    said = Message(ordinal=2, speaker=Speaker.ASSISTANT, parts=(ToolCallPart("c", name, "{}"),), at=0.0)
    told = replace(said, ordinal=3, speaker=Speaker.TOOL, parts=(ToolResultPart("c", result),))
    state = RunState(answers={asked: answer} if asked else {})
    assert calls_with_human_words(state, "T1", [said, told]) == ({"c"} if human else set())
