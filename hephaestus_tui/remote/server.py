"""Listens for commands from the same person's other terminals, and from nobody else: no agent's command may decide."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.errors import CommandRefused, HephaestusError, StoreError, UsageError
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.remote.wire import LINE_LIMIT, failure, read_request, receipt

Submit = Callable[[RunId, Command], Awaitable[Receipt]]

log = logging.getLogger(__name__)

REQUEST_SECONDS = 5.0
CLOSE_SECONDS = 0.5
# from accept(2) to the call of the connection's handler asyncio takes a few turns of its loop
ACCEPT_STEPS = 5
_UCRED = struct.Struct("3i")


class Server:
    """A Unix socket of mode 0600 in a folder of mode 0700; `submit` carries a command out."""

    def __init__(self, path: Path, submit: Submit) -> None:
        self._path = path
        self._submit = submit
        self._server: asyncio.Server | None = None
        self._answering: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """The caller holds the store's lock, so a socket that lies there is a dead process's. Raises OSError."""
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._connected, self._path, limit=LINE_LIMIT)
        os.chmod(self._path, 0o600)

    async def close(self) -> None:
        """Whoever is being answered has a moment for it; nobody is kept waiting by one who says nothing."""
        if self._server is None:
            return
        self._server.close()
        self._path.unlink(missing_ok=True)
        for _ in range(ACCEPT_STEPS):
            await asyncio.sleep(0)  # one that was just let in has no task yet, and would be dropped unclosed
        if self._answering:
            _, late = await asyncio.wait(self._answering, timeout=CLOSE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # a task of our own: one that asyncio makes of a coroutine cannot be cancelled without a word on stderr
        task = asyncio.create_task(self._serve(reader, writer))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(await self._answer(reader, writer.get_extra_info("socket")))
            await writer.drain()
        except OSError:
            # the other terminal went away; its command stands or was never read
            return
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, peer: socket.socket) -> bytes:
        try:
            # read first: what is closed unread is a reset at the other end, which then misses the answer
            line = await asyncio.wait_for(reader.readline(), REQUEST_SECONDS)
            refuse_agents(peer)
            run_id, command = read_request(line)
            refuse_others(command.actor)
            return receipt(await self._submit(run_id, command))
        except (ValueError, TimeoutError) as error:
            return failure(UsageError(f"The request could not be read: {str(error) or 'it did not come in time'}."))
        except HephaestusError as error:
            return failure(error)
        except Exception as error:
            # the boundary of a connection: our mistake is told here too, and never on the owner's screen
            log.exception("a command from another terminal")
            return failure(StoreError(f"The command failed ({type(error).__name__}); the log of the owner has it."))


def refuse_others(actor: Actor) -> None:
    """Raises UsageError unless the command is a named person's: a rule decides only where a person switched it on."""
    if actor.kind is not ActorKind.HUMAN or not actor.name.strip():
        raise UsageError("A command from another terminal names the person who gives it; set HEPHAESTUS_ACTOR.")


def refuse_agents(peer: socket.socket) -> None:
    """Raises CommandRefused where the caller descends from this process: then it is a command that an agent runs.

    Known by SO_PEERCRED and /proc, so on Linux only; a process that has detached itself from its parents
    passes, and only a sandbox keeps it out.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        return
    raw = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    pid, uid, _ = _UCRED.unpack(raw)
    if uid != os.geteuid():
        raise CommandRefused("Only the person who runs hephaestus may send it commands.")
    if os.getpid() in _ancestors(pid):
        raise CommandRefused("An agent's command may not decide; a human does that from a terminal of their own.")


def _ancestors(pid: int) -> list[int]:
    found: list[int] = []
    while pid > 1 and pid not in found:
        found.append(pid)
        try:
            status = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            break
        # the command name, in parentheses, may itself hold spaces and parentheses
        pid = int(status.rpartition(")")[2].split()[1])
    return found[1:]
