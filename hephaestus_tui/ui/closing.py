"""Closes the run on every way out, in time: agents are stopped first, then what they said is stored."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.session import Host

log = logging.getLogger(__name__)
CLOSE_SECONDS, SIGNAL_CLOSE_SECONDS = 5.0, 1.5
GRACE_SECONDS = 0.4
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Closing:
    """Holds what must be ended: `serving` is the task that runs the agents, once there is one."""

    def __init__(self, host: Host) -> None:
        self.serving: asyncio.Task[None] | None = None
        self.failure: HephaestusError | None = None
        self._host = host
        self._closed = False

    async def close(self, seconds: float) -> None:
        """Close once. What cannot be closed in time is left to the next start, which finds it interrupted."""
        if self._closed:
            return
        self._closed = True
        try:
            async with asyncio.timeout(seconds):
                if self.serving:
                    self.serving.cancel()
                    await asyncio.wait([self.serving])
                await self._host.close()
        except TimeoutError:
            log.warning("closing took longer than %s s", seconds)
        except HephaestusError as error:
            log.warning("closing failed", exc_info=error)
            self.failure = error


def on_signals(
    leave: Callable[[int, float], None], *, terminal: bool, lent: Callable[[], bool] = lambda: False
) -> None:
    """Leave in an orderly way when the system or a closed terminal asks for it, with the shell's code for the signal.

    With a `terminal` the process is ended in any case: writing to one that has gone may never return. While it is
    `lent`, ctrl+c is meant for whoever has it.
    """

    def received(code: int) -> None:
        if code == 128 + signal.SIGINT and lent():
            return
        if terminal:
            end_for_certain(code, SIGNAL_CLOSE_SECONDS + GRACE_SECONDS)
        leave(code, SIGNAL_CLOSE_SECONDS)

    for number in SIGNALS:
        with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
            asyncio.get_running_loop().add_signal_handler(number, received, 128 + number)


def end_for_certain(code: int, seconds: float) -> None:
    """End the process after so many seconds, if it has not ended by then.

    Textual writes to the terminal from a thread of its own and waits for it; where the terminal has gone, forever.
    """
    last_resort = threading.Timer(seconds, os._exit, (code,))
    last_resort.daemon = True
    last_resort.start()


def off_signals() -> None:
    """Give the signals back to the system."""
    for number in SIGNALS:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().remove_signal_handler(number)
