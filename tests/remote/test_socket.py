"""Only the same person's terminals are heard, whatever is sent; and the socket never outlives its owner's place."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from hephaestus_tui.domain import errors
from hephaestus_tui.domain.commands import Command, Decide, Receipt
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.remote import client
from hephaestus_tui.remote.server import Server, refuse_others
from hephaestus_tui.remote.wire import LINE_LIMIT, request

ADA = Actor(ActorKind.HUMAN, "ada")
COMMAND = Decide(task_id="T2", verdict=Verdict.ACCEPT, actor=ADA, version=1)


class Owner:
    """What stands behind the socket: it remembers what it was asked, and answers or fails as it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Command]] = []
        self.error: Exception | None = None
        self.heard = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def submit(self, run_id: str, command: Command) -> Receipt:
        self.asked.append((run_id, command))
        self.heard.set()
        await self.go_on.wait()
        if self.error:
            raise self.error
        return Receipt(7, "T2 accepted", "T2")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


@pytest.fixture
async def owner(path: Path):
    owner = Owner()
    server = Server(path, owner.submit)
    await server.start()
    yield owner
    await server.close()


async def send(path: Path, raw: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(path, limit=LINE_LIMIT)
    try:
        writer.write(raw)
        writer.write_eof()
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


def submit(path: Path) -> Receipt:
    return client.submit(path, "r1", COMMAND)


async def test_a_command_is_carried_out_and_its_receipt_comes_back(path, owner) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert await asyncio.to_thread(submit, path) == Receipt(7, "T2 accepted", "T2")
    assert owner.asked == [("r1", COMMAND)]


@pytest.mark.parametrize(
    "error",
    [
        errors.AlreadyDecided("T2 was already accepted by grace at 10:00:00."),
        errors.StaleVersion("T2 has changed"),
        errors.UnknownTask("no T2"),
        errors.CommandRefused("not now"),
        errors.StoreError("the disk is full"),
        errors.UsageError("no such run"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_the_owners_refusal_is_the_callers(path, owner, error) -> None:
    owner.error = error
    with pytest.raises(type(error), match=str(error)):
        await asyncio.to_thread(submit, path)


async def test_faults_of_fields_come_back_as_faults_of_fields(path, owner) -> None:
    owner.error = errors.BadDraft({"title": "title is empty", "role": "no such role"})
    with pytest.raises(errors.BadDraft) as caught:
        await asyncio.to_thread(submit, path)
    assert caught.value.faults == owner.error.faults


async def test_a_mistake_of_ours_is_a_sentence_without_its_words(path, owner, caplog) -> None:
    owner.error = ZeroDivisionError("sk-secret")
    with pytest.raises(errors.StoreError) as caught:
        await asyncio.to_thread(submit, path)
    assert "ZeroDivisionError" in str(caught.value)
    assert "sk-secret" not in str(caught.value)
    assert "a command from another terminal" in caplog.text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00\x01\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"[]\n",
        b'{"run": 3, "kind": "decide", "command": {}}\n',
        b'{"run": "r1", "kind": "no.such", "command": {}}\n',
        b'{"run": "r1", "kind": "decide"}\n',
        b'{"run": "r1", "kind": "decide", "kind": "decide", "command": {}}\n',
        b"[" * 100_000 + b"\n",
        b'{"run": "r1", "kind": "decide", "command": {"task_id": "T2", "verdict": "maybe"}}\n',
        b"x" * (LINE_LIMIT + 1),
    ],
    ids=["nothing", "an empty line", "no text", "http", "a list", "no run", "no kind", "no command", "a key twice", "deep", "no verdict", "huge"],
)  # fmt: skip
async def test_garbage_is_answered_with_a_sentence_and_reaches_nobody(path, owner, raw) -> None:
    answer = json.loads(await send(path, raw))
    assert answer["error"] == "UsageError"
    assert answer["message"].startswith("The request could not be read: ")
    assert owner.asked == []
    assert await asyncio.to_thread(submit, path) == Receipt(7, "T2 accepted", "T2")


async def test_a_dead_owners_socket_is_replaced(path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(client.NobodyListens, match="does not listen"):
        await asyncio.to_thread(submit, path)
    owner = Owner()
    server = Server(path, owner.submit)
    await server.start()
    assert await asyncio.to_thread(submit, path) == Receipt(7, "T2 accepted", "T2")
    await server.close()
    assert not path.exists()
    with pytest.raises(client.NobodyListens):
        await asyncio.to_thread(submit, path)


async def test_an_owner_that_ends_before_it_answers_leaves_the_outcome_open(path) -> None:
    async def vanish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    server = await asyncio.start_unix_server(vanish, path)
    with pytest.raises(errors.StoreBusy, match="whether it was decided") as caught:
        await asyncio.to_thread(submit, path)
    assert not isinstance(caught.value, client.NobodyListens)
    server.close()
    await server.wait_closed()


async def test_closing_waits_for_who_is_being_answered_and_for_nobody_who_is_silent(path) -> None:
    owner = Owner()
    owner.go_on.clear()
    server = Server(path, owner.submit)
    await server.start()
    silent = await asyncio.open_unix_connection(path)
    asking = asyncio.create_task(asyncio.to_thread(submit, path))
    await owner.heard.wait()
    closing = asyncio.create_task(server.close())
    await asyncio.sleep(0)
    owner.go_on.set()
    assert await asking == Receipt(7, "T2 accepted", "T2")
    async with asyncio.timeout(5):
        await closing
    assert await silent[0].read() == b""
    silent[1].close()
    await silent[1].wait_closed()


_CHILD = """
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(sys.stdin.buffer.read())
sys.stdout.buffer.write(s.makefile("rb").read())
"""


async def test_a_descendant_of_the_owner_may_not_decide(path, owner) -> None:
    # by way of a shell, as an agent's command comes
    child = await asyncio.create_subprocess_exec(
        "sh", "-c", '"$@"; true', "sh", sys.executable, "-c", _CHILD, str(path),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await child.communicate(request("r1", COMMAND))
    answer = json.loads(out)
    assert answer["error"] == "CommandRefused"
    assert "An agent's command may not decide" in answer["message"]
    assert owner.asked == []


async def test_the_socket_is_private_whatever_the_umask(tmp_path) -> None:
    before = os.umask(0)
    try:
        server = Server(tmp_path / "open", Owner().submit)
        await server.start()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o600
    await server.close()


@pytest.mark.parametrize(
    "actor", [Actor(ActorKind.RULE, "mine"), Actor(ActorKind.HUMAN, " ")], ids=["rule", "nameless"]
)
def test_only_a_named_person_decides_from_outside(actor: Actor) -> None:
    with pytest.raises(errors.UsageError, match="names the person"):
        refuse_others(actor)
