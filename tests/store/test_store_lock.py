"""One process owns a database, and lets go of it however it ends."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hephaestus_tui.domain.errors import StoreBusy
from hephaestus_tui.store.lock import Holder, Lock, lock_path
from hephaestus_tui.store.store import Store

HOLDS = Path(__file__).parent / "children" / "holds.py"


def _start(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(HOLDS), str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )


async def test_the_second_process_is_told_who_has_it(db_path: Path) -> None:
    first = _start(db_path)
    assert first.stdout
    assert first.stdout.readline() == f"open {first.pid}\n"
    assert Lock.holder(db_path) == Holder(first.pid, socket.gethostname())
    with pytest.raises(StoreBusy, match=rf"process {first.pid} on "):
        await Store.open(db_path)
    first.kill()
    first.communicate(timeout=10)
    assert Lock.holder(db_path) is None
    await (await Store.open(db_path)).close()


def test_of_many_that_start_at_once_one_gets_it(db_path: Path) -> None:
    children = [_start(db_path) for _ in range(4)]
    words = []
    for child in children:
        assert child.stdout
        words.append(child.stdout.readline())
    for child in children:
        child.communicate(timeout=10)
    assert [word.split()[0] for word in sorted(words)] == ["StoreBusy:"] * 3 + ["open"]


async def test_this_process_is_not_let_in_twice_either(store: Store, db_path: Path) -> None:
    with pytest.raises(StoreBusy, match=f"process {os.getpid()} "):
        await Store.open(db_path)
    assert Lock.holder(db_path) == Holder(os.getpid(), socket.gethostname())


async def test_a_tool_of_the_owner_does_not_keep_the_lock(db_path: Path) -> None:
    store = await Store.open(db_path)
    tool = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=subprocess.PIPE, close_fds=False)
    await store.close()
    assert Lock.holder(db_path) is None
    await tool.communicate(b"\n")


def test_asking_who_holds_it_does_not_get_in_the_way(db_path: Path) -> None:
    db_path.parent.mkdir()
    assert Lock.holder(db_path) is None
    for _ in range(50):
        lock = Lock.acquire(db_path)
        assert Lock.holder(db_path) is not None
        lock.release()
        assert Lock.holder(db_path) is None


def test_a_lock_file_that_leads_elsewhere_is_refused(db_path: Path, tmp_path: Path) -> None:
    db_path.parent.mkdir()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    lock_path(db_path).symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"):
        Lock.acquire(db_path)
    assert victim.read_text() == "precious"
