"""What an earlier attempt proposed stands, and one that begins afresh is told of it and does not propose it twice."""

from __future__ import annotations

import json

import pytest

from hephaestus_tui.domain.commands import Decide, Restart, Stop
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.message import Speaker, ToolResultPart
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.providers.call_ids import ROOM, given_id, own_id


async def test_a_proposal_is_found_again_and_a_call_that_was_never_carried_out_is_known_by_its_name(
    forge, say, ada, until
):
    spawns = (say.spawn("a", more="wait_for_decision = true"), say.spawn("b"))
    root = say.entry("root", 'role = "backend_developer", title = "make"', say.turn("Two.", *spawns), say.done())
    session = await forge.start(say.script(root, say.children("a", "b")))

    async def decide(task_id: str, verdict: Verdict) -> None:
        await until(session, lambda s: task_id in s.proposals)
        await session.submit(Decide(task_id=task_id, version=1, verdict=verdict, reason="Not now.", actor=ada))

    await until(session, lambda s: "T2" in s.proposals)
    await session.submit(Stop(reach=only("T1"), actor=ada))
    await decide("T2", Verdict.REJECT)
    await session.submit(Restart(reach=only("T1"), fresh=True, actor=ada))
    await decide("T3", Verdict.ACCEPT)
    await session.settled()

    state = session.state()
    assert list(state.blockers) == ["T1", "T2", "T3"]
    assert state.tasks["T3"].draft.title == "Task b"
    assert state.tasks["T3"].status is TaskStatus.COMPLETED  # by the agent that the script has for this call
    messages = (await session.transcript("T1")).messages[state.begins["T1"] :]
    assert "- T2 (rejected: Not now.): Task a" in messages[1].parts[0].text
    results = [p for m in messages if m.speaker is Speaker.TOOL for p in m.parts if isinstance(p, ToolResultPart)]
    found = json.loads(results[0].content)
    assert (found["task_id"], found["decision"]) == ("T2", "rejected")
    assert "nothing new was proposed" in found["proposed_before"]


@pytest.mark.parametrize("given", ["cache-build", "a--1-2", "x" * ROOM, ""])
def test_an_id_that_was_made_unique_begins_with_the_one_that_was_given(given: str) -> None:
    made = own_id(given, 17, 2)
    assert len(made) <= ROOM
    assert given_id(made) == given if 0 < len(given) < ROOM else made == "call-17-2"
