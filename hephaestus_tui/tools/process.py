"""Runs one bounded child process; without it a command could outlive its deadline, the agent, or the app's memory.

The pipe is our own and never a transport's: `Process.wait` of asyncio waits for pipes too, and a grandchild that
keeps one open would hold it for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hephaestus_tui.tools.clip import Clip
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.pump import pump
from hephaestus_tui.tools.strays import end, strays

_BRIEF = 0.2
_GRACE = 2.0
_SETTLE = 1.0
_POLL = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Spawn:
    """What to run: `argv[0]` is an absolute path, `mark` is what its strays carry, `seconds` what it may take.

    `caged` says that the leader is a sandbox, with which everything in it dies: it is not asked to end, its content is.
    `stderr` is a descriptor for its errors, None where they come with its output.
    """

    argv: Sequence[str]
    folder: str
    environment: dict[str, str]
    mark: str
    seconds: float
    stdin: int = asyncio.subprocess.DEVNULL
    caged: bool = False
    stderr: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """`code` is negative for a signal, None when it could not be ended; `left` counts background processes stopped."""

    code: int | None
    seconds: float
    timed_out: bool
    left: int


async def run(spawn: Spawn, output: Clip, show: Callable[[str], None], *, until_full: bool = False) -> Ended:
    """Run to the end, the deadline or cancellation, whichever is first; its processes are gone afterwards.

    Returns within `seconds` + 5 s, whatever the child does. `until_full` ends it once `output` has to leave bytes
    out. Raises ToolFault when it cannot be started.
    """
    clock = asyncio.get_running_loop().time
    begun = clock()
    reader, process = await _start(spawn)
    kill = partial(_signal_group, process.pid, signal.SIGKILL)
    reading = asyncio.ensure_future(pump(reader, output, show, kill if until_full else None))
    reading.add_done_callback(lambda _: os.close(reader))
    exited = asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait({exited}, timeout=spawn.seconds)
        timed_out = not exited.done()
        left = await _finish(process.pid, exited, spawn)
        await asyncio.wait({reading}, timeout=_SETTLE)
        if reading.done():
            reading.result()
        return Ended(process.returncode, clock() - begun, timed_out, left)
    except BaseException:
        await asyncio.shield(_kill(process.pid, exited, spawn.mark))
        raise
    finally:
        # it may still wait on a pipe that a stray holds: ending it closes our end
        reading.cancel()


async def _start(spawn: Spawn) -> tuple[int, asyncio.subprocess.Process]:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    try:
        process = await asyncio.create_subprocess_exec(
            *spawn.argv,
            stdin=spawn.stdin,
            stdout=writer,
            stderr=writer if spawn.stderr is None else spawn.stderr,
            cwd=spawn.folder,
            env=spawn.environment,
            start_new_session=True,
        )
    except BaseException as error:
        os.close(reader)
        if isinstance(error, OSError):
            raise ToolFault(f"{spawn.argv[0]} cannot be started: {error.strerror}. Ask the human to look.") from error
        raise
    finally:
        os.close(writer)
    return reader, process


async def _finish(leader: int, exited: asyncio.Future[Any], spawn: Spawn) -> int:
    """End what still runs, politely first; returns how many had outlived a leader that ended by itself."""
    by_itself = exited.done()
    found = await _gone(leader, exited, spawn.mark, _BRIEF if by_itself else 0.0)
    if found or not by_itself:
        if not spawn.caged:
            _signal_group(leader, signal.SIGTERM)
        end(found - {leader}, signal.SIGTERM)
        await _gone(leader, exited, spawn.mark, _GRACE)
    await _kill(leader, exited, spawn.mark)
    return len(found) if by_itself else 0


async def _gone(leader: int, exited: asyncio.Future[Any], mark: str, seconds: float) -> frozenset[int]:
    """Wait until leader and strays have ended, `seconds` at most; returns those that have not."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    while True:
        found = await asyncio.to_thread(strays, leader, mark)
        if (not found and exited.done()) or clock() >= deadline:
            return found
        await asyncio.sleep(_POLL)


async def _kill(leader: int, exited: asyncio.Future[Any], mark: str) -> None:
    await asyncio.to_thread(_kill_all, leader, mark)
    await asyncio.wait({exited}, timeout=_SETTLE)


def _kill_all(leader: int, mark: str) -> None:
    # looked for first: a dead parent no longer leads to its children; and again, since they may fork meanwhile,
    # and since a signal takes its time to arrive
    deadline = time.monotonic() + _SETTLE
    while True:
        found = strays(leader, mark)
        _signal_group(leader, signal.SIGKILL)
        end(found, signal.SIGKILL)
        if not found or time.monotonic() > deadline:
            return
        time.sleep(_POLL)


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
