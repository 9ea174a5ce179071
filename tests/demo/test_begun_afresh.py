"""A person stops the demo's first agent and lets it begin afresh: what it had proposed is there, and is not proposed twice."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from pathlib import Path

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.bootstrap.host import LocalHost
from hephaestus_tui.demo import new_run, script_path
from hephaestus_tui.domain import commands as c
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.message import TextPart
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskStatus

ADA = Actor(ActorKind.HUMAN, "ada")


def _goes_nowhere_or_ends(state: RunState) -> bool:
    agent = state.agents["T1"]
    return state.tasks["T1"].status is TaskStatus.COMPLETED or agent.status is AgentStatus.STALLED


async def test_the_demo_goes_on_when_its_first_agent_begins_afresh(project: Path, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    environ = {"HEPHAESTUS_CONFIG": str(tmp_path / "config"), "HEPHAESTUS_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    host = LocalHost(
        Opening(
            project=project, store=tmp_path / "demo.db", options={"model": f"scripted:{script_path()}"},
            environ=environ, speed=math.inf, trusted=True,
        )
    )  # fmt: skip
    session = await host.start(new_run())
    serving = asyncio.create_task(host.serve())
    try:
        async with asyncio.timeout(60):
            async for _ in session.watch(0):
                if "T2" in session.state().proposals:
                    break
            await session.submit(c.Stop(reach=only("T1"), actor=ADA))
            await session.submit(c.Restart(reach=only("T1"), note="again", fresh=True, actor=ADA))
            async for _ in session.watch(session.state().seq):
                if _goes_nowhere_or_ends(session.state()):
                    break
        state = session.state()
        assert state.agents["T1"].note == ""
        assert state.tasks["T1"].status is TaskStatus.COMPLETED
        titles = Counter(proposal.draft.title for proposal in state.proposals.values())
        assert set(titles.values()) == {1}
        by_title = {p.draft.title: p for p in state.proposals.values()}
        assert by_title["Let every route use the token cache"].draft.blocked_by == ("T2",)
        messages = (await session.transcript("T1")).messages
        (brief,) = (p for p in messages[state.begins["T1"] + 1].parts if isinstance(p, TextPart))
        assert "- T2 (waits for a human's decision): Can the token cache serve every route?" in brief.text
    finally:
        serving.cancel()
        await asyncio.wait([serving])
        await host.close()
