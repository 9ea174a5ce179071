"""Rows of a tool's output in the colours that it gave them, wrapped as plain output is."""

from __future__ import annotations

from itertools import pairwise

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hephaestus_tui.ui.colours import PLAIN, Tint, coloured
from hephaestus_tui.ui.text import TEXT_LIMIT
from hephaestus_tui.ui.widgets.drawing import ROWS_LIMIT, Canvas
from hephaestus_tui.ui.widgets.look import Look
from hephaestus_tui.ui.widgets.wrapping import wrap


def coloured_rows(text: str, canvas: Canvas) -> list[Strip]:
    """Output behind a bar, its first TEXT_LIMIT characters; how much more there is is said."""
    plain, tints = coloured(text[:TEXT_LIMIT].rstrip().strip("\n"))
    rows: list[Strip] = []
    place, tint, coming = 0, PLAIN, list(reversed(tints))
    wrapped = [(line, wrap(line, canvas.inner - 2)) for line in plain.split("\n")]
    count = sum(len(pieces) for _, pieces in wrapped)
    for _, pieces in wrapped:
        for piece in pieces:
            if len(rows) == ROWS_LIMIT - 1 and count > ROWS_LIMIT:
                left = count - len(rows)
                rows.append(
                    canvas.row(
                        (f"{canvas.look.bar} ", canvas.look.faint),
                        (f"{canvas.look.glyphs.ellipsis} {left:,} more lines", canvas.look.muted),
                    )
                )
                return [*rows, *canvas.hidden(len(text) - TEXT_LIMIT)]
            segments, end = [], place + len(piece)
            while place < end:
                while coming and coming[-1][0] <= place:
                    tint = coming.pop()[1]
                upto = min(end, coming[-1][0]) if coming else end
                segments.append(
                    (
                        piece[len(piece) - (end - place) : len(piece) - (end - upto)],
                        _style(tint, canvas.look, canvas.look.muted),
                    )
                )
                place = upto
            rows.append(canvas.row((f"{canvas.look.bar} ", canvas.look.faint), *_trimmed(segments)))
        place += 1
    return [*rows, *canvas.hidden(len(text) - TEXT_LIMIT)]


def coloured_line(text: str, look: Look) -> list[Segment]:
    """One line of output, in its colours on the ground of the look; not wrapped, and cut where a line is always cut."""
    plain, tints = coloured(text)
    plain = plain.replace("\n", " ")
    marks = [(0, PLAIN), *tints, (len(plain), PLAIN)]
    pieces = pairwise(marks)
    return [Segment(plain[a:b], look.base + _style(tint, look, look.base)) for (a, tint), (b, _) in pieces if b > a]


def _style(tint: Tint, look: Look, plain: Style) -> Style:
    role: Style = getattr(look, tint.role) if tint.role else plain
    if tint == PLAIN or not (tint.bold or tint.italic or tint.underline or tint.reverse):
        return role
    return role + Style(
        bold=tint.bold or None,
        italic=tint.italic or None,
        underline=tint.underline or None,
        reverse=tint.reverse or None,
    )


def _trimmed(segments: list[tuple[str, Style]]) -> list[tuple[str, Style]]:
    """Without the spaces at the end, which may hang over."""
    while segments and not segments[-1][0].rstrip():
        segments.pop()
    if segments:
        segments[-1] = (segments[-1][0].rstrip(), segments[-1][1])
    return segments
