"""A command ends when it should, with everything it started, and knows nothing that it should not."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hephaestus_tui.config import Limits
from hephaestus_tui.tools.base import ToolContext, ToolFault, ToolOutcome
from hephaestus_tui.tools.shell import RunCommand, run_command

Call = Callable[..., Awaitable[ToolOutcome]]

PAUSE = 0.02


async def until(condition: Callable[[], bool], what: str, seconds: float = 8.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"never: {what}"
        await asyncio.sleep(PAUSE)


def alive(pid_file: Path) -> bool:
    """Whether the process whose id stands in the file still runs; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid_file.read_text().strip()}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def written(pid_file: Path) -> bool:
    return pid_file.exists() and pid_file.read_text().endswith("\n")


@pytest.mark.parametrize(("command", "code"), [("true", 0), ("exit 3", 3), ("no-such-program", 127)])
async def test_the_exit_code_is_told(call: Call, command: str, code: int) -> None:
    outcome = await call("run_command", command=command)
    assert outcome.content.startswith(f"[exit code {code} after")
    assert outcome.is_error == (code != 0)


async def test_a_command_that_is_killed_says_by_what(call: Call) -> None:
    outcome = await call("run_command", command="kill -SEGV $$")
    assert "[ended by SIGSEGV" in outcome.content
    assert outcome.is_error


async def test_output_and_error_come_in_order_and_in_the_root(call: Call, root: Path, seen: list[str]) -> None:
    outcome = await call("run_command", command="echo one; echo two >&2; pwd; cat")
    assert outcome.content.split("\n")[1:] == ["one", "two", str(root), ""]
    assert "".join(seen) == f"one\ntwo\n{root}\n"


async def test_a_command_may_begin_with_a_dash_and_have_many_lines(call: Call) -> None:
    outcome = await call("run_command", command="-x; echo after\necho 'its' \"$((1+1))\"")
    assert outcome.content.endswith("after\nits 2\n")


async def test_an_empty_command_is_refused(call: Call) -> None:
    with pytest.raises(ToolFault, match="empty"):
        await call("run_command", command=" \n")


async def test_invalid_utf8_and_nul_become_text(call: Call, seen: list[str]) -> None:
    outcome = await call("run_command", command=r"printf 'a\xff\xc3(\000b'")
    assert outcome.content.endswith("\na\ufffd\ufffd(␀b")
    assert "\ufffd" in "".join(seen)


async def test_a_character_cut_by_two_reads_is_whole_in_the_progress(call: Call, seen: list[str]) -> None:
    outcome = await call("run_command", command=r"printf '\xe2\x82'; sleep 0.3; printf '\xac'")
    assert outcome.content.endswith("\n€")
    assert "".join(seen) == "€"


async def test_fifty_megabytes_of_yes_are_bounded_in_memory_result_and_progress(call: Call, seen: list[str]) -> None:
    tracemalloc.start()
    try:
        outcome = await call("run_command", command="yes | head -c 50000000; echo; echo the end")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert outcome.content.startswith("[exit code 0")
    assert "49,934,473 bytes left out here" in outcome.content
    assert outcome.content.endswith("y\n\nthe end\n")
    assert len(outcome.content) < 66_000
    assert peak < 3_000_000
    assert len("".join(seen)) < 1_000_000


async def test_a_flood_of_output_leaves_most_of_a_processor_to_the_app(call: Call) -> None:
    spent = time.process_time()
    outcome = await call("run_command", command="timeout 1 yes")
    assert outcome.content.startswith("[exit code 124")
    assert time.process_time() - spent < 0.4


async def test_a_timeout_kills_the_group_even_where_term_is_ignored(call: Call, root: Path) -> None:
    command = "trap '' TERM; (trap '' TERM; echo $BASHPID > pid; sleep 60; sleep 60) & echo begun; sleep 60; sleep 60"
    begun = time.monotonic()
    outcome = await call("run_command", command=command, timeout=1)
    assert 2.5 < time.monotonic() - begun < 6.0
    assert "[stopped at its limit of 1 s" in outcome.content
    assert outcome.content.endswith("begun\n")
    assert outcome.is_error
    assert written(root / "pid")
    assert not alive(root / "pid")


async def test_a_timeout_lets_a_command_clean_up(call: Call, root: Path) -> None:
    begun = time.monotonic()
    await call("run_command", command="trap 'echo clean > done; exit' TERM; sleep 60 & wait", timeout=1)
    assert (root / "done").read_text() == "clean\n"
    assert time.monotonic() - begun < 2.8


async def test_the_limit_of_the_run_is_above_the_call(context: ToolContext) -> None:
    tool = run_command(Limits(command_seconds=0.5))
    outcome = await tool.run(RunCommand(command="sleep 60", timeout=30), context)
    assert "[stopped at its limit of 0.5 s" in outcome.content


@pytest.mark.parametrize("redirected", ["", ">/dev/null 2>&1"])
async def test_a_grandchild_that_left_the_session_neither_hangs_us_nor_survives(
    call: Call, root: Path, redirected: str
) -> None:
    begun = time.monotonic()
    daemon = f"setsid sh -c 'trap \"\" TERM; echo $$ > pid; sleep 60; sleep 60' {redirected} &"
    outcome = await call("run_command", command=f"{daemon} while [ ! -s pid ]; do sleep 0.01; done; echo done")
    assert time.monotonic() - begun < 6.0
    assert outcome.content.startswith("[exit code 0")
    assert "left running in the background, now stopped]" in outcome.content
    assert outcome.content.endswith("done\n")
    assert not alive(root / "pid")


async def test_a_grandchild_without_our_mark_is_found_through_its_parent(call: Call, root: Path) -> None:
    command = "env -i setsid sh -c 'echo $$ > pid; exec /bin/sleep 60' & sleep 60"
    await call("run_command", command=command, timeout=1)
    assert written(root / "pid")
    assert not alive(root / "pid")


async def test_a_member_of_the_group_without_our_mark_or_a_parent_ends_too(call: Call, root: Path) -> None:
    await call(
        "run_command", command="env -i /bin/sh -c 'echo $$ > pid; exec /bin/sleep 60' & until [ -s pid ]; do :; done"
    )
    await until(lambda: not alive(root / "pid"), "it is gone")


async def test_one_that_cannot_be_found_holds_up_nobody(call: Call, root: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    begun = time.monotonic()
    outcome = await call(
        "run_command",
        command="env -i setsid /bin/sh -c 'echo $$ > pid; exec /bin/sleep 60' & until [ -s pid ]; do :; done; echo done",
    )
    assert outcome.content.endswith("done\n")
    assert time.monotonic() - begun < 4.0
    try:
        await until(lambda: len(os.listdir("/proc/self/fd")) <= before, "our end of the pipe is closed", seconds=2.0)
    finally:
        os.kill(int((root / "pid").read_text()), signal.SIGKILL)


async def test_a_job_in_the_background_ends_with_the_command(call: Call, root: Path) -> None:
    outcome = await call("run_command", command="sleep 60 & echo $! > pid")
    assert "[1 left running in the background, now stopped]" in outcome.content
    assert not alive(root / "pid")


async def test_a_command_that_leaves_nothing_says_nothing_of_it_and_is_quick(call: Call) -> None:
    begun = time.monotonic()
    outcome = await call("run_command", command="wait; echo x | cat")
    assert time.monotonic() - begun < 1.8
    assert "left" not in outcome.content


async def test_cancelling_kills_at_once_and_leaves_no_descriptor(call: Call, root: Path) -> None:
    await call("run_command", command="true")
    before = len(os.listdir("/proc/self/fd"))
    command = (
        "trap '' TERM; echo $$ > pid; setsid sh -c 'trap \"\" TERM; echo $$ > stray; sleep 60; sleep 60' & "
        "sleep 60; sleep 60"
    )
    running = asyncio.ensure_future(call("run_command", command=command))
    await until(lambda: written(root / "pid") and written(root / "stray"), "the command has started")
    begun = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert time.monotonic() - begun < 1.0
    assert not alive(root / "pid")
    assert not alive(root / "stray")
    await until(lambda: len(os.listdir("/proc/self/fd")) <= before, "descriptors are closed")


APP = """
import asyncio, sys
from pathlib import Path
from hephaestus_tui.config import Limits
from hephaestus_tui.tools.base import ToolContext
from hephaestus_tui.tools.shell import RunCommand, run_command
from hephaestus_tui.tools.workspace import Workspace

context = ToolContext(Workspace(Path(sys.argv[1])), None, lambda text: None)
command = RunCommand(command="trap '' TERM HUP; echo $$ > pid; sleep 60; sleep 60")
asyncio.run(run_command(Limits()).run(command, context))
"""


async def test_a_command_dies_with_an_app_that_is_killed(root: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", APP, root]) as app:
        try:
            await until(lambda: written(root / "pid"), "the command has started")
        finally:
            app.send_signal(signal.SIGKILL)
    await until(lambda: not alive(root / "pid"), "the command is gone")


async def test_keys_and_sockets_stay_out_of_the_environment(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "HEPHAESTUS_MODEL", "TMUX", "SSH_AUTH_SOCK", "LC_CANARY", "BASH_ENV", "GIT_DIR"):
        monkeypatch.setenv(name, "canary-7f3a")
    monkeypatch.setenv("PATH", f".:relative:{os.environ['PATH']}")
    outcome = await call("run_command", command="env; echo path=$PATH")
    assert "canary-7f3a" not in outcome.content
    assert "TERM=dumb\n" in outcome.content
    assert f"path={os.environ['PATH'].removeprefix('.:relative:')}\n" in outcome.content
    ours = [line for line in outcome.content.split("\n") if line.startswith("HEPHAESTUS_")]
    assert len(ours) == 1
    assert ours[0].startswith("HEPHAESTUS_COMMAND=")


async def test_there_is_no_terminal_no_input_and_no_descriptor_of_ours(call: Call) -> None:
    outcome = await call(
        "run_command", command="(: </dev/tty) 2>&1; readlink /proc/self/fd/0; ls /proc/self/fd | wc -l"
    )
    assert "No such device or address" in outcome.content
    # 0, 1, 2 and the one by which ls reads the folder
    assert outcome.content.endswith("/dev/null\n4\n")


async def test_core_files_are_off_and_files_bounded(call: Call) -> None:
    outcome = await call("run_command", command="ulimit -c; ulimit -f; ulimit -t")
    core, file, seconds = outcome.content.split("\n")[1:4]
    assert core == "0"
    assert file.isdigit()
    assert seconds.isdigit()


async def test_a_folder_that_was_moved_is_still_the_one_commands_run_in(call: Call, root: Path) -> None:
    root.rename(root.with_name("moved"))
    outcome = await call("run_command", command="echo here > file")
    assert outcome.content.startswith("[exit code 0")
    assert (root.with_name("moved") / "file").read_text() == "here\n"
