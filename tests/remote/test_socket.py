"""Only the same person's terminals are heard, whatever is sent; and the socket never outlives its owner's place."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from hephaestus_tui.domain import errors
from hephaestus_tui.domain.budget import Budget, Place, Scope, Unit
from hephaestus_tui.domain.commands import (
    AddTask,
    AllowUnpriced,
    Answer,
    AskBack,
    ChooseModel,
    Command,
    Decide,
    DecideMany,
    Merge,
    Pause,
    Receipt,
    Restart,
    Resume,
    RetryNow,
    Revoke,
    Ruling,
    SetBlockerDefault,
    SetBudget,
    SetDuplicateScore,
    SetPolicy,
    SettleBlocker,
    SettleBound,
    Split,
    Steer,
    Step,
    Stop,
    StopRules,
    SwitchRule,
    TakeBackLeave,
    Undo,
)
from hephaestus_tui.domain.context_commands import Compact
from hephaestus_tui.domain.decision import Actor, ActorKind, Choice, Verdict
from hephaestus_tui.domain.leave import Extent
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.reach import WHOLE_RUN, only, with_below
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.talk_commands import AddNote, AnswerReport, ChangeNote, StrikeNote
from hephaestus_tui.domain.task import Phase, TaskDraft
from hephaestus_tui.domain.work import LineComment, Side
from hephaestus_tui.domain.work_commands import DiscardWork, MergeWork, ResolveConflict, SendBack
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
    async with asyncio.timeout(20):
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


DRAFT = TaskDraft(title="t", description="d", rationale="r", phase=Phase.BUILDING, role="qa_tester")
RULE = Rule(id="mine", verdict=Verdict.REJECT, reason="no", phases=(Phase.BUILDING,))
# one of each kind
COMMANDS: tuple[Command, ...] = (
    COMMAND,
    DecideMany(rulings=(Ruling(task_id="T2", verdict=Verdict.EDIT, version=2, final=DRAFT),), actor=ADA),
    AskBack(task_id="T2", version=1, question="Why?", actor=ADA),
    Undo(task_id="T2", actor=ADA, reason="too early"),
    Merge(task_id="T2", version=1, into="T3", actor=ADA),
    Split(task_id="T2", version=1, parts=(DRAFT, DRAFT), chained=True, actor=ADA),
    SettleBlocker(blocker="T2", choice=Choice.DROP, actor=ADA),
    SetBlockerDefault(choice=None, actor=ADA),
    SwitchRule(rule=RULE, on=True, actor=ADA),
    StopRules(actor=ADA),
    SettleBound(bound="depth", limit=9, actor=ADA),
    SetBudget(budget=Budget(Place(Scope.PHASE, "building"), Unit.DOLLARS), limit=2.5, actor=ADA),
    AllowUnpriced(actor=ADA),
    ChooseModel(task_id="T2", model="anthropic:x", actor=ADA),
    RetryNow(task_id="T2", actor=ADA),
    Compact(task_id="T2", actor=ADA),
    SetDuplicateScore(score=60, actor=ADA),
    Answer(question_id="q", answer="yes", actor=ADA),
    Answer(question_id="q", answer="allow", actor=ADA, command="ls -l"),
    Answer(question_id="q", answer="allow", actor=ADA, extent=Extent.RUN),
    TakeBackLeave(grant_id="L1", actor=ADA),
    AddTask(draft=DRAFT, actor=ADA),
    Pause(reach=WHOLE_RUN, actor=ADA),
    Resume(actor=ADA, reach=only("T2")),
    Stop(reach=only("T2"), actor=ADA),
    Steer(reach=only("T2"), text="go", actor=ADA),
    Restart(reach=only("T2"), actor=ADA),
    Step(reach=with_below("T2"), actor=ADA),
    Revoke(task_id="T2", number=7, actor=ADA),
    SetPolicy(policy=Policy.AUTO, actor=ADA),
    AnswerReport(report_id="T2.3.0", words="it is there now", actor=ADA),
    AddNote(text="Tests run with make.", tags=("tests",), actor=ADA),
    ChangeNote(note_id="N1", text="Tests run with tox.", tags=(), actor=ADA),
    StrikeNote(note_id="N1", actor=ADA),
    MergeWork(task_id="T2", tip="c0ffee", actor=ADA),
    SendBack(
        task_id="T2",
        tip="c0ffee",
        text="almost",
        comments=(LineComment(path="a.py", side=Side.NEW, line=3, quoted="x = 1", text="why one?"),),
        actor=ADA,
    ),
    DiscardWork(task_id="T2", tip="c0ffee", reason="not needed", actor=ADA),
    ResolveConflict(task_id="T2", actor=ADA),
)


def test_there_is_one_command_of_each_kind_to_try() -> None:
    assert {type(command) for command in COMMANDS} == set(get_args(Command))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.KIND)
async def test_every_command_crosses_whole_and_only_a_persons(path, owner, command) -> None:
    assert await asyncio.to_thread(client.submit, path, "r1", command) == Receipt(7, "T2 accepted", "T2")
    assert owner.asked == [("r1", command)]
    # whoever writes the line by hand gets no further than a rule may
    for actor in (Actor(ActorKind.RULE, "mine"), Actor(ActorKind.HUMAN, " ")):
        answer = json.loads(await send(path, request("r1", replace(command, actor=actor))))
        assert (answer["error"], "names the person" in answer["message"]) == ("UsageError", True)
    assert len(owner.asked) == 1


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.KIND)
async def test_a_command_without_an_actor_or_with_one_of_no_kind_is_not_read(path, owner, command) -> None:
    value = json.loads(request("r1", command))
    for actor in (None, {"name": "ada"}, {"kind": "agent", "name": "ada"}, "ada"):
        value["command"]["actor"] = actor
        answer = json.loads(await send(path, json.dumps(value).encode() + b"\n"))
        assert answer["message"].startswith("The request could not be read: ")
    assert owner.asked == []


async def test_what_is_too_much_for_one_line_is_told_before_it_is_sent(path, owner) -> None:
    big = replace(DRAFT, description="x" * LINE_LIMIT)
    command = DecideMany(rulings=(Ruling(task_id="T2", verdict=Verdict.EDIT, version=1, final=big),), actor=ADA)
    with pytest.raises(errors.UsageError, match=r"too much at once \(4\.0 MB, 4 at most\)"):
        await asyncio.to_thread(client.submit, path, "r1", command)
    assert owner.asked == []


@pytest.mark.parametrize(
    "actor", [Actor(ActorKind.RULE, "mine"), Actor(ActorKind.HUMAN, " ")], ids=["rule", "nameless"]
)
def test_only_a_named_person_decides_from_outside(actor: Actor) -> None:
    with pytest.raises(errors.UsageError, match="names the person"):
        refuse_others(actor)
