"""list_files, find_files and read_file; without them an agent could not look at a project before it changes it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field

from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.tools.base import Arguments, Tool, ToolContext, ToolOutcome
from hephaestus_tui.tools.clip import OUTPUT_LIMIT, plain
from hephaestus_tui.tools.dirfd import Entry, Kind
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.fields import WITHOUT_NUL, GlobText, PathText
from hephaestus_tui.tools.globs import matcher
from hephaestus_tui.tools.workspace import SKIPPED, Workspace

LINES_LIMIT = 2_000
LINE_LIMIT = 2_000
FOUND_LIMIT = 500
_FIND_SECONDS = 10.0


class ListFiles(Arguments):
    path: PathText = Field(default=".", description="The folder; '.' is the root of the workspace.")


class FindFiles(Arguments):
    pattern: Annotated[GlobText, Field(min_length=1)] = Field(
        description="A glob such as '*.py' (at any depth), 'src/**/test_*.ts' or '**/*.{yml,yaml}'."
    )
    path: PathText = Field(default=".", description="The folder to look in; the pattern is relative to it.")


class ReadFile(Arguments):
    path: Annotated[str, Field(min_length=1, max_length=1_000), WITHOUT_NUL] = Field(description="The file to read.")
    offset: int = Field(default=1, ge=1, le=10_000_000, description="The first line to show, counted from 1.")
    limit: int = Field(default=LINES_LIMIT, ge=1, le=LINES_LIMIT, description="How many lines to show at most.")


def list_files() -> Tool[ListFiles]:
    async def act(arguments: ListFiles, context: ToolContext) -> ToolOutcome:
        return ToolOutcome(await asyncio.to_thread(_list, context.workspace, arguments.path))

    return Tool(
        name="list_files",
        description=(
            "Lists one folder: its subfolders (with a slash), files with their size in bytes, and links. Use it to get "
            "to know a project; use find_files to look through all folders at once."
        ),
        arguments=ListFiles,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"list {arguments.path}",
    )


def find_files() -> Tool[FindFiles]:
    async def act(arguments: FindFiles, context: ToolContext) -> ToolOutcome:
        return ToolOutcome(await asyncio.to_thread(_find, context.workspace, arguments))

    return Tool(
        name="find_files",
        description=(
            "Finds files by name with a glob, in a folder and all folders below it. It looks at names only; use "
            f"search_text for what is in them. {', '.join(sorted(SKIPPED))} are passed over."
        ),
        arguments=FindFiles,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"find {arguments.pattern} in {arguments.path}",
    )


def read_file() -> Tool[ReadFile]:
    async def act(arguments: ReadFile, context: ToolContext) -> ToolOutcome:
        return ToolOutcome(await asyncio.to_thread(_read, context.workspace, arguments))

    return Tool(
        name="read_file",
        description=(
            "Reads a text file; each line comes with its number and a tab, which are not part of the file. Read a file "
            f"before you change it. At most {LINES_LIMIT:,} lines or {OUTPUT_LIMIT // 1024} KB come at once: go on with "
            "`offset`."
        ),
        arguments=ReadFile,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"read {arguments.path}",
    )


def _read(workspace: Workspace, arguments: ReadFile) -> str:
    text = workspace.read_text(arguments.path, exact=False)
    return numbered(text, arguments.path, arguments.offset, arguments.limit)


def numbered(text: str, path: str, offset: int, limit: int) -> str:
    """Lines with their numbers, from `offset` on; says how to go on where not all of them fit."""
    if not text:
        return f"({path} is empty)"
    lines = text.removesuffix("\n").split("\n")
    if offset > len(lines):
        raise ToolFault(f"{path} has {len(lines)} lines, so there is none at {offset}. Choose a smaller offset.")
    chosen = lines[offset - 1 : offset - 1 + limit]
    shown = list(_fitting(f"{number:>6}\t{_cut(line)}" for number, line in enumerate(chosen, offset)))
    last = offset - 1 + len(shown)
    if last < len(lines):
        shown.append(f"[lines {offset} to {last} of {len(lines)}; go on with offset={last + 1}]")
    if "\r\n" in text:
        shown.append("[its lines end in CRLF]")
    return "\n".join(shown)


def _cut(line: str) -> str:
    line = line.removesuffix("\r").replace("\0", "␀")
    return line if len(line) <= LINE_LIMIT else f"{line[:LINE_LIMIT]}[… {len(line) - LINE_LIMIT:,} more characters …]"


def _fitting(lines: Iterable[str]) -> Iterator[str]:
    """As many lines as fit into the bound on output, one at least."""
    used = 0
    for line in lines:
        used += len(line.encode()) + 1
        if used > OUTPUT_LIMIT and used > len(line.encode()) + 1:
            return
        yield line


def _list(workspace: Workspace, path: str) -> str:
    found = workspace.list_dir(path)
    if not found:
        return f"({path} is empty)"
    lines = list(_fitting(_listed(workspace, path, entry) for entry in found))
    if len(lines) < len(found):
        lines.append(f"[{len(found) - len(lines):,} more; use find_files with a pattern]")
    return "\n".join(lines)


def _listed(workspace: Workspace, path: str, entry: Entry) -> str:
    name = plain(entry.name)
    match entry.kind:
        case Kind.FOLDER:
            return f"{name}/"
        case Kind.FILE:
            return f"{name}  {entry.size:,}"
        case Kind.LINK:
            return f"{name} -> {plain(workspace.link_target(f'{path}/{entry.name}'))} (a link; not followed)"
        case Kind.OTHER:
            return f"{name} (neither file nor folder)"


def _find(workspace: Workspace, arguments: FindFiles) -> str:
    matches = matcher(arguments.pattern)
    above = len("/".join(workspace.parts(arguments.path)))
    deadline = time.monotonic() + _FIND_SECONDS
    found: list[str] = []
    note = ""
    for path in workspace.walk(arguments.path):
        if matches(path[above:].lstrip("/")):
            found.append(plain(path))
        if len(found) > FOUND_LIMIT:
            note = f"[more than {FOUND_LIMIT}; use a narrower pattern or path]"
            break
        if time.monotonic() > deadline:
            note = f"[stopped after {_FIND_SECONDS:g} s; name a smaller folder]"
            break
    if not found and not note:
        return f"No file matches {arguments.pattern} in {arguments.path}."
    lines = list(_fitting(found[:FOUND_LIMIT]))
    return "\n".join([*lines, note or f"[{len(lines)} of {len(found)}]"])
