"""run_command: a shell command that has an end; without it agents could neither build nor test what they write."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from pathlib import Path
from typing import Annotated

from pydantic import Field

from hephaestus_tui.config import Limits
from hephaestus_tui.domain.leave import COMMAND_LIMIT
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.tools.argv import simple_argv
from hephaestus_tui.tools.base import Arguments, Tool, ToolContext, ToolOutcome
from hephaestus_tui.tools.clip import Clip
from hephaestus_tui.tools.environment import clean_environment, program
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.fields import WITHOUT_NUL
from hephaestus_tui.tools.process import Ended, Spawn, run
from hephaestus_tui.tools.sandbox import Sandbox
from hephaestus_tui.tools.strays import MARKER

SECONDS_LIMIT = 3_600

# The launcher's stdin is the life line: a pipe that ends when the app does, however it ended; the guard then kills the
# whole group. The mark is set after the guard is started, so that it does not count as a process left behind.
# No core files; 4 GiB a file; 16 GiB of data a process. A limit that a shell lacks is skipped.
_LAUNCH = f"""\
exec 3<&0 </dev/null
(read -r _ <&3; kill -KILL 0) >/dev/null 2>&1 &
exec 3<&-
ulimit -c 0 2>/dev/null
ulimit -f 4194304 2>/dev/null
ulimit -d 16777216 2>/dev/null
ulimit -u "$3" 2>/dev/null
ulimit -t "$2" 2>/dev/null
export {MARKER}="$1"
shift 3
exec "$@"
"""

# In a sandbox of a current kernel only its own processes count (user_namespaces(7)); else all of this person's do.
PROCESSES, PROCESSES_CAGED = 8_192, 4_096


class RunCommand(Arguments):
    command: Annotated[str, Field(min_length=1, max_length=COMMAND_LIMIT), WITHOUT_NUL] = Field(
        description="The shell command. It starts in the root of the workspace."
    )
    timeout: int = Field(
        default=0, ge=0, le=SECONDS_LIMIT, description="Seconds after which it is stopped; 0 takes the longest allowed."
    )


def run_command(limits: Limits, sandbox: Sandbox | None = None) -> Tool[RunCommand]:
    """Without a sandbox the command can do whatever the person can."""
    longest = min(limits.command_seconds or SECONDS_LIMIT, SECONDS_LIMIT)

    async def act(arguments: RunCommand, context: ToolContext) -> ToolOutcome:
        if not arguments.command.strip():
            raise ToolFault("The command is empty. Write the shell command to run.")
        seconds = min(arguments.timeout or longest, longest)
        output = Clip()
        ended = await _in_shell(arguments.command, seconds, context, output, sandbox)
        return ToolOutcome(_report(ended, output, seconds), is_error=ended.code != 0 or ended.timed_out, ended=ended)

    return Tool(
        name="run_command",
        description=(
            "Runs a shell command in the root of the workspace and returns its exit code and output (standard output "
            "and error as one). Use it to build, to run tests, and for what the other tools cannot do; prefer read_file, "
            "search_text and edit_file for files. There is no terminal and no input, so pass options that keep a program "
            f"from asking. It is stopped after `timeout` seconds, {longest:g} at most. Each command starts afresh: `cd` "
            "and variables do not carry over, and what is left running in the background is stopped when it ends. Of "
            "long output the middle is left out: narrow it with options, or send it to a file and read that."
            + (_CONTAINED if sandbox else "")
        ),
        arguments=RunCommand,
        effect=Effect.RUN,
        run=act,
        explain=lambda arguments: arguments.command,
        argv=lambda arguments: simple_argv(arguments.command),
        amend=lambda arguments, command: RunCommand(command=command, timeout=arguments.timeout),
    )


_CONTAINED = (
    " It runs in a sandbox: it can write in the workspace and, until it ends, in /tmp and the home folder, which are "
    "empty; it has no network, and .git is read-only, so do not commit or install from the network."
)


async def _in_shell(
    command: str, seconds: float, context: ToolContext, output: Clip, sandbox: Sandbox | None
) -> Ended:  # fmt: skip
    environment, root = clean_environment(os.environ), context.workspace.root
    # our own launcher runs outside the sandbox, so it may be no program that an agent could have written
    shell = program("bash", environment, apart_from=root) or program("sh", environment, apart_from=root)
    if shell is None:
        raise ToolFault("There is no shell on this machine's PATH. Go on without running commands.")
    mark = secrets.token_hex(12)
    processor_seconds = str(int(seconds) * (os.cpu_count() or 1) + 60)
    argv: tuple[str, ...] = (shell, "-c", "--", command)
    if context.direct:
        if (words := simple_argv(command)) is None:
            raise ToolFault("The command was not run: it is no plain list of words, and only such a one was allowed.")
        argv = words
    if sandbox is not None:
        argv = await asyncio.to_thread(_caged, sandbox, root, argv)
    processes = str(PROCESSES_CAGED if sandbox else PROCESSES)
    line_end, life_line = os.pipe()
    try:
        with context.workspace.working_folder(".") as folder:
            spawn = Spawn(
                argv=(shell, "-c", _LAUNCH, shell, mark, processor_seconds, processes, *argv),
                folder=folder,
                environment=environment,
                mark=mark,
                seconds=seconds,
                stdin=line_end,
                caged=sandbox is not None,
            )
            return await run(spawn, output, context.progress)
    finally:
        os.close(line_end)
        os.close(life_line)


def _caged(sandbox: Sandbox, root: Path, argv: tuple[str, ...]) -> tuple[str, ...]:
    if refusal := sandbox.refuses(root):
        raise ToolFault(f"The command was not run: {refusal}.")
    try:
        return sandbox.argv(root, argv)
    except OSError as error:
        raise ToolFault(f"The command was not run: {root} cannot be read ({error.strerror}). Ask the human.") from error


def _report(ended: Ended, output: Clip, seconds: float) -> str:
    if ended.timed_out:
        head = (
            f"[stopped at its limit of {seconds:g} s; give more time with `timeout` where allowed, or do less at once]"
        )
    elif ended.code is None:
        head = "[it could not be ended; ask the human to look]"
    elif ended.code < 0:
        head = f"[ended by {_signal_name(-ended.code)} after {ended.seconds:.1f} s]"
    else:
        head = f"[exit code {ended.code} after {ended.seconds:.1f} s]"
    if ended.left:
        head += f"\n[{ended.left} left running in the background, now stopped]"
    return f"{head}\n{output.text() or '(no output)'}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
