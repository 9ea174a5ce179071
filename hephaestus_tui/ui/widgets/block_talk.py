"""Draws what reached an agent from other agents: a letter, and the news that they change the same files."""

from __future__ import annotations

from textual.strip import Strip

from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.blocks import Heard, Overlapping
from hephaestus_tui.ui.widgets.dag_gutter import lines_for
from hephaestus_tui.ui.widgets.drawing import ROWS_LIMIT, Canvas

# rows of a letter that are shown before it is unfolded
FOLDED_ROWS = 4


def talk_rows(block: Heard | Overlapping, canvas: Canvas, *, unfolded: bool) -> list[Strip]:
    """The head says who it is from; the words stand behind a bar that is not a person's."""
    match block:
        case Heard():
            return _heard(block, canvas, unfolded)
        case Overlapping():
            return _overlapping(block, canvas, unfolded)


def _heard(block: Heard, canvas: Canvas, unfolded: bool) -> list[Strip]:
    look, letter = canvas.look, block.letter
    if block.unread_by:
        told = [(line(f"{block.unread_by} has ended"), look.warn), ("and has not read this message to it", look.muted)]
    else:
        who = f"message from {letter.sender}'s {letter.role.replace('_', ' ')}"
        told = [(line(who), look.base), ("an agent", look.muted)]
    note = ("at its next turn", look.faint) if block.queued else ("", look.faint)
    rows = ROWS_LIMIT if unfolded else FOLDED_ROWS
    style = look.muted if block.queued else look.base
    head = canvas.head((look.glyphs.bullet, look.muted), told, note)
    return [head, *canvas.text(letter.text.strip(), style, bar=look.muted, rows=rows)]


def _overlapping(block: Overlapping, canvas: Canvas, unfolded: bool) -> list[Strip]:
    look = canvas.look
    files = "the same file" if len(block.paths) == 1 else f"{len(block.paths):,} of the same files"
    told = [(f"{block.other} changes {files}", look.warn), (line(block.title), look.muted)]
    head = canvas.head((lines_for(look.glyphs).shared[0], look.warn), told)
    rows = ROWS_LIMIT if unfolded else FOLDED_ROWS
    text = "\n".join(line(path) for path in block.paths)
    return [head, *canvas.text(text, look.base, bar=look.muted, rows=rows)]
