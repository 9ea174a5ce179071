"""A key goes to its own host and nowhere else: not into a file, a log, an output or a process that an agent starts."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

# without a prefix that only keys have, so that nothing but the key itself can give it away
CANARY = "canary-4fPq.0123456789_XYZ"


@pytest.fixture
def keyed(hephaestus, loopback, monkeypatch):
    """The program, with a provider whose key is the canary, and which repeats it in every answer that refuses."""
    for name in ("MINE_KEY", "OPENAI_API_KEY", "GITHUB_TOKEN"):
        hephaestus.environ[name] = CANARY
        monkeypatch.setenv(name, CANARY)
    (hephaestus.config / "config.toml").write_text(
        f'model = "mine:m"\n[providers.mine]\ndialect = "openai"\nbase_url = "{loopback.url}"\napi_key_env = "MINE_KEY"\n'
    )
    loopback.body = b'{"error": {"message": "Incorrect API key provided: %s. Bearer %s"}}' % ((CANARY.encode(),) * 2)
    return hephaestus


def leaks(folder: Path) -> list[str]:
    """Every file below a folder that holds the key, whole or encoded as JSON or a URL would."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


def test_the_key_is_sent_to_its_host_and_found_nowhere(keyed, command, loopback, stream_of, tmp_path) -> None:
    # root may read every process's environment, whatever that process does about it
    above = "" if os.geteuid() == 0 else "cat /proc/$PPID/environ; "
    look = (
        f"env; cat /proc/self/environ; {above}"
        "for p in /proc/[0-9]*; do tr '\\0' '\\n' < $p/cmdline; done; ls -la ~ ; set; export -p"
    )
    loopback.streams = [
        stream_of("run_command", {"command": look}, "I look round."),
        stream_of("write_file", {"path": "found.txt", "content": "nothing"}),
        stream_of("spawn_building_task", {"title": "t", "description": "d", "rationale": "r", "role": "qa_tester"}),
    ]
    words = ("run", "look round", "--headless", "--role", "backend_developer", "--policy", "auto")
    # where no sandbox works the command asks for leave; "y" decides on no proposal
    first = keyed(*words, "--decide", "ask", typed="y\n")
    assert first.code == 1  # the fourth request is refused, with the key in the refusal
    assert "answered 401" in first.err
    assert len(loopback.requests) == 4
    assert all(request["authorization"] == f"Bearer {CANARY}" for request in loopback.requests)
    again = keyed("run", "--resume", "last", "--headless", "--json")
    assert again.code == 1
    loopback.status = 400
    third = keyed("run", "--resume", "last", "--headless", "--json", "--decide", "reject")
    assert third.code == 1
    said = [first, again, third]
    for listing in (
        ["runs", "--json"], ["tasks", "last", "--json"], ["proposals", "last"], ["doctor"], ["doctor", "--json"],
        ["show", "last", "T1", "--transcript", "--json"], ["show", "last", "T1", "--transcript"],
    ):  # fmt: skip
        said.append(command(*listing))
        assert said[-1].code == 0
    assert "I look round." in said[-1].out
    assert "PWD=" in said[-1].out  # the command did run and did tell its environment
    assert [CANARY in ended.out + ended.err for ended in said] == [False] * len(said)
    assert leaks(tmp_path) == []


def test_an_error_of_ours_in_the_midst_of_a_call_tells_no_key(keyed, loopback, tmp_path) -> None:
    """A library that fails with the key in its words, which is the worst that it can do."""
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "sitecustomize.py").write_text(
        "import httpx\n"
        "async def handle(self, request):\n"
        "    raise ZeroDivisionError(str(request.headers['authorization']))\n"
        "httpx.AsyncHTTPTransport.handle_async_request = handle\n"
    )
    ended = keyed("run", "look round", "--headless", PYTHONPATH=str(shadow))
    assert ended.code == 1
    assert loopback.requests == []
    assert "ZeroDivisionError" in ended.err
    assert CANARY not in ended.out + ended.err
    assert leaks(tmp_path) == []


def test_a_signal_in_the_midst_of_a_call_leaves_no_key(keyed, loopback, tmp_path) -> None:
    loopback.socket.settimeout(None)
    process = keyed.start("run", "look round", "--headless", "--json")
    for line in process.stdout:
        if '"task.started"' in line:
            break
    process.send_signal(signal.SIGTERM)
    ended = keyed.finish(process)
    assert ended.code in (143, 1)
    assert CANARY not in ended.out + ended.err
    assert leaks(tmp_path) == []


def test_a_run_that_is_watched_from_all_sides_and_killed_tells_no_key(
    keyed, command, loopback, stream_of, tmp_path
) -> None:
    """While a command runs: its processes as anyone may read them, the socket, every listing; then a death by kill -9."""
    look = "env > env.txt; cat /proc/self/environ > own.txt; echo begun > begun.txt; until [ -e go-on ]; do sleep 0.05; done"
    loopback.streams = [stream_of("run_command", {"command": look}, "I look round.")]
    process = keyed.start("run", "look round", "--headless", "--json", "--role", "backend_developer", "--phase", "building",
                          "--policy", "auto", "--decide", "ask")  # fmt: skip
    assert process.stdin
    process.stdin.write("y\n")
    process.stdin.flush()
    wait_until(lambda: list(tmp_path.rglob("begun.txt")))
    workspace = next(tmp_path.rglob("begun.txt")).parent
    children = below(process.pid)
    assert b"PATH=" in b"".join(read(f"/proc/{pid}/environ") for pid in children), (
        "the command runs, and can be looked at"
    )
    for pid in children:
        assert CANARY.encode() not in read(f"/proc/{pid}/environ") + read(f"/proc/{pid}/cmdline"), pid
    assert CANARY.encode() not in read(f"/proc/{process.pid}/cmdline")
    assert CANARY not in (workspace / "env.txt").read_text() + (workspace / "own.txt").read_text()
    (path,) = [p for p in tmp_path.rglob("*") if p.is_socket()] or sockets_of(process.pid)
    answers = [ask(path, line) for line in (b"{}\n", b"nonsense\n", json.dumps({"run": CANARY[:6]}).encode() + b"\n")]
    assert all(answers)
    said = [
        keyed("budget", "last", "run_dollars", "--raise", "5", "--json"),  # crosses the socket
        *(command(*words.split()) for words in LISTINGS),
    ]
    assert {ended.code for ended in said} == {0}
    process.kill()
    out, err = process.communicate()
    for told in (*(answer.decode() for answer in answers), *(ended.out + ended.err for ended in said), out, err):
        assert CANARY not in told
    wal = next(tmp_path.rglob("hephaestus.db-wal"))
    assert wal.stat().st_size > 0, "what was written last is still in the log of writes"
    (workspace / "go-on").touch()
    assert leaks(tmp_path) == []


# those that the run above is not looked at by
LISTINGS = ("inbox last --json", "decisions last --json", "show last T1 --json")


def wait_until(holds: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def read(path: str) -> bytes:
    """What anyone may read of a process; nothing where it has ended, or is not ours to read."""
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def below(pid: int) -> set[int]:
    """Every process that a process has started, and those that these have."""
    parents = {
        int(entry.name): int(read(f"{entry}/stat").rpartition(b")")[2].split()[1])
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and read(f"{entry}/stat")
    }
    found: set[int] = set()
    while fresh := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= fresh
    return found


def sockets_of(pid: int) -> list[Path]:
    """The sockets with a name that a process listens on: the state folder may be too long a name for one."""
    inodes = {os.readlink(f)[8:-1] for f in Path(f"/proc/{pid}/fd").iterdir() if os.readlink(f).startswith("socket:")}
    rows = (line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:])
    return [Path(row[7]) for row in rows if len(row) > 7 and row[6] in inodes]


def ask(path: Path, line: bytes) -> bytes:
    """What the socket answers to a line."""
    with socket.socket(socket.AF_UNIX) as talk:
        talk.settimeout(10)
        talk.connect(str(path))
        talk.sendall(line)
        return talk.recv(65_536)
