"""A proposal names what says much the same, also when it was rejected, and no longer once it says something else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hephaestus_tui.domain import commands as c
from hephaestus_tui.domain.decision import Near, Verdict
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import DUPLICATE_SCORE
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.store.store import Store


async def test_the_gate_compares_what_is_proposed_and_what_an_answer_amends(store: Store, room_of: Any) -> None:
    room = await room_of(None, "likes")
    cache = replace(room.plain, title="Cache the parsed configuration", description="load_config parses it each time.")
    first = await room.gate.propose(cache, room.origin(), waits=False)
    ada = room.deciders[0]
    no = c.Decide(task_id=first, verdict=Verdict.REJECT, actor=ada, version=1, reason="It is read once.")
    await room.gate.carry_out(no)

    again = replace(cache, title="Keep the parsed configuration in a cache", phase=Phase.INVESTIGATION)
    second = await room.gate.propose(again, room.origin(), waits=False)
    (near,) = room.state.proposals[second].near
    assert near == Near(first, near.score)
    assert near.score >= DUPLICATE_SCORE

    await room.gate.carry_out(c.AskBack(task_id=second, version=1, question="Is it slow?", actor=ada))
    other = {"title": "Measure how long a start takes", "description": "Nobody has."}
    assert await room.gate.answer(room.state.queries[second], "I do not know.", other)
    assert (room.state.proposals[second].version, room.state.proposals[second].near) == (2, ())
    assert replay(await store.facts("likes")) == room.state
    room.ledger.close()
