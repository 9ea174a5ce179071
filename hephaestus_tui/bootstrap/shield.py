"""Keeps the key in this process: a command that an agent runs is a process of the same user, and could else read it."""

from __future__ import annotations

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def shield_memory() -> bool:
    """Close this process's memory and `/proc/PID/environ` to other processes of the same user; whether that worked.

    Linux only (prctl(2), PR_SET_DUMPABLE), and never against root. A program that is executed from here is not shielded.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
