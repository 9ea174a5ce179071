"""How a note of the run reads: two rows in the list, and all of it below."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Note
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of, paragraphs
from hephaestus_tui.ui.widgets.row_list import Piece, spread
from hephaestus_tui.ui.widgets.task_words import title_of
from hephaestus_tui.ui.words import ago

HEIGHT = 2
_ID_CELLS = 5
_TEXT_CELLS = 400


def note_words(state: RunState, note: Note) -> str:
    """What a search looks through."""
    title = title_of(state, note.task_id) if note.task_id else ""
    return f"{note.id} {note.text} {' '.join(note.tags)} {author_words(note)} {title}"


def author_words(note: Note) -> str:
    """Who wrote it, and who changed it since."""
    agent = f"{note.task_id}'s {line(note.role.replace('_', ' '), 40)}" if note.task_id else ""
    person = line(str(note.by), 40) if note.by else ""
    return f"{agent}, changed by {person}" if agent and person else agent or person


def note_rows(note: Note, now: float, width: int, glyphs: GlyphSet) -> list[list[Piece]]:
    """What it says, and who says so, since when and under which words. Two rows of `width` cells."""
    since = f"{ago(now - note.at)} "
    room = max(width - _ID_CELLS - cell_len(since) - 2, 0)
    text = line(note.text, min(room, _TEXT_CELLS), ellipsis=glyphs.ellipsis)
    head = [
        Piece(note.id.ljust(_ID_CELLS), "muted" if note.struck else "strong"),
        Piece(text, "muted" if note.struck else "text"),
    ]
    struck = f"STRUCK by {line(str(note.struck), 20)} " if note.struck else ""
    tags = f" [{line(', '.join(note.tags), 60)}]" if note.tags else ""
    told = line(
        f"{author_words(note)}{tags}", max(width - _ID_CELLS - cell_len(struck) - 2, 0), ellipsis=glyphs.ellipsis
    )
    return [
        spread(head, [Piece(since, "muted")], width),
        spread([Piece(" " * _ID_CELLS), Piece(told, "muted")], [Piece(struck, "careful")], width),
    ]


def note_lines(state: RunState, note: Note) -> Iterator[Line]:
    """All of one note."""
    yield from paragraphs(note.text)
    if note.task_id:
        yield line_of(Span(f"{author_words(note)}: {title_of(state, note.task_id)}", "muted"))
