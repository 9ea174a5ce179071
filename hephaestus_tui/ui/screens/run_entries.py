"""How an earlier run reads in the list: its state comes first, since that is what one looks through the list for."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.session import RunSummary
from hephaestus_tui.ui.glyphs import COLOURS, GlyphSet, Mark
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.words import ago, count, first_line, money


def state(run: RunSummary) -> tuple[Mark, str]:
    """What a person would do with it: decide, look at a failure, go on, or nothing more."""
    if waits := [count(number, what) for number, what in _waiting(run) if number]:
        one = sum(number for number, _what in _waiting(run)) == 1
        return Mark.NEEDS_YOU, f"{', '.join(waits)} {'waits' if one else 'wait'}"
    if run.failed and run.completed + run.failed >= run.tasks:
        return Mark.FAILED, "failed"
    if run.tasks and run.completed == run.tasks:
        return Mark.DONE, "finished"
    return Mark.READY, "not finished"


def _waiting(run: RunSummary) -> tuple[tuple[int, str], ...]:
    return (run.waiting, "proposal"), (run.questions, "question"), (run.to_merge, "merge")


def entry(run: RunSummary, now: float, glyphs: GlyphSet) -> Content:
    """Two lines: the state and the goal, then the age and what came of it."""
    mark, word = state(run)
    parts = [
        Content.styled(word, f"${COLOURS[mark]}"),
        Content.styled(ago(now - run.last_at), "$text-muted"),
        Content.styled(f"{run.completed}/{count(run.tasks, 'task')}", "$success"),
    ]
    if run.failed:
        parts.append(Content.styled(f"{run.failed} failed", "$error"))
    if run.cost:
        parts.append(Content.styled(money(run.cost), "$text-muted"))
    parts.append(Content.styled(line(short_model(run.model), 40), "$text-muted"))
    facts = Content.styled(f" {glyphs.bullet} ", "$text-muted").join(parts)
    sign = Content.styled(f"{glyphs.marks[mark]} ", f"${COLOURS[mark]}")
    return sign + Content.styled(line(first_line(run.goal), 160), "bold") + Content("\n  ") + facts


def matching(runs: Sequence[RunSummary], typed: str) -> Sequence[RunSummary]:
    """The runs whose goal holds every word that was typed; none where it is a new goal that is being written."""
    words = typed.casefold().split()
    return [run for run in runs if all(word in run.goal.casefold() for word in words)]
