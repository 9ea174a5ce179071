"""The engine at full load in a process of its own, so that its CPU alone is counted; prints its figures as JSON.

Arguments: the database of a run that is stored and ready, the project's folder, and how many agents. HEPHAESTUS_CONFIG
names settings under which every limit is off.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import aclosing
from pathlib import Path

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.bootstrap.host import LocalHost
from hephaestus_tui.domain.events import Recorded, UsageRecorded
from tests.benchmarks.bars import percentile

TICK = 0.002


async def main(store: str, project: str, agents: int) -> dict[str, float]:
    host = LocalHost(
        Opening(project=Path(project), store=Path(store), options={"agents": agents}, environ=dict(os.environ))
    )
    session = await host.resume("last")
    late: list[float] = []
    counts = {"facts": 0, "flickers": 0, "tokens": 0}

    async def count() -> None:
        async with aclosing(session.watch(session.state().seq)) as events:
            async for event in events:
                counts["facts" if isinstance(event, Recorded) else "flickers"] += 1
                if isinstance(event, Recorded) and isinstance(event.fact, UsageRecorded):
                    counts["tokens"] += event.fact.usage.output

    async def tick() -> None:
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            late.append(time.perf_counter() - due)

    helpers = [asyncio.create_task(count()), asyncio.create_task(tick())]
    began, cpu = time.perf_counter(), time.process_time()
    serving = asyncio.create_task(host.serve())
    await session.settled()
    figures = {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu, "stall": percentile(late, 0.99)}
    for task in (serving, *helpers):
        task.cancel()
    await asyncio.wait([serving, *helpers])
    await host.close()
    return {**figures, **counts}


if __name__ == "__main__":
    json.dump(asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]))), sys.stdout)
