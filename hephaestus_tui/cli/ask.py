"""Asks the person at standard input; without it `--decide ask` would need a thread, and ctrl-c would wait for a line."""

from __future__ import annotations

import asyncio
import os
import sys

from hephaestus_tui.domain.plain import clean


class Prompt:
    """Prompts go to stderr, since stdout is data."""

    def __init__(self) -> None:
        self._rest = b""
        self._ended = False

    async def ask(self, words: str) -> str:
        """The line that is typed. Raises EOFError at the end of the input."""
        sys.stderr.write(clean(words, exact=True))
        sys.stderr.flush()
        while b"\n" not in self._rest and not self._ended:
            chunk = await self._read()
            self._rest += chunk
            self._ended = not chunk
        if not self._rest:
            raise EOFError
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode("utf-8", "replace")

    async def _read(self) -> bytes:
        if sys.stdin is None:
            return b""
        loop, fd = asyncio.get_running_loop(), sys.stdin.fileno()
        readable = asyncio.Event()
        try:
            loop.add_reader(fd, readable.set)
        except PermissionError:
            # a regular file cannot be waited for, and need not be
            return os.read(fd, 65_536)
        try:
            await readable.wait()
            return os.read(fd, 65_536)
        finally:
            loop.remove_reader(fd)
