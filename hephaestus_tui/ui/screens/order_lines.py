"""What an order that ends tasks, or begins them anew, would do: all of it, before it is given."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.reach import Reach, at_the_gate, restartable, unended
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of
from hephaestus_tui.ui.widgets.task_words import Reading, few
from hephaestus_tui.ui.words import count


def stop_lines(state: RunState, reach: Reach, glyphs: GlyphSet) -> Iterator[Line]:
    """The tasks that end, the proposals that do not, and what is lost."""
    ids = unended(state, reach)
    if not ids:
        yield line_of("Nothing is left here to stop.")
        return
    yield line_of(Span(f"{count(len(ids), 'task')} will be stopped:", "strong"))
    yield from Reading(state, glyphs).task_lines(ids)
    yield from _gate(state, reach)
    yield BLANK
    yield line_of("Nothing is lost: streams are closed and commands killed, what was said and done is kept.")


def restart_lines(state: RunState, reach: Reach, glyphs: GlyphSet) -> Iterator[Line]:
    """The tasks that begin anew, each as it stands now."""
    ids = restartable(state, reach)
    if not ids:
        yield line_of("Nothing is left here to restart.")
        return
    yield line_of(
        Span(f"{count(len(ids), 'task')} will begin a new attempt; what is at work is stopped first:", "strong")
    )
    yield from Reading(state, glyphs).task_lines(ids)
    yield from _gate(state, reach)


def _gate(state: RunState, reach: Reach) -> Iterator[Line]:
    if proposals := at_the_gate(state, reach):
        yield line_of(Span(f"Left at the gate, to be decided on: {few(proposals)}.", "muted"))
