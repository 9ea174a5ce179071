"""The command line in this process, where a new one for each look would take longer than the look."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from hephaestus_tui.cli.main import run

# one agent proposes three tasks, the second blocked by the first; whoever gets one of them completes it
SCRIPT = """
rate = 0
[[agent]]
name = "root"
for = { role = "project_manager" }
[[agent.turn]]
text = "Two things and a half."
[[agent.turn.call]]
id = "look"
tool = "spawn_investigation_task"
arguments = { title = "Look at the cache", description = "Read it.", rationale = "It may be stale.", role = "tech_lead" }
[[agent.turn]]
[[agent.turn.call]]
id = "build"
tool = "spawn_building_task"
[agent.turn.call.arguments]
title = "Mend the cache"
description = "Change it."
rationale = "It is stale."
role = "backend_developer"
blocking_task_ids = ["@look"]
done_criteria = ["It is fresh"]
discovery = "bug"
[[agent.turn.call]]
id = "check"
tool = "spawn_validation_task"
arguments = { title = "Test the cache", description = "Try it.", rationale = "Tests are few.", role = "qa_tester" }
[[agent.turn]]
text = "Done."
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "I proposed three tasks." }

[[agent]]
name = "builder"
for = { phase = "building" }
[[agent.turn]]
text = "Built."
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "It is built.", evidence = [{ criterion = "It is fresh", evidence = "I looked." }] }

[[agent]]
name = "other"
[[agent.turn]]
text = "Looked."
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "I looked." }
"""


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Said]


@pytest.fixture(scope="session")
def one_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


@pytest.fixture
def tmp_path(one_place: Path) -> Path:
    """The same empty folder for each test: a run knows its project's path, and so one can be laid out there again."""
    folder = one_place / "test"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


@pytest.fixture
def script(tmp_path: Path) -> str:
    """The word for a model that plays SCRIPT."""
    path = tmp_path / "script.toml"
    path.write_text(SCRIPT)
    return f"scripted:{path}"


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """`command("runs", "--json")`, in an empty project and with a home of its own."""
    for variable in (
        "HEPHAESTUS_MODEL",
        "HEPHAESTUS_AGENTS",
        "HEPHAESTUS_POLICY",
        "HEPHAESTUS_ACTOR",
        "HEPHAESTUS_SANDBOX",
        "HEPHAESTUS_WORKSPACES",
    ):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HEPHAESTUS_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HEPHAESTUS_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("USER", "ada")
    (tmp_path / "config").mkdir(exist_ok=True)
    (tmp_path / "project" / ".git").mkdir(parents=True, exist_ok=True)
    (tmp_path / "project" / "cache.py").write_text("CACHE = {}\n")
    monkeypatch.chdir(tmp_path / "project")

    def execute(*words: str) -> Said:
        capfd.readouterr()
        code = run(words)
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return execute


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """`at_terminal("y\\n")` makes standard input a terminal at which a person types this, or for "" ends the input."""
    opened: list[int] = []

    def type_(words: str) -> None:
        person, terminal = pty.openpty()
        opened.append(person)
        os.write(person, words.encode() or b"\x04")
        monkeypatch.setattr(sys, "stdin", os.fdopen(terminal))

    yield type_
    if opened:
        sys.stdin.close()
    for fd in opened:
        os.close(fd)


@pytest.fixture
def waiting_run(command: Command, script: str, one_place: Path, tmp_path: Path) -> str:
    """A run in which T1 is completed and T2, T3 (blocked by T2) and T4 wait for a decision; no process owns it.

    The first test of a process has it made, and all others get what that one left behind.
    """
    kept, name, state = one_place / "kept", one_place / "run", tmp_path / "state"
    if not kept.exists():
        said = command("run", "mend the cache", "--headless", "--json", "--model", script)
        assert said.code == 0, said.err
        name.write_text(said.rows()[0]["run_id"])
        state.rename(kept)
    shutil.copytree(kept, state, symlinks=True)
    return name.read_text()


@pytest.fixture
def read_only(hephaestus: Any) -> Iterator[Callable[[Path], None]]:
    """`read_only(folder)` makes a folder unwritable for the program; for root, whom no mode keeps out, by a mount."""
    closed: list[Path] = []

    def close(folder: Path) -> None:
        if os.geteuid() != 0:
            closed.append(folder)
            folder.chmod(0o555)
            return
        bwrap = shutil.which("bwrap")
        if bwrap is None or subprocess.run([bwrap, "--dev-bind", "/", "/", "true"], check=False).returncode:
            pytest.skip("root can write everywhere, and there is no bwrap to make a read-only mount")
        hephaestus.before = [bwrap, "--dev-bind", "/", "/", "--ro-bind", str(folder), str(folder)]

    yield close
    for folder in closed:
        folder.chmod(0o755)


class Loopback(ThreadingHTTPServer):
    """A provider on this machine: it answers with `streams`, one after another, and then with `status` and `body`.

    `requests` are the heads that it got.
    """

    daemon_threads = True
    status = 401
    body = b"{}"
    content_type = "application/json"

    def __init__(self) -> None:
        self.requests: list[dict[str, str]] = []
        self.streams: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Answering)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Answering(BaseHTTPRequestHandler):
    server: Loopback

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.requests.append({name.lower(): value for name, value in self.headers.items()})
        status, kind, body = self.server.status, self.server.content_type, self.server.body
        if self.server.streams:
            status, kind, body = 200, "text/event-stream", self.server.streams.pop(0)
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: its place is the test's own output."""


def _stream_of(tool: str, arguments: dict[str, Any], text: str = "") -> bytes:
    call = {"index": 0, "id": "", "type": "function", "function": {"name": tool, "arguments": json.dumps(arguments)}}
    chunks = (
        {"choices": [{"delta": {"content": text, "tool_calls": [call]}}]},
        {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
    )
    return b"".join(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks) + b"data: [DONE]\n\n"


@pytest.fixture(scope="session")
def stream_of() -> Callable[..., bytes]:
    """The bytes with which an OpenAI-compatible server calls one tool."""
    return _stream_of


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback() as server:
        serving = Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield server
        server.shutdown()
        serving.join()
