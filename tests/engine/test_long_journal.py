"""A journal longer than one step is read whole, and whoever waits for it hears how far it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.engine.ledger import STEP, Ledger
from hephaestus_tui.store.store import Store
from tests.benchmarks.stage import facts

TASKS = STEP * 3 // 4  # two facts each, and the one that starts the run


async def filled(path: Path) -> Store:
    store = await Store.open(path / "hephaestus.db")
    for group in facts("long", "scripted:x", path, TASKS, False):
        last = asyncio.ensure_future(store.append("long", group, durable=False))
    await last
    return store


async def test_it_is_read_whole_and_told_of(tmp_path: Path) -> None:
    store = await filled(tmp_path)
    heard: list[tuple[int, int]] = []
    ledger = await Ledger.open(store, "long", lambda read, of: heard.append((read, of)))
    assert len(ledger.state.tasks) == TASKS
    assert ledger.state == replay(await store.facts("long"))
    assert heard == [(STEP, 2 * TASKS + 1)]
    ledger.close()
    await store.close()


async def test_what_is_stored_meanwhile_is_not_lost(tmp_path: Path) -> None:
    store = await filled(tmp_path)
    more = list(facts("long", "scripted:x", tmp_path, TASKS + 1, False))[-1]
    opening = asyncio.create_task(Ledger.open(store, "long"))
    await asyncio.sleep(0)
    await store.append("long", more)
    ledger = await opening
    assert ledger.state == replay(await store.facts("long"))
    assert f"T{TASKS + 1}" in ledger.state.tasks
    ledger.close()
    await store.close()
