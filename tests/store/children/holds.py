"""Opens the database, prints who it is or why it may not, and holds on until its standard input ends."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.store.store import Store


async def main(path: Path) -> None:
    try:
        store = await Store.open(path)
    except StoreError as error:
        sys.stdout.write(f"{type(error).__name__}: {error}\n")
        return
    sys.stdout.write(f"open {os.getpid()}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await store.close()


asyncio.run(main(Path(sys.argv[1])))
