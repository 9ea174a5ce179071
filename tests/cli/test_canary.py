"""A key goes to its own host and nowhere else: not into a file, a log, an output or a process that an agent starts."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

# without a prefix that only keys have, so that nothing but the key itself can give it away
CANARY = "canary-4fPq.0123456789_XYZ"


@pytest.fixture
def keyed(hephaestus, loopback):
    """The program, with a provider whose key is the canary, and which repeats it in every answer that refuses."""
    hephaestus.environ |= {"MINE_KEY": CANARY, "OPENAI_API_KEY": CANARY, "GITHUB_TOKEN": CANARY}
    (hephaestus.config / "config.toml").write_text(
        f'model = "mine:m"\n[providers.mine]\ndialect = "openai"\nbase_url = "{loopback.url}"\napi_key_env = "MINE_KEY"\n'
    )
    loopback.body = b'{"error": {"message": "Incorrect API key provided: %s. Bearer %s"}}' % ((CANARY.encode(),) * 2)
    return hephaestus


def leaks(folder: Path) -> list[str]:
    """Every file below a folder that holds the key, whole or encoded as JSON or a URL would."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


def test_the_key_is_sent_to_its_host_and_found_nowhere(keyed, loopback, stream_of, tmp_path) -> None:
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
        said.append(keyed(*listing))
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
