"""Pages of what was said, made of facts in memory: what a session without a store gives, and what one with a store must."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Speaker, ToolResultPart
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.session import Page

_BETWEEN = (e.TurnCut, e.ModelSwitched, e.ContextCompacted)


def page_of(
    facts: Sequence[e.Recorded],
    of: Collection[TaskId] | None = None,
    *,
    before: int | None = None,
    after: int | None = None,
    most: int = 120,
) -> Page:
    """The page that a session gives of these facts, with `most` messages at most."""
    last = facts[-1].seq if facts else 0
    forward = before is None and after is not None
    low, high = (after or 0) if forward else 0, last + 1 if before is None else before
    told = [r for r in facts if of is None or getattr(r.fact, "task_id", None) in of]
    said = [r for r in told if low <= r.seq < high and _speaker(r) not in (None, Speaker.TOOL)]
    taken = said[:most] if forward else said[-most:]
    if len(taken) < len(said):
        low, high = (low, said[most].seq) if forward else (taken[0].seq, high)
    chosen = {r.seq for r in taken} | {r.seq for r in told if isinstance(r.fact, _BETWEEN) and low <= r.seq < high}
    tasks = {r.fact.task_id for r in taken if isinstance(r.fact, e.MessageAdded)}
    chosen.update(
        r.seq for r in facts if isinstance(r.fact, e.ToolStarted) and r.fact.task_id in tasks and _unanswered(facts, r)
    )
    for message in taken:
        chosen.update(_after(facts, message))
    return Page(facts=tuple(r for r in facts if r.seq in chosen), begin=low, end=high, seq=last)


def _speaker(recorded: e.Recorded) -> Speaker | None:
    return recorded.fact.message.speaker if isinstance(recorded.fact, e.MessageAdded) else None


def _unanswered(facts: Sequence[e.Recorded], started: e.Recorded) -> bool:
    assert isinstance(started.fact, e.ToolStarted)
    return not any(
        isinstance(part, ToolResultPart) and part.call_id == started.fact.call_id
        for r in facts
        if r.seq > started.seq and isinstance(r.fact, e.MessageAdded) and r.fact.task_id == started.fact.task_id
        for part in r.fact.message.parts
    )


def _after(facts: Sequence[e.Recorded], said: e.Recorded) -> list[int]:
    """What it took, and the results of its calls."""
    assert isinstance(said.fact, e.MessageAdded)
    chosen = [r.seq for r in facts if r.seq == said.seq + 1 and isinstance(r.fact, e.UsageRecorded)]
    if said.fact.message.speaker is not Speaker.ASSISTANT:
        return chosen
    for recorded in facts:
        fact = recorded.fact
        if recorded.seq > said.seq and isinstance(fact, e.MessageAdded) and fact.task_id == said.fact.task_id:
            if fact.message.speaker is not Speaker.TOOL:
                break
            chosen.append(recorded.seq)
    return chosen
