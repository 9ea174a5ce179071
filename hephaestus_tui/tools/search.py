"""search_text: what stands where in a project; without it an agent would have to read every file."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.tools import scan
from hephaestus_tui.tools.base import Arguments, Tool, ToolContext, ToolOutcome
from hephaestus_tui.tools.clip import OUTPUT_LIMIT, Clip
from hephaestus_tui.tools.dirfd import Kind
from hephaestus_tui.tools.environment import clean_environment
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.fields import WITHOUT_NUL, GlobText, PathText
from hephaestus_tui.tools.globs import matcher
from hephaestus_tui.tools.process import Ended, Spawn, run
from hephaestus_tui.tools.workspace import READ_LIMIT, SKIPPED

PATTERN_LIMIT = 1_000
SEARCH_SECONDS = 20.0
_STDIN = "<stdin>:"
_LOCATED = re.compile(r"[^\n]*?:\d+:")


class SearchText(Arguments):
    pattern: Annotated[str, Field(min_length=1, max_length=PATTERN_LIMIT), WITHOUT_NUL] = Field(
        description="A regular expression, matched within one line; with `literal`, plain text."
    )
    path: PathText = Field(default=".", description="The folder or file to search.")
    glob: GlobText = Field(default="", description="Only files whose name matches, such as '*.py' or '*.{ts,tsx}'.")
    literal: bool = Field(default=False, description="Take the pattern as plain text.")
    ignore_case: bool = Field(default=False, description="Find upper and lower case alike.")


def search_text(ripgrep: str | None, seconds: float = SEARCH_SECONDS) -> Tool[SearchText]:
    """`ripgrep` is the absolute path of rg, None to search without it: then .gitignore is not heeded."""

    async def act(arguments: SearchText, context: ToolContext) -> ToolOutcome:
        if "\n" in arguments.pattern:
            raise ToolFault("The pattern holds a line break, and lines are searched one by one. Search for one line.")
        if arguments.glob:
            matcher(arguments.glob)
        output = Clip(head=OUTPUT_LIMIT, tail=0)
        if ripgrep is None:
            ended = await _scanned(arguments, context, output, seconds)
        else:
            ended = await _with_ripgrep(ripgrep, arguments, context, output, seconds)
        return _outcome(arguments, "/".join(context.workspace.parts(arguments.path)), ended, output)

    return Tool(
        name="search_text",
        description=(
            "Searches the text of files for a regular expression and returns `path:line:text` for each line that "
            f"matches, {scan.MATCHES_LIMIT} a file at most. Hidden files are searched; {', '.join(sorted(SKIPPED))}, "
            "binary files and what version control ignores are not. Escape brackets, dots and braces, or set "
            "`literal`. Use find_files to look for names."
        ),
        arguments=SearchText,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"search {arguments.pattern} in {arguments.path}",
    )


async def _with_ripgrep(
    ripgrep: str, arguments: SearchText, context: ToolContext, output: Clip, seconds: float
) -> Ended:
    argv = [
        ripgrep,
        "--no-config",
        "--no-messages",
        "--no-ignore-parent",
        "--no-ignore-global",
        "--hidden",
        "--with-filename",
        "--line-number",
        "--no-heading",
        "--crlf",
        "--color=never",
        "--sort=path",
        f"--max-count={scan.MATCHES_LIMIT}",
        f"--max-columns={scan.LINE_LIMIT}",
        "--max-columns-preview",
        f"--max-filesize={READ_LIMIT}",
    ]
    # the last glob that matches decides, so what is passed over comes after what is wanted
    argv += [f"--glob={arguments.glob}"] if arguments.glob else []
    argv += [f"--glob=!{name}" for name in sorted(SKIPPED)]
    argv += ["--fixed-strings"] if arguments.literal else []
    argv += ["--ignore-case"] if arguments.ignore_case else []
    with _standing_in(context, arguments.path) as (folder, file):
        argv += ["--", arguments.pattern, "." if file is None else "-"]
        return await _run(argv, folder, output, seconds, asyncio.subprocess.DEVNULL if file is None else file)


@contextlib.contextmanager
def _standing_in(context: ToolContext, path: str) -> Iterator[tuple[str, int | None]]:
    """The folder to start in, and for a single file its descriptor: rg would follow a link that it is given by name."""
    workspace = context.workspace
    if workspace.kind(path) is Kind.FOLDER:
        with workspace.working_folder(path) as folder:
            yield folder, None
    else:
        with workspace.open_file(path) as file, workspace.working_folder(".") as folder:
            yield folder, file


async def _scanned(arguments: SearchText, context: ToolContext, output: Clip, seconds: float) -> Ended:
    """In a process of its own: Python's regular expressions can neither be bounded nor interrupted."""
    query = arguments.model_dump() | {"root": str(context.workspace.root)}
    argv = [sys.executable, "-P", "-m", scan.__name__, json.dumps(query)]
    return await _run(argv, "/", output, seconds, asyncio.subprocess.DEVNULL)


async def _run(argv: list[str], folder: str, output: Clip, seconds: float, stdin: int) -> Ended:
    packages = {"PYTHONPATH": str(Path(scan.__file__).parents[2]), "PYTHONUTF8": "1"}
    spawn = Spawn(
        argv=argv,
        folder=folder,
        environment=clean_environment(os.environ) | packages,
        mark=secrets.token_hex(12),
        seconds=seconds,
        stdin=stdin,
    )
    return await run(spawn, output, _unseen, until_full=True)


def _unseen(_: str) -> None:
    """Matches are shown when they are complete."""


def _outcome(arguments: SearchText, top: str, ended: Ended, output: Clip) -> ToolOutcome:
    text = output.text()
    # rg ends with 2 also when it found lines but could not open some file
    if ended.code == scan.FAILED and text and _LOCATED.match(text) is None:
        raise ToolFault(f"The search failed: {text.strip()[:1_000]}. Correct the pattern or set literal.")
    lines = [_located(line, top) for line in text.split("\n") if line]
    if output.left_out:
        # the last one kept is cut, and the mark of the cut speaks of bytes
        lines = [*lines[:-2], "[there is more; use a narrower pattern, path or glob]"]
    elif ended.timed_out:
        lines.append("[stopped at its time limit; use a narrower path or a simpler pattern]")
    if not lines:
        return ToolOutcome(f"No line matches {arguments.pattern} in {arguments.path}.")
    return ToolOutcome("\n".join(lines))


def _located(line: str, top: str) -> str:
    if line.startswith(_STDIN):
        return f"{top}:{line.removeprefix(_STDIN)}"
    return f"{top}/{line.removeprefix('./')}" if top else line.removeprefix("./")
