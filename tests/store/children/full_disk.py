"""Fills its allowance of file size, says what the store says then, and goes on when there is room again."""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.domain.events import RunStarted
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.store.store import Store


def run(number: int) -> RunStarted:
    return RunStarted(
        run_id=f"r{number}", goal="x" * 5_000, project="/p", model="m", policy=Policy.ASK, roles=("tech_lead",)
    )


async def main(path: Path) -> None:
    store = await Store.open(path)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
    kept = 0
    try:
        while True:
            await store.append(f"r{kept}", [run(kept)])
            kept += 1
    except StoreError as error:
        sys.stdout.write(f"{error}\n")
    assert len(await store.runs()) == kept
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    await store.append(f"r{kept}", [run(kept)])
    await store.close()
    sys.stdout.write(f"{kept + 1}\n")


asyncio.run(main(Path(sys.argv[1])))
