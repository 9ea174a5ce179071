"""Whatever is ordered in whatever order, at whatever moment: replay is the live state, and nothing is done twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from hephaestus_tui.domain.commands import Decide, Pause, Restart, Resume, Steer, Step, Stop
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.message import ToolCallPart, ToolResultPart
from hephaestus_tui.domain.reach import WHOLE_RUN, only, with_below
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.domain.words import When

TURNS = 3


def worker(say, name, match, first=""):
    """Each of its calls leaves a line of its own, so that one that was made twice is seen."""
    turns = [
        say.turn(
            f"{name} {n}",
            *(
                say.call("run_command", f"{name}{n}{part}", f'{{ command = "echo {name}{n}{part} >> log" }}')
                for part in "ab"
            ),
        )
        for n in range(TURNS)
    ]
    return say.entry(name, match, *([first] if first else []), *turns, say.done())


def order(chance: random.Random, actor):
    reach = chance.choice([only("T1"), only("T2"), with_below("T1"), WHOLE_RUN])
    kind = chance.choice(
        ["pause", "pause", "step", "step", "resume", "resume", "steer", "steer", "steer", "stop", "restart"]
    )
    match kind:
        case "pause":
            return Pause(reach=reach, actor=actor)
        case "step":
            return Step(reach=reach, actor=actor)
        case "resume":
            return Resume(reach=reach, actor=actor)
        case "steer":
            return Steer(reach=reach, text="Mind.", when=chance.choice(list(When)), actor=actor)
        case "stop":
            return Stop(reach=reach, actor=actor)
        case _:
            return Restart(reach=reach, note=chance.choice(["", "Again."]), actor=actor)


@pytest.mark.parametrize("seed", range(8))
async def test_any_orders_at_any_moment(forge, say, ada, until, seed):
    chance = random.Random(seed)
    spawn = say.turn("spawn", say.spawn("child"))
    session = await forge.start(
        say.script(
            worker(say, "child", 'call = "child"'), worker(say, "root", 'role = "backend_developer"', first=spawn)
        )
    )
    await until(session, lambda s: "T2" in s.proposals)
    await session.submit(Decide(task_id="T2", verdict=Verdict.ACCEPT, version=1, actor=ada))
    for _ in range(12):
        await asyncio.sleep(chance.choice([0, 0, 0.005, 0.03]))
        try:
            receipt = await session.submit(order(chance, ada))
        except CommandRefused:
            continue
        assert not set(receipt.reached) & {missed.task_id for missed in receipt.missed}
    await rest(session, ada)
    state = session.state()
    assert replay(await forge.store.facts(session.run_id)) == state
    assert not state.stepping
    assert {t.status for t in state.tasks.values()} == {TaskStatus.COMPLETED}
    assert not state.steering  # nothing that was said is lost: it was read before the end
    log = forge.project / "log"
    done = Counter(log.read_text().split() if log.exists() else [])
    assert set(done.values()) <= {1}
    for task_id in ("T1", "T2"):
        parts = [p for m in (await session.transcript(task_id)).messages for p in m.parts]
        calls = [p.call_id for p in parts if isinstance(p, ToolCallPart)]
        assert sorted(p.call_id for p in parts if isinstance(p, ToolResultPart)) == sorted(calls)


async def rest(session, ada):
    """Let everything go on, and what was stopped begin again, until all is completed."""
    for _ in range(4):
        for command in (
            Resume(reach=WHOLE_RUN, actor=ada), Resume(reach=with_below("T1"), actor=ada),
            *(
                Restart(reach=only(t.id), actor=ada)
                for t in session.state().tasks.values() if t.status is TaskStatus.CANCELLED
            ),
        ):  # fmt: skip
            try:
                await session.submit(command)
            except CommandRefused:
                continue
        async with asyncio.timeout(20):
            await session.settled()
