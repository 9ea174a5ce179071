"""Finds what a command left running outside its process group; without it `setsid` would outlive every kill.

Linux only (it reads /proc); elsewhere nothing is found and the process group alone is ended. A process that leaves the
session, clears its environment and loses its parent before anyone looks is not found: that takes a PID namespace.
"""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

MARKER = "HEPHAESTUS_COMMAND"
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    group: int
    session: int


def strays(leader: int, mark: str) -> frozenset[int]:
    """The processes that carry the mark, or left the leader's group but not its session, and all their descendants."""
    wanted = f"{MARKER}={mark}".encode()
    known: dict[int, _Process] = {}
    found: set[int] = set()
    for pid in _pids():
        # without a session it is the kernel's, or came from outside our namespace: no command of ours
        with contextlib.suppress(OSError):
            process = _read(pid)
            known[pid] = process
            if (process.session == leader != process.group) or (process.session and wanted in _environment(pid)):
                found.add(pid)
    grew = bool(found)
    while grew:
        below = {pid for pid, process in known.items() if process.parent in found} - found
        found |= below
        grew = bool(below)
    return frozenset(found)


def end(pids: frozenset[int], number: signal.Signals) -> None:
    """Send a signal to each; one that is gone, or no longer ours to end, is passed over."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _pids() -> list[int]:
    if not _PROC.is_dir():
        return []
    return [int(name) for name in os.listdir(_PROC) if name.isdigit()]


def _read(pid: int) -> _Process:
    """Raises OSError for one that has ended, also for a zombie."""
    # the second field is the program's name and may hold spaces and parentheses
    state, parent, group, session = _content(pid, "stat").rpartition(b")")[2].split()[:4]
    if state in (b"Z", b"X"):
        raise ProcessLookupError(pid)
    return _Process(int(parent), int(group), int(session))


def _environment(pid: int) -> list[bytes]:
    try:
        return _content(pid, "environ").split(b"\0")
    except PermissionError:
        return []


def _content(pid: int, name: str) -> bytes:
    # every process is looked at twice for each command of ours: a Path and a buffer would cost thrice the reading
    with open(f"{_PROC}/{pid}/{name}", "rb", buffering=0) as file:
        return file.read()
