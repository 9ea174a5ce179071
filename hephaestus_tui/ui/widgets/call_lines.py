"""Draws a tool call: one line that says what it did and how it went; unfolded, its arguments, its diff and its output."""

from __future__ import annotations

import difflib
from itertools import islice

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from hephaestus_tui.ui.colours import without_colours
from hephaestus_tui.ui.glyphs import Mark
from hephaestus_tui.ui.text import TEXT_LIMIT
from hephaestus_tui.ui.widgets.blocks import Call, CallState
from hephaestus_tui.ui.widgets.call_words import (
    ANSWER_TOOL,
    amount,
    arguments_of,
    duration,
    error_words,
    own_time,
    proposes,
    replacement,
    short_result,
    told_of,
    value_text,
)
from hephaestus_tui.ui.widgets.coloured_rows import coloured_rows
from hephaestus_tui.ui.widgets.drawing import PART, Canvas, Painted
from hephaestus_tui.ui.widgets.pictures import Picture, picture_of
from hephaestus_tui.ui.widgets.wrapping import clean_rows

# rows of output under a running call
LIVE_ROWS = 5
# names are padded to this, so that the arguments of calls in a row stand in a column
_NAME_CELLS = 11
# beyond so many lines a side, comparing takes too long to be worth it
_DIFF_LINES = 400
_SHOWN_LINES = 1_000
_SHOWN = {
    CallState.WRITING: Mark.PENDING, CallState.PLANNED: Mark.PENDING, CallState.ASKING: Mark.NEEDS_YOU,
    CallState.RUNNING: Mark.RUNNING, CallState.DONE: Mark.DONE, CallState.FAILED: Mark.FAILED,
    CallState.UNANSWERED: Mark.NEEDS_YOU,
}  # fmt: skip


def call_rows(call: Call, canvas: Canvas, *, unfolded: bool) -> list[Strip]:
    """The head, and all of the call when it is unfolded. Output of a running command is drawn by whoever keeps it."""
    if picture := picture_of(call):
        return [_picture(picture, canvas)]
    if unfolded:
        return [call_head(call, canvas), *_body(call, canvas)]
    return [call_head(call, canvas), *_error(call, canvas)]


def _picture(picture: Picture, canvas: Canvas) -> Strip:
    look = canvas.look
    told = [(_name("image", wide=canvas.wide), look.base), (picture.path, look.muted)]
    size = PART.join((picture.words, picture.size))
    return canvas.head((look.glyphs.marks[Mark.DONE], look.good), told, (size, look.faint))


def call_head(call: Call, canvas: Canvas) -> Strip:
    look = canvas.look
    mark = _SHOWN[call.state]
    spawns = proposes(call.name) and call.state is CallState.DONE
    sign = look.glyphs.marks[Mark.PROPOSED if spawns else mark]
    name = _name(call.name, wide=canvas.wide)
    told = told_of(call.name, arguments_of(call.arguments)) if call.arguments else ""
    return canvas.head((sign, _colour(call, canvas)), [(name, look.base), (told, look.muted)], _note(call, canvas))


def _name(name: str, *, wide: bool) -> str:
    if name.startswith("spawn_"):
        name = name.removesuffix("_task").replace("_", " ") if wide else "spawn"
    elif name == ANSWER_TOOL:
        name = "answer"
    return name.ljust(_NAME_CELLS) if wide else name


def _colour(call: Call, canvas: Canvas) -> Style:
    look = canvas.look
    match call.state:
        case CallState.DONE:
            return look.mine if proposes(call.name) else look.good
        case CallState.FAILED:
            return look.bad
        case CallState.RUNNING:
            return look.running
        case CallState.ASKING | CallState.UNANSWERED:
            return look.warn
        case CallState.WRITING | CallState.PLANNED:
            return look.muted


def _note(call: Call, canvas: Canvas) -> Painted:
    look = canvas.look
    match call.state:
        case CallState.WRITING:
            return amount(call.size), look.faint
        case CallState.PLANNED:
            return "not run yet", look.faint
        case CallState.ASKING:
            return "waits for you", look.warn
        case CallState.RUNNING:
            return "running", look.running
        case CallState.UNANSWERED:
            return "no answer: may have run", look.warn
        case CallState.DONE | CallState.FAILED:
            return _outcome(call, canvas)


def _error(call: Call, canvas: Canvas) -> list[Strip]:
    """What went wrong, in rows of its own where the head has no room for it."""
    return canvas.brief(without_colours(call.result), canvas.look.bad) if _needs_rows(call, canvas) else []


def _needs_rows(call: Call, canvas: Canvas) -> bool:
    if call.state is not CallState.FAILED:
        return False
    error = error_words(without_colours(call.result))
    return "\n" in error or cell_len(error) > canvas.inner // 3


def _outcome(call: Call, canvas: Canvas) -> Painted:
    failed = call.state is CallState.FAILED
    told = "failed" if _needs_rows(call, canvas) else short_result(without_colours(call.result), failed=failed)
    # between call and result a person may have been asked for leave; only where waiting is the point is that told
    waits = proposes(call.name) or call.name == "ask_human"
    took = duration(own_time(call.result) or (call.took if waits else None) or 0.0)
    if not failed and not canvas.wide and len(told) > canvas.inner // 3:
        told = ""
    return PART.join(filter(None, (told, took))), canvas.look.bad if failed else canvas.look.faint


def _body(call: Call, canvas: Canvas) -> list[Strip]:
    look = canvas.look
    arguments = arguments_of(call.arguments) if call.arguments else {}
    output = call.result or call.output
    edit = replacement(arguments)
    told_by_result = _is_diff(output)
    rows: list[Strip] = []
    for name, value in arguments.items():
        if not edit or name not in edit[2]:
            rows += _argument(name, value_text(value), canvas)
    if edit and not told_by_result:
        rows += _diff(edit[0], edit[1], canvas)
    if output.strip():
        if rows:
            rows.append(canvas.row((look.bar, look.faint)))
        rows += _output(output, canvas)
    return rows


def _argument(name: str, text: str, canvas: Canvas) -> list[Strip]:
    look = canvas.look
    name = clean_rows(name).replace("\n", " ")[:40]
    if "\n" not in text and len(name) + len(text) + 6 <= canvas.inner:
        return [canvas.row((f"{look.bar} ", look.faint), (f"{name}  ", look.muted), (clean_rows(text), look.base))]
    return [canvas.row((f"{look.bar} ", look.faint), (name, look.muted)), *canvas.capped(text, look.base, look.faint)]


def _is_diff(text: str) -> bool:
    return "\n@@ " in f"\n{text[:4_000]}"


def _output(text: str, canvas: Canvas) -> list[Strip]:
    """Output; coloured where it is a unified diff."""
    look = canvas.look
    if not _is_diff(text):
        return coloured_rows(text, canvas)
    rows: list[Strip] = []
    for row in without_colours(text)[:TEXT_LIMIT].rstrip().split("\n")[:_SHOWN_LINES]:
        rows += canvas.text(row, _diff_style(row, canvas), bar=look.faint)
    return rows


def _diff_style(row: str, canvas: Canvas) -> Style:
    look = canvas.look
    return {"+": look.added, "-": look.removed, "@": look.faint}.get(row[:1], look.muted)


def _diff(old: str, new: str, canvas: Canvas) -> list[Strip]:
    look = canvas.look
    before, after = (text[:TEXT_LIMIT].rstrip("\n").split("\n") if text else [] for text in (old, new))
    if max(len(before), len(after)) > _DIFF_LINES or not before:
        changed = [*(f"-{row}" for row in before), *(f"+{row}" for row in after)]
    else:
        # the first two rows name the files
        changed = list(islice(difflib.unified_diff(before, after, lineterm="", n=2), 2, None))
    return [
        strip
        for row in changed[:_SHOWN_LINES]
        if not row.startswith("@@")
        for strip in canvas.text(f"{row[:1]} {row[1:]}", _diff_style(row, canvas), bar=look.faint)
    ]
