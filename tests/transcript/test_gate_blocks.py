"""What a transcript shows of the gate: decisions, what was taken back, questions, and the answer that an agent gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hephaestus_tui.domain.decision import Actor, ActorKind, Change, Decision, Query, Undoing, Verdict
from hephaestus_tui.domain.message import DecisionPart, QueryPart, Speaker, TextPart, ToolCallPart, UndonePart
from hephaestus_tui.domain.task import Phase, TaskDraft
from hephaestus_tui.ui.glyphs import ASCII, UNICODE, Mark
from hephaestus_tui.ui.widgets.block_lines import rows_of
from hephaestus_tui.ui.widgets.blocks import Asked, Block, Call, CallState, Decided, Undone, folds
from hephaestus_tui.ui.widgets.call_words import told_of
from hephaestus_tui.ui.widgets.conversation import Conversation
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.look import Look

ADA = Actor(ActorKind.HUMAN, "Ada")
RULE = Actor(ActorKind.RULE, "small-fixes")
LONG = "\n".join(f"reason {n}" for n in range(12))


def decision(verdict: Verdict, actor: Actor = ADA, **fields: Any) -> Decision:
    draft = TaskDraft(title="Share the cache", description="d", rationale="r", phase=Phase.BUILDING, role="dev")
    final = None if verdict is Verdict.REJECT else draft
    return Decision(
        id=1, task_id="T5", version=1, verdict=verdict, actor=actor, decided_at=9.0, waited=75.0, final=final, **fields
    )


def query(text: str = "Which routes?", version: int = 1) -> Query:
    return Query(id="q1", task_id="T5", version=version, text=text, actor=ADA, asked_at=1.0)


def drawn(block: Block, *, unfolded: bool = False, glyphs: Any = UNICODE, width: int = 76) -> list[str]:
    rows = rows_of(block, Canvas(width, Look(glyphs)), lambda *_: None, unfolded=unfolded)
    return [row.text.rstrip() for row in rows]


def test_every_part_of_the_gate_becomes_a_block_of_its_own(story: Any) -> None:
    undoing = Undoing(1, ADA, 4.0, "too early")
    story.say(Speaker.USER, TextPart("do it"))
    story.say(Speaker.ASSISTANT, TextPart("begun"))
    story.say(
        Speaker.USER, QueryPart(query()), DecisionPart(decision(Verdict.ACCEPT)), UndonePart("T5", undoing)
    )  # fmt: skip
    assert Conversation(story.transcript()).blocks[-3:] == [
        Asked(query()),
        Decided(decision(Verdict.ACCEPT)),
        Undone("T5", undoing),
    ]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (Decided(decision(Verdict.ACCEPT)), ["✓ T5 accepted by Ada  Share the cache  after 1 min 15 s"]),
        (
            Decided(decision(Verdict.EDIT, changes=(Change("role", "dev", "tech_lead"),))),
            ["✓ T5 accepted with changes by Ada  Share the cache  after 1 min 15 s", "│ role  dev → tech_lead"],
        ),
        (Decided(decision(Verdict.REJECT, RULE, reason="no")), ["⊘ T5 rejected by rule small-fixes  after 1 min 15 s", "│ no"]),
        (
            Decided(decision(Verdict.REJECT, merged_into="T3", reason="merged into T3")),
            ["⊘ T5 merged into T3 by Ada  after 1 min 15 s"],
        ),
        (
            Decided(decision(Verdict.REJECT, merged_into="T3", reason="same cause")),
            ["⊘ T5 merged into T3 by Ada  after 1 min 15 s", "│ same cause"],
        ),
        (
            Undone("T5", Undoing(1, ADA, 4.0, "too early")),
            ["◇ T5: decision taken back by Ada  proposed again", "│ too early"],
        ),
        (Asked(query()), ["? Ada asks about T5", "│ Which routes?"]),
        (Asked(query(version=2)), ["? Ada asks about T5, version 2", "│ Which routes?"]),
    ],
)  # fmt: skip
def test_each_block_says_who_did_what_to_which_proposal(block: Block, said: list[str]) -> None:
    rows = [" ".join(row.split()) for row in drawn(block)]
    assert rows == [" ".join(row.split()) for row in said]


@pytest.mark.parametrize(
    "block",
    [Decided(decision(Verdict.REJECT, reason=LONG)), Undone("T5", Undoing(1, ADA, 4.0, LONG)), Asked(query(LONG))],
)
def test_a_long_text_is_folded_and_is_all_there_unfolded(block: Block) -> None:
    assert folds(block)
    folded, unfolded = drawn(block), drawn(block, unfolded=True)
    assert len(folded) == 5
    assert folded[-1].endswith("9 more lines")
    assert [row for n in range(12) if (row := f"reason {n}") not in "\n".join(unfolded)] == []


@pytest.mark.parametrize("width", [24, 40])
def test_it_fits_narrow_panes_and_terminals_without_unicode(width: int) -> None:
    for block in (
        Decided(decision(Verdict.EDIT, reason=LONG)),
        Undone("T5", Undoing(1, ADA, 4.0, "x")),
        Asked(query()),
    ):
        assert all(len(row) <= width for row in drawn(block, width=width))
        assert "\n".join(drawn(block, glyphs=ASCII)).isascii()


def test_an_answer_says_about_what_and_which_fields_it_renews() -> None:
    told: dict[str, object] = {"task_id": "T5", "answer": "Only /auth/verify."}
    assert told_of("answer_about_proposal", told) == "T5: Only /auth/verify."
    renews = {**told, "title": "Look", "done_criteria": ["x"]}
    assert told_of("answer_about_proposal", renews) == "T5, with a new title and done criteria: Only /auth/verify."
    assert told_of("ask_human", {"answer": "x", "question": "why?"}) == "why?"
    call = Call("answer_about_proposal", json.dumps(told), CallState.DONE, '{"task_id": "T5", "standing": "proposed"}')
    (row,) = drawn(call)
    assert row.split()[:3] == [UNICODE.marks[Mark.DONE], "answer", "T5:"]
    assert "T5 proposed" in row


async def test_an_answer_that_is_no_text_does_not_break_the_row() -> None:
    assert drawn(Call("answer_about_proposal", '{"answer": 7, "task_id": ["T5"]}'))
    assert drawn(Call("answer_about_proposal", '{"answer": "x", "task_id": ["T5"]}'))


def test_a_passage_begins_with_its_message_and_ends_with_the_call(story: Any) -> None:
    story.say(Speaker.USER, TextPart("do it"))
    call = ToolCallPart("c1", "spawn_building_task", "{}")
    story.say(Speaker.ASSISTANT, TextPart("one\n\ntwo"), ToolCallPart("c0", "read_file", "{}"), call)
    talk = Conversation(story.transcript())
    first, last = talk.passage(1, 1) or (-1, -1)
    assert [type(b).__name__ for b in talk.blocks[first : last + 1]] == ["Prose", "Prose", "Call", "Call"]
    assert talk.passage(1, 2) is None
    assert talk.passage(7, 0) is None
