"""write_file and edit_file; without them agents would change files through a shell that no one can check."""

from __future__ import annotations

import asyncio
import difflib
from typing import Annotated

from pydantic import Field

from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.tools.base import Arguments, Tool, ToolContext, ToolOutcome
from hephaestus_tui.tools.clip import clipped
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.fields import WITHOUT_NUL
from hephaestus_tui.tools.workspace import Workspace

CONTENT_LIMIT = 1_000_000
EDIT_LIMIT = 200_000
_DIFF_LINES = 20_000
_NEAR_LINES = 5_000
_PLACES = 10  # that are named

FilePath = Annotated[str, Field(min_length=1, max_length=1_000), WITHOUT_NUL]


class WriteFile(Arguments):
    path: FilePath = Field(description="The file to create or replace. Missing folders are created.")
    content: str = Field(max_length=CONTENT_LIMIT, description="The whole new content.")


class EditFile(Arguments):
    path: FilePath = Field(description="The file to change.")
    old_text: str = Field(
        min_length=1,
        max_length=EDIT_LIMIT,
        description="The text to replace, exactly as it stands in the file, without line numbers.",
    )
    new_text: str = Field(max_length=EDIT_LIMIT, description="What to put in its place; empty deletes it.")
    replace_all: bool = Field(default=False, description="Replace every occurrence. Otherwise it must occur once.")


def write_file() -> Tool[WriteFile]:
    async def act(arguments: WriteFile, context: ToolContext) -> ToolOutcome:
        told = await asyncio.to_thread(_write, context.workspace, arguments)
        return ToolOutcome(told, touched=_touched(context.workspace, arguments.path))

    return Tool(
        name="write_file",
        description=(
            "Creates a file, or replaces all of it, and returns the difference. For a change to part of a file use "
            "edit_file: it is shorter and keeps what you have not read. Version control, editor and shell settings "
            "are protected."
        ),
        arguments=WriteFile,
        effect=Effect.WRITE,
        run=act,
        explain=lambda arguments: f"write {arguments.path} ({_size(arguments.content)})\n\n{arguments.content}",
        preview=_preview,
    )


def edit_file() -> Tool[EditFile]:
    async def act(arguments: EditFile, context: ToolContext) -> ToolOutcome:
        told = await asyncio.to_thread(_edit, context.workspace, arguments)
        return ToolOutcome(told, touched=_touched(context.workspace, arguments.path))

    return Tool(
        name="edit_file",
        description=(
            "Replaces one exact piece of text in a file and returns the difference. `old_text` must occur exactly once: "
            "take in as many lines around the change as make it unique, or set `replace_all`. Read the file first and "
            "copy the text with its indentation."
        ),
        arguments=EditFile,
        effect=Effect.WRITE,
        run=act,
        explain=_explain_edit,
        preview=_preview_edit,
    )


def _preview(arguments: WriteFile, workspace: Workspace) -> str:
    """Beside what is there now: what a new content leaves out would not be seen in it."""
    before = _text_or_none(workspace, arguments.path)
    size = _size(arguments.content)
    if before is None:
        what = "in place of what is no text" if workspace.exists(arguments.path) else "a new file"
        return f"write {arguments.path} ({size}, {what})\n\n{arguments.content}"
    return f"replace {arguments.path} ({size})\n\n{whole_difference(before, arguments.content, arguments.path)}"


def _size(content: str) -> str:
    lines, size = len(content.splitlines()), len(content.encode("utf-8", "surrogatepass"))
    return f"{lines:,} line{'' if lines == 1 else 's'}, {size:,} byte{'' if size == 1 else 's'}"


def _explain_edit(arguments: EditFile) -> str:
    every = ", every occurrence" if arguments.replace_all else ""
    return _changing(arguments.path, whole_difference(arguments.old_text, arguments.new_text, arguments.path), every)


def _preview_edit(arguments: EditFile, workspace: Workspace) -> str:
    """At its place in the file, with the lines around it; alone where it has none, or the file is too long to compare."""
    try:
        before = workspace.read_text(arguments.path)
        after, count, places = _edited(before, arguments)
    except ToolFault as fault:
        return f"{_explain_edit(arguments)}\n\nAs the file is now, this edit would fail: {fault}"
    shown = whole_difference(before, after, arguments.path)
    if before.count("\n") + after.count("\n") + 2 > _DIFF_LINES:
        shown = whole_difference(arguments.old_text, arguments.new_text, arguments.path)
    more = f"{count:,} places, at lines" if count > 1 else "at line"
    return _changing(arguments.path, shown, f", {more} {places}{', and on' if count > _PLACES else ''}")


def _changing(path: str, shown: str, where: str) -> str:
    rows = shown.split("\n")[2:]  # without the names of the files
    put, gone = sum(row.startswith("+") for row in rows), sum(row.startswith("-") for row in rows)
    insertions = f"{put:,} insertion{'' if put == 1 else 's'}"
    return f"edit {path} ({insertions}, {gone:,} deletion{'' if gone == 1 else 's'}{where})\n\n{shown}"


def _touched(workspace: Workspace, path: str) -> tuple[str, ...]:
    """The file by the one name that it has for everybody."""
    return ("/".join(workspace.parts(path)),)


def _write(workspace: Workspace, arguments: WriteFile) -> str:
    # not between the reading and the writing of an edit, which would put back what was there before
    with workspace.changing:
        return _write_alone(workspace, arguments)


def _write_alone(workspace: Workspace, arguments: WriteFile) -> str:
    path = arguments.path
    if not workspace.exists(path):
        workspace.write_text(path, arguments.content)
        return f"Created {path} ({len(arguments.content.splitlines()):,} lines)."
    before = _text_or_none(workspace, path)
    workspace.write_text(path, arguments.content)
    return f"Replaced {path}.\n{'' if before is None else difference(before, arguments.content, path)}"


def _text_or_none(workspace: Workspace, path: str) -> str | None:
    """None for what has no text to compare with; whether it may be replaced is for the writing to say."""
    try:
        return workspace.read_text(path)
    except ToolFault:
        return None


def _edit(workspace: Workspace, arguments: EditFile) -> str:
    # two agents may edit one file at the same moment
    with workspace.changing:
        return _edit_alone(workspace, arguments)


def _edit_alone(workspace: Workspace, arguments: EditFile) -> str:
    path = arguments.path
    before = workspace.read_text(path)
    after, count, _ = _edited(before, arguments)
    workspace.write_text(path, after)
    return f"Changed {path} in {count} place{'s' if count > 1 else ''}.\n{difference(before, after, path)}"


def _edited(before: str, arguments: EditFile) -> tuple[str, int, str]:
    """The new content, in how many places it differs, and their first lines. Raises ToolFault where the edit cannot be made."""
    path, old, new = arguments.path, arguments.old_text, arguments.new_text
    if old == new:
        raise ToolFault("old_text and new_text are the same. Say what should change.")
    if old not in before and "\r\n" in before and "\r" not in old:
        old, new = old.replace("\n", "\r\n"), new.replace("\n", "\r\n")
    count = before.count(old)
    if count == 0:
        raise ToolFault(f"old_text does not occur in {path}. {_nearest(before, arguments.old_text)}")
    if count > 1 and not arguments.replace_all:
        raise ToolFault(
            f"old_text occurs {count} times in {path}, at lines {_places(before, old)}. "
            "Take in more lines around it, or set replace_all."
        )
    return before.replace(old, new), count, _places(before, old)


def difference(before: str, after: str, path: str) -> str:
    """A unified diff; only the number of lines where comparing them would take long."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) + len(new) > _DIFF_LINES:
        return f"({len(old):,} lines before, {len(new):,} now)"
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm="")
    return clipped("\n".join(lines)) or "(the same text)"


def whole_difference(before: str, after: str, path: str) -> str:
    """All of a unified diff, for a person who is to allow it; the whole new text where none can be made of it."""
    old, new = before.split("\n"), after.split("\n")  # so that a changed end of line is seen
    lines: list[str] = []
    if len(old) + len(new) <= _DIFF_LINES:
        lines = list(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm=""))
    if lines or before == after:
        return "\n".join(lines) or "(the same text)"
    return f"({len(old):,} lines before, {len(new):,} now; this is all of the new text)\n\n{after}"


def _places(text: str, old: str) -> str:
    lines: list[str] = []
    start = 0
    while len(lines) < _PLACES and (start := text.find(old, start)) >= 0:
        lines.append(str(text.count("\n", 0, start) + 1))
        start += len(old)
    return ", ".join(lines)


def _nearest(text: str, old: str) -> str:
    wanted = next((line.strip() for line in old.split("\n") if line.strip()), "")
    lines = text.split("\n")
    number = next((n for n, line in enumerate(lines, 1) if line.strip() == wanted), None)
    if number is not None:
        return (
            f"Its first line stands at line {number}, but with other indentation or other lines after it. "
            f"Read the file from offset={number} and copy it exactly."
        )
    near = difflib.get_close_matches(wanted[:200], [line.strip()[:200] for line in lines[:_NEAR_LINES]], n=1)
    if not near:
        return "Nothing in it is near. Read the file, and copy the text exactly."
    number = next(n for n, line in enumerate(lines, 1) if line.strip()[:200] == near[0])
    return f"The nearest is line {number}: {near[0]!r}. Read the file there and copy it exactly."
