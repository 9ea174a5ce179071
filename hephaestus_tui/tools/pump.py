"""Reads a child's output without starving the loop; without it `yes` alone would freeze the screen."""

from __future__ import annotations

import asyncio
import codecs
import os
from collections.abc import Callable

from hephaestus_tui.tools.clip import Clip

_CHUNK = 65_536
_BURST = 4_000_000
_REST = 0.05
_SHOW_EVERY = 0.1
_SHOW_LIMIT = 8_192


async def pump(fd: int, output: Clip, show: Callable[[str], None], on_full: Callable[[], None] | None) -> None:
    """Feed `output` until the pipe ends, at 80 MB/s at most; a quicker child waits at its pipe.

    `on_full` is called, and reading ends, when `output` has to leave bytes out.
    """
    loop = asyncio.get_running_loop()
    shown = _Shown(show, loop)
    burst, window = 0, loop.time()
    try:
        while chunk := await _read(loop, fd):
            output.feed(chunk)
            shown.feed(chunk)
            if on_full is not None and output.left_out:
                on_full()
                return
            if loop.time() - window > _REST:
                burst, window = 0, loop.time()
            burst += len(chunk)
            if burst > _BURST:
                await asyncio.sleep(_REST)
    finally:
        shown.close()


async def _read(loop: asyncio.AbstractEventLoop, fd: int) -> bytes:
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(fd, ready.set_result, None)
    try:
        await ready
    finally:
        loop.remove_reader(fd)
    return os.read(fd, _CHUNK)


class _Shown:
    """Hands on the newest text ten times a second at most; what comes faster than can be read is counted, not shown."""

    def __init__(self, show: Callable[[str], None], loop: asyncio.AbstractEventLoop) -> None:
        self._show = show
        self._loop = loop
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._waiting = bytearray()
        self._skipped = 0
        self._last = loop.time() - _SHOW_EVERY
        self._timer: asyncio.TimerHandle | None = None

    def feed(self, chunk: bytes) -> None:
        self._waiting += chunk
        if (extra := len(self._waiting) - _SHOW_LIMIT) > 0:
            del self._waiting[:extra]
            self._skipped += extra
        if self._timer is None:
            self._timer = self._loop.call_at(self._last + _SHOW_EVERY, self._flush)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._flush()

    def _flush(self) -> None:
        self._timer = None
        self._last = self._loop.time()
        if self._skipped:
            self._decoder.reset()
            self._show(f"\n[… {self._skipped:,} bytes not shown …]\n")
            self._skipped = 0
        self._show(self._decoder.decode(bytes(self._waiting)))
        self._waiting.clear()
