"""The tools by which agents work together hand on what they are given, refuse what says nothing, and decide nothing."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain.criterion import CommandCriterion
from hephaestus_tui.domain.task import Phase, Priority
from hephaestus_tui.tools.base import ToolFault

REVIEW = {"what": "the token cache", "look_at": "auth.py, lines 40 to 60.", "rationale": "It guards sign-in."}


async def test_what_is_said_noted_and_looked_for_reaches_the_desk_as_it_is(call: Any, desk: Any) -> None:
    await call("send_message", to="T3", text="[b]bold[/b]\nsecond line")
    await call("report_blocker", text="No index.", wait=True)
    await call("note", text="  Tests need memory. ", tags=["tests"])
    await call("search_notes", query='"AND" (')
    await call("read_task", task_id="T3")
    assert desk.commons.told == [
        ("message", "T3", "[b]bold[/b]\nsecond line"),
        ("report", "No index.", True),
        ("note", "Tests need memory.", ("tests",)),
        ("search", '"AND" ('),
        ("read", "T3"),
    ]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("send_message", {"to": "T3", "text": " "}),
        ("send_message", {"to": "T3", "text": "x" * 4_001}),
        ("send_message", {"to": "T3", "text": "a\0b"}),
        ("report_blocker", {"text": "\n"}),
        ("note", {"text": " "}),
        ("note", {"text": "x", "tags": ["y" * 41]}),
        ("note", {"text": "x", "tags": ["y"] * 9}),
        ("search_notes", {"query": "x" * 401}),
        ("read_task", {"task_id": "the last one"}),
        ("request_review", {**REVIEW, "what": "x" * 200}),
    ],
)
async def test_what_says_nothing_or_too_much_is_refused(
    call: Any, desk: Any, tool: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ToolFault):
        await call(tool, **arguments)
    assert desk.commons.told == []
    assert desk.proposed == []


async def test_a_review_waits_for_the_work_unless_it_is_wanted_at_once(call: Any, desk: Any) -> None:
    criteria = [{"text": "No stale answer", "command": "make check"}]
    await call("request_review", **REVIEW, blocking_task_ids=["T7", "T1"], done_criteria=criteria, priority="high")
    await call("request_review", **REVIEW, after_my_task=False)
    (first, waits), (second, _) = desk.proposed
    assert (first.title, first.phase, first.role, first.priority) == (
        "Review: the token cache", Phase.VALIDATION, "tech_lead", Priority.HIGH,
    )  # fmt: skip
    assert first.blocked_by == ("T1", "T7")
    assert first.done_criteria == (CommandCriterion("No stale answer", "make check"),)
    assert "The work is that of T1" in first.description
    assert (second.blocked_by, waits) == ((), False)
