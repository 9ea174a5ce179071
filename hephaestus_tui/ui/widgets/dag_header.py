"""What stands above the tasks: how many are in each state, and what share of each phase is done."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len

from hephaestus_tui.domain.task import Phase
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.widgets.dag_spans import PHASE, ROLE, Span, cells, cut

# what is no task (yet, or any more) is no part of the whole
_APART = (
    Mark.PROPOSED, Mark.AMENDED, Mark.QUERIED, Mark.REJECTED, Mark.JOINED, Mark.CANCELLED, Mark.DISCARDED,
)  # fmt: skip
_LEAST, _MOST = 3, 12


def phase_bars(of: Mapping[tuple[Phase, Mark], int], width: int, glyphs: GlyphSet) -> list[Span]:
    """A bar a phase with "done/tasks" behind it, in at most `width` cells; where room is short, the bars go first."""
    told = [(phase, *_done(of, phase)) for phase in Phase]
    numbers = [f" {done:,}/{tasks:,}" if tasks else " -" for _, done, tasks in told]
    letters = [f"{phase.value[0].upper()} " for phase, _, _ in told]
    gaps = 2 * (len(told) - 1)
    room = (width - gaps - sum(map(cell_len, numbers)) - sum(map(cell_len, letters))) // len(told)
    length = min(room, _MOST) if room >= _LEAST else 0
    full, rest = ("=", "-") if glyphs.name == "ascii" else ("━", "─")
    spans: list[Span] = []
    for (_, done, tasks), letter, number in zip(told, letters, numbers, strict=True):
        filled = length * done // tasks if tasks else 0
        if done and not filled:
            filled = min(1, length)
        if spans:
            spans.append(Span("  ", PHASE))
        spans += [
            Span(letter, PHASE), Span(full * filled, Mark.DONE), Span((rest if tasks else " ") * (length - filled), "lane"),
            Span(number if length else number.strip(), Mark.DONE if tasks and done == tasks else ROLE),
        ]  # fmt: skip
    return cut(spans, width)


def _done(of: Mapping[tuple[Phase, Mark], int], phase: Phase) -> tuple[int, int]:
    tasks = sum(count for (where, mark), count in of.items() if where is phase and mark not in _APART)
    return of.get((phase, Mark.DONE), 0), tasks


_COUNTED = (Mark.DONE, Mark.RUNNING, Mark.NEEDS_YOU, Mark.BLOCKED, Mark.READY, Mark.PROPOSED, Mark.FAILED)
_IF_ANY = (
    Mark.TO_MERGE, Mark.AMENDED, Mark.QUERIED, Mark.PAUSED, Mark.DEAD, Mark.REJECTED, Mark.JOINED, Mark.CANCELLED, Mark.DISCARDED,
    Mark.PENDING,
)  # fmt: skip
_NAMES = {Mark.DEAD: "can never start"}
# what keeps its word where there is no room for all of them, the first the longest
_FIRST_IN_WORDS = (
    Mark.NEEDS_YOU, Mark.FAILED, Mark.TO_MERGE, Mark.DEAD, Mark.PROPOSED, Mark.AMENDED, Mark.RUNNING, Mark.DONE,
    Mark.BLOCKED, Mark.PAUSED, Mark.READY,
)  # fmt: skip


def counts(of: Mapping[Mark, int], width: int, glyphs: GlyphSet) -> list[Span]:
    """How many tasks are in each state, in at most `width` cells, in the order of `_COUNTED`, none for what nothing is in.

    Where room is short, the words of the less urgent go first; the help tells the signs.
    """
    there = [mark for mark in (*_COUNTED, *_IF_ANY) if of.get(mark)]
    wordy = {m: Span(f"{glyphs.marks[m]} {of[m]:,} {_NAMES.get(m, m)}  ", m) for m in there}
    shown = {m: Span(f"{glyphs.marks[m]}{of[m]:,} ", m) for m in there}
    room = width - cells(list(shown.values()))
    for mark in dict.fromkeys((*_FIRST_IN_WORDS, *there)):
        if mark in wordy and (more := cell_len(wordy[mark].text) - cell_len(shown[mark].text)) <= room:
            shown[mark] = wordy[mark]
            room -= more
    return cut(list(shown.values()), width)
