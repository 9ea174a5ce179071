"""Draws each block as rows of the pane: the one place that says how a transcript looks.

Rows are complete (margins, background) and know nothing of where they will stand, so that they can be kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hephaestus_tui.ui.glyphs import Mark
from hephaestus_tui.ui.text import TEXT_LIMIT, clean, line
from hephaestus_tui.ui.widgets.block_gate import gate_rows
from hephaestus_tui.ui.widgets.block_model import switched_rows
from hephaestus_tui.ui.widgets.block_talk import talk_rows
from hephaestus_tui.ui.widgets.blocks import (
    Asked,
    Block,
    Call,
    Compacted,
    Cut,
    Decided,
    Head,
    Heard,
    Instructions,
    Overlapping,
    Prose,
    Summing,
    Switched,
    Talking,
    Thought,
    Undone,
    Unfinished,
    Waiting,
    Words,
)
from hephaestus_tui.ui.widgets.call_lines import call_rows
from hephaestus_tui.ui.widgets.call_words import amount
from hephaestus_tui.ui.widgets.drawing import LEFT, Canvas
from hephaestus_tui.ui.widgets.heads import head_row, talking_row
from hephaestus_tui.ui.widgets.look import Look
from hephaestus_tui.ui.widgets.unmarked import unmarked
from hephaestus_tui.ui.widgets.wrapping import Tail

# rows of reasoning that are shown while it streams: enough to see that it moves, and to read along
LIVE_ROWS = 5

Markdown = Callable[[str, int, Look], list[list[Segment]] | None]


def rows_of(block: Block, canvas: Canvas, markdown: Markdown, *, unfolded: bool) -> list[Strip]:
    """The rows of a block; `markdown` gives None for text that it will not render."""
    look = canvas.look
    match block:
        case Head():
            return [head_row(block, canvas)]
        case Talking():
            return [talking_row(block, canvas)]
        case Instructions(title=title, text=text):
            head = [(title, look.muted), (_first(text), look.faint)]
            return _folding(canvas, head, amount(len(text)), text, look.muted, unfolded)
        case Words():
            return _words(block, canvas)
        case Decided() | Undone() | Asked():
            return gate_rows(block, canvas, unfolded=unfolded)
        case Heard() | Overlapping():
            return talk_rows(block, canvas, unfolded=unfolded)
        case Thought(text=text, live=True):
            return thought_rows(canvas, tail(block, canvas).grow(text), unfolded)
        case Thought(text=text):
            head = [("thought", look.muted), (_first(text), look.faint + _ITALIC)]
            return _folding(canvas, head, amount(len(text)), text, look.muted + _ITALIC, unfolded)
        case Prose():
            return _prose(block, canvas, markdown)
        case Call():
            return call_rows(block, canvas, unfolded=unfolded)
        case Cut(text=text, reason=reason):
            sign = (look.glyphs.marks[Mark.FAILED], look.bad)
            note = amount(len(text)) if text else ""
            first = canvas.head(sign, [("turn cut", look.bad), (reason, look.muted)], (note, look.faint))
            return [first, *canvas.capped(text, look.muted, look.faint)] if unfolded and text.strip() else [first]
        case Switched():
            return switched_rows(block, canvas)
        case Unfinished(text=text):
            sign = (look.glyphs.marks[Mark.NEEDS_YOU], look.warn)
            return [*canvas.capped(text, look.muted, look.faint), canvas.head(sign, [("interrupted here", look.warn)])]
        case Compacted(head=words, note=note, text=text):
            return _folding(canvas, [(words, look.warn)], note, text, look.muted, unfolded)
        case Summing():
            sign = (look.glyphs.marks[Mark.RUNNING], look.muted)
            return [canvas.head(sign, [("summing up", look.muted), ("its conversation is long", look.faint)])]
        case Waiting(reason=reason, seconds=seconds):
            sign = (look.glyphs.marks[Mark.BLOCKED], look.warn)
            told = f"retry in {seconds:.0f} s"
            if cell_len(told) + 2 + cell_len(line(reason)) <= canvas.inner:
                return [canvas.head(sign, [(told, look.warn), (reason, look.muted)])]
            return [canvas.head(sign, [(told, look.warn)]), *canvas.brief(reason, look.muted)]
        case _:
            assert_never(block)


_ITALIC = Style(italic=True)


def tail(block: Block, canvas: Canvas) -> Tail:
    """What draws the text of a block while it grows."""
    look = canvas.look
    match block:
        case Thought():
            return Tail(canvas.inner, canvas.painter(look.muted + _ITALIC))
        case Call():
            return Tail(canvas.inner - 2, canvas.painter(look.muted, look.faint))
        case _:
            return Tail(canvas.inner, canvas.painter(look.base))


def thought_rows(canvas: Canvas, rows: list[Strip], unfolded: bool) -> list[Strip]:
    """Reasoning that streams: its last rows, under a head that does not change."""
    look = canvas.look
    sign = (look.glyphs.marks[Mark.RUNNING], look.muted)
    return [canvas.head(sign, [("thinking", look.muted)]), *(rows if unfolded else rows[-LIVE_ROWS:])]


def compact(block: Block, unfolded: bool) -> bool:
    """Whether it is one line that may stand close to another such line."""
    match block:
        case Call(output=output):
            return not unfolded and not output
        case Talking():
            return True
        case Instructions() | Thought(live=False):
            return not unfolded
        case _:
            return False


def _folding(
    canvas: Canvas, head: list[tuple[str, Style]], note: str, text: str, style: Style, unfolded: bool
) -> list[Strip]:
    look = canvas.look
    sign = look.glyphs.unfold if unfolded else look.glyphs.fold
    first = canvas.head((sign, look.muted), head[:1] if unfolded else head, (note, look.faint))
    return [first, *canvas.capped(text, style, look.faint)] if unfolded else [first]


def _first(text: str) -> str:
    return line(unmarked(text[:400].strip()))


def _words(block: Words, canvas: Canvas) -> list[Strip]:
    look = canvas.look
    rows = canvas.text(block.text[:TEXT_LIMIT].strip(), look.muted if block.waits else look.base, bar=look.mine)
    told = [line(block.by), "interrupted it" if block.cut and not block.waits else ""]
    told.append(f"to be read {block.waits}" if block.waits else "")
    if words := ", ".join(word for word in told if word):
        rows.append(canvas.row((words, look.faint)))
    return [*rows, *canvas.hidden(len(block.text) - TEXT_LIMIT)]


def _prose(block: Prose, canvas: Canvas, markdown: Markdown) -> list[Strip]:
    look = canvas.look
    cleaned = clean(block.text)
    rows = None if block.live else markdown(cleaned, canvas.inner, look)
    if rows is None:
        strips = canvas.text(block.text.rstrip(), look.base)
    else:
        margin = Segment(" " * LEFT, look.base)
        strips = [Strip([margin, *row]).adjust_cell_length(canvas.width, look.base) for row in rows]
    return [*strips, *canvas.hidden(block.hidden)]
