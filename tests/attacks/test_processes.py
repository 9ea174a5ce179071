"""A command reaches no process but its own, no terminal and no network, and nothing of it outlives its end."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hephaestus_tui.bootstrap import shield
from hephaestus_tui.config import Limits
from hephaestus_tui.tools.base import ToolContext
from hephaestus_tui.tools.sandbox import NoSandbox, Sandbox, find_sandbox
from hephaestus_tui.tools.shell import PROCESSES_CAGED, RunCommand, run_command
from hephaestus_tui.tools.workspace import Workspace

if TYPE_CHECKING:
    from tests.attacks.conftest import Ground, Run

SECRET = "canary-51c0"
TMUX = shutil.which("tmux")


async def until(condition: Callable[[], bool], what: str, seconds: float = 8.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"never: {what}"
        await asyncio.sleep(0.02)


def running(mark: str) -> list[str]:
    """The processes of this machine whose arguments hold a word."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                found += [folder.name] if mark.encode() in (folder / "cmdline").read_bytes() else []
        except OSError:
            pass
    return found


# -- the terminal of the person


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Path]:
    """A tmux server of its own, whose only pane writes down the keys that reach it; the path of what it writes."""
    if TMUX is None:
        pytest.skip("tmux is not installed")
    keys, folder = tmp_path / "keys", tmp_path / "tmux"
    folder.mkdir(mode=0o700)
    environ = {"TMUX_TMPDIR": str(folder), "PATH": os.environ["PATH"], "TERM": "xterm", "HOME": str(tmp_path)}
    subprocess.run([TMUX, "new-session", "-d", f"stty raw -echo; touch {keys}; cat > {keys}"], env=environ, check=True)
    yield keys
    subprocess.run([TMUX, "kill-server"], env=environ, check=False)


PRESS = "for s in $(find {} -type s 2>/dev/null); do echo $s; tmux -S $s send-keys a; done; echo looked"


async def test_a_command_cannot_press_keys_through_tmux(caged: Run, terminal: Path, tmp_path: Path) -> None:
    await until(terminal.exists, "the pane has started")
    outcome = await caged(PRESS.format(tmp_path))
    assert outcome.content.endswith("\nlooked\n")
    assert outcome.content.count("\n") == 2  # it found no socket
    assert terminal.read_bytes() == b""


async def test_the_same_keys_arrive_from_a_command_that_nothing_holds(
    bare: Run, terminal: Path, tmp_path: Path
) -> None:
    """The test above can fail, and what nothing holds is rightly asked about each time."""
    await until(terminal.exists, "the pane has started")
    await bare(PRESS.format(tmp_path))
    await until(lambda: terminal.read_bytes() == b"a", "the key has arrived")


INJECT = """
import fcntl, os, sys, termios
for path in ("/dev/tty", "/proc/self/fd/0", *sys.argv[1:]):
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        fcntl.ioctl(fd, termios.TIOCSTI, b"a")
        print("pressed at", path)
    except OSError as error:
        print(path, error.strerror)
"""


async def test_a_command_has_no_terminal_to_type_into(either: Run, ground: Ground) -> None:
    (ground.root / "inject.py").write_text(INJECT, "utf-8")
    outcome = await either("python3 inject.py; (: </dev/tty) 2>&1; tty; ls -l /proc/self/fd/0")
    assert "pressed" not in outcome.content
    assert "not a tty" in outcome.content
    assert "/dev/null" in outcome.content


async def test_nor_into_that_of_another_session(caged: Run, ground: Ground) -> None:
    leader, follower = os.openpty()
    try:
        (ground.root / "inject.py").write_text(INJECT, "utf-8")
        outcome = await caged(f"python3 inject.py {os.ttyname(follower)} /dev/pts/* /dev/console /proc/1/fd/0")
        assert "pressed" not in outcome.content
        os.set_blocking(leader, False)
        with pytest.raises(BlockingIOError):
            os.read(leader, 1)
    finally:
        os.close(leader)
        os.close(follower)


# -- other processes


async def test_no_other_process_is_seen(caged: Run) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env={"KEY": SECRET}) as other:
        outcome = await caged(f"ls /proc | grep -c '^[0-9]'; cat /proc/*/environ | tr '\\0' '\\n'; kill -9 {other.pid}")
        assert other.poll() is None
        other.communicate(b"\n")
    assert SECRET not in outcome.content
    assert int(outcome.content.split("\n")[1]) < 8


async def test_the_environment_is_clean(either: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "TMUX", "SSH_AUTH_SOCK", "DBUS_SESSION_BUS_ADDRESS", "LD_PRELOAD_X", "BASH_ENV"):
        monkeypatch.setenv(name, SECRET)
    outcome = await either("env; cat /proc/self/environ | tr '\\0' '\\n'")
    assert outcome.content.count("\nHEPHAESTUS_COMMAND=") == 2
    assert SECRET not in outcome.content


# -- the network


async def test_there_is_no_network_not_even_our_own(caged: Run, ground: Ground) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0hephaestus-{os.getpid()}")
        abstract.listen()
        port = server.getsockname()[1]
        (ground.root / "call.py").write_text(
            "import socket, sys\n"
            f"for family, where in ((socket.AF_INET, ('127.0.0.1', {port})), "
            f"(socket.AF_UNIX, '\\0hephaestus-{os.getpid()}'), (socket.AF_INET, ('192.0.2.1', 80))):\n"
            "    try:\n"
            "        socket.socket(family).connect(where); print('connected')\n"
            "    except OSError as error:\n"
            "        print(error.strerror)\n",
            "utf-8",
        )
        outcome = await caged("python3 call.py")
    assert outcome.content.split("\n")[1:] == ["Connection refused", "Connection refused", "Network is unreachable", ""]


# -- its end


async def test_a_daemon_that_hides_all_its_traces_ends_with_its_command(caged: Run) -> None:
    mark = f"daemon-{os.getpid()}-{time.monotonic_ns()}"
    begun = time.monotonic()
    outcome = await caged(
        f"(setsid env -i bash -c 'exec -a {mark} /bin/sleep 61' & ) ; (setsid env -i bash -c 'exec -a {mark} sleep 61' "
        ">/dev/null 2>&1 &); echo begun"
    )
    assert outcome.content.endswith("begun\n")
    assert time.monotonic() - begun < 5.0
    await until(lambda: not running(mark), "nothing of it is left")


async def test_a_daemon_ends_at_the_deadline(caged: Run) -> None:
    mark = f"daemon-{os.getpid()}-{time.monotonic_ns()}"
    begun = time.monotonic()
    outcome = await caged(
        f"trap '' TERM; (setsid env -i bash -c \"trap '' TERM; exec -a {mark} /bin/sleep 61\" &); sleep 62; sleep 62",
        seconds=1,
    )
    assert "[stopped at its limit of 1 s" in outcome.content
    assert time.monotonic() - begun < 6.0
    await until(lambda: not running(mark), "nothing of it is left")


async def test_a_command_may_clean_up_at_its_deadline(caged: Run, ground: Ground) -> None:
    begun = time.monotonic()
    await caged("trap 'echo clean > done; exit' TERM; sleep 60 & wait", seconds=1)
    assert (ground.root / "done").read_text("utf-8") == "clean\n"
    assert time.monotonic() - begun < 2.8


async def test_cancelling_ends_it_at_once(caged: Run, ground: Ground) -> None:
    mark = f"cancelled-{os.getpid()}-{time.monotonic_ns()}"
    task = asyncio.ensure_future(caged(f"bash -c \"trap '' TERM; touch here; exec -a {mark} sleep 60\""))
    await until((ground.root / "here").exists, "it has started")
    begun = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - begun < 1.5
    await until(lambda: not running(mark), "nothing of it is left")


APP = """
import asyncio, os, sys
from pathlib import Path
from hephaestus_tui.bootstrap import shield
from hephaestus_tui.config import Limits
from hephaestus_tui.tools.base import ToolContext
from hephaestus_tui.tools.sandbox import find_sandbox
from hephaestus_tui.tools.shell import RunCommand, run_command
from hephaestus_tui.tools.workspace import Workspace

root = Path(sys.argv[1])
context = ToolContext(Workspace(root), None, lambda text: None)
tool = run_command(Limits(), find_sandbox((), os.environ, root))
outcome = asyncio.run(tool.run(RunCommand(command=sys.argv[2], timeout=int(sys.argv[3])), context))
print(outcome.content)
"""


async def test_a_command_dies_with_an_app_that_is_killed(ground: Ground, sandbox: Sandbox) -> None:
    mark = f"orphan-{os.getpid()}-{time.monotonic_ns()}"
    command = f"touch here; exec setsid bash -c \"trap '' TERM HUP; exec -a x{mark} sleep 60\""
    with subprocess.Popen([sys.executable, "-c", APP, ground.root, command, "60"]) as app:
        try:
            await until(lambda: bool((ground.root / "here").exists()), "it has started")
        finally:
            app.kill()
    await until(lambda: not running(mark), "nothing of it is left")


# -- too much


async def test_endless_output_is_bounded(either: Run) -> None:
    outcome = await either("yes", seconds=1)
    assert "[stopped at its limit of 1 s" in outcome.content
    assert "bytes left out here" in outcome.content
    assert len(outcome.content) < 66_000


BOMB = """
import os, time
made = 0
while True:
    try:
        os.posix_spawn("/bin/sleep", ["sleep", "60"], {})
    except BlockingIOError:
        print("stopped after", made, flush=True)
        break
    made += 1
"""
PYTHON = "/usr/bin/python3"
NOBODY = 65534


@pytest.fixture
def as_nobody() -> Iterator[Callable[[Callable[[], str]], str]]:
    """Runs a function in a process of an ordinary user, and gives back what it says."""
    if os.geteuid() != 0:
        yield lambda function: function()
        return
    # not below the folder of the tests, which root keeps to itself
    folder = Path(tempfile.mkdtemp(prefix="hephaestus-nobody-"))
    os.chown(folder, NOBODY, NOBODY)

    def run(function: Callable[[], str]) -> str:
        reader, writer = os.pipe()
        if (pid := os.fork()) == 0:
            try:
                os.setgroups([])
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
                os.environ["HOME"] = "/"
                os.chdir(folder)
                said = function()
            except Exception as error:  # noqa: BLE001  # the test reads it
                said = repr(error)
            os.write(writer, said.encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            said = pipe.read()
        os.waitpid(pid, 0)
        return said

    yield run
    shutil.rmtree(folder)


@pytest.mark.skipif(not os.access(PYTHON, os.X_OK), reason=f"there is no {PYTHON}, which the bomb is written for")
def test_a_fork_bomb_is_stopped_within_its_limits(
    sandbox: Sandbox, as_nobody: Callable[[Callable[[], str]], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an ordinary user: the kernel counts no processes of root."""
    monkeypatch.setenv("PATH", "/usr/local/bin:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)

    def bombed() -> str:
        root = Path.cwd()
        (root / "bomb.py").write_text(BOMB, "utf-8")
        found = find_sandbox((), os.environ, root)
        if isinstance(found, NoSandbox):
            return found.reason
        tool = run_command(Limits(), found)
        context = ToolContext(Workspace(root), None, lambda text: None)  # type: ignore[arg-type]

        async def act() -> str:
            return (await tool.run(RunCommand(command=f"{PYTHON} bomb.py", timeout=20), context)).content

        return asyncio.run(act())

    begun = time.monotonic()
    said = as_nobody(bombed)
    assert "stopped after" in said
    assert int(said.split("stopped after")[1].split()[0]) <= PROCESSES_CAGED
    assert time.monotonic() - begun < 25


@pytest.mark.skipif(not os.access(PYTHON, os.X_OK), reason=f"there is no {PYTHON} that any user may run")
@pytest.mark.parametrize("shielded", [True, False])
def test_the_app_cannot_be_read_by_a_child_that_nothing_holds(shielded: bool) -> None:
    """As an ordinary user, who may else read the environment of each process of theirs; root may in any case."""
    code = (
        f"{Path(shield.__file__).read_text('utf-8')}\n"
        f"{'shield_memory()' if shielded else ''}\n"
        "import os, subprocess\n"
        "subprocess.run(['/bin/cat', f'/proc/{os.getpid()}/environ', f'/proc/{os.getpid()}/maps'])\n"
    )
    is_root = os.geteuid() == 0
    ended = subprocess.run(
        [PYTHON, "-c", code], env={"API_KEY": SECRET}, cwd="/", capture_output=True, text=True, timeout=20, check=False,
        user=NOBODY if is_root else None, group=NOBODY if is_root else None, extra_groups=[] if is_root else None,
    )  # fmt: skip
    assert (SECRET in ended.stdout) is not shielded
    assert ("Permission denied" in ended.stderr) is shielded
