"""What waits in vain for something, and the choices for it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hephaestus_tui.domain.merging import followers
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.screens.dialog import past
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of
from hephaestus_tui.ui.widgets.task_words import MANY, Reading, few
from hephaestus_tui.ui.words import count

_DEEPEST = 10  # levels that are shown by indenting


@dataclass(frozen=True, slots=True)
class Stranded:
    """Something that waits in vain; `level` 0 waits for the blocker itself, 1 for one of those, and so on."""

    task_id: TaskId
    level: int


def stranded_by(state: RunState, blocker: TaskId) -> tuple[Stranded, ...]:
    """All that cannot start without `blocker`, each once, below what it waits for."""
    found: dict[TaskId, Stranded] = {}
    stack = [(t, 0) for t in reversed(followers(state, blocker))]
    while stack:
        task_id, level = stack.pop()
        if task_id not in found:
            found[task_id] = Stranded(task_id, level)
            stack += [(t, level + 1) for t in reversed(followers(state, task_id))]
    return tuple(found.values())


def cause_words(state: RunState, blocker: TaskId) -> str:
    """Why it will never complete: "T3 failed: the tests do not pass"."""
    task = state.tasks.get(blocker)
    if task is None:
        decision = state.decisions[blocker]
        reason = f": {line(decision.reason)}" if decision.reason and not decision.merged_into else ""
        return f"{blocker} {past(decision)} by {line(str(decision.actor))}{reason}"
    if task.found_faults:
        return f"{blocker} found faults: {line(task.summary or '')}"
    verb = "failed" if task.status is TaskStatus.FAILED else "was cancelled"
    return f"{blocker} {verb}: {line(task.reason)}" if task.reason else f"{blocker} {verb}"


def told_lines(state: RunState, blocker: TaskId, stranded: tuple[Stranded, ...], glyphs: GlyphSet) -> Iterator[Line]:
    """Why the blocker is gone, and a line for each that waits in vain."""
    yield line_of(f"{cause_words(state, blocker).rstrip('.')}.")
    yield BLANK
    if not stranded:
        yield line_of("Nothing waits for it.")
        return
    yield line_of(Span(f"{count(len(stranded), 'waits', 'wait')} in vain", "heading"))
    reading, kept = Reading(state, glyphs), state.kept.get(blocker, ())
    for each in stranded[:MANY]:
        (row,) = reading.task_lines([each.task_id])
        words = (Span(", left waiting", "muted"),) if each.task_id in kept and each.level == 0 else ()
        yield Line((*row.spans, *words), head=row.head, indent=2 * min(each.level, _DEEPEST))
    if len(stranded) > MANY:
        yield line_of(Span(f"and {len(stranded) - MANY:,} more", "muted"))


def offered(state: RunState, blocker: TaskId, stranded: tuple[Stranded, ...]) -> list[tuple[str, str]]:
    """The keys that choose something that is not so already, and what each of them does."""
    direct = [each.task_id for each in stranded if each.level == 0]
    if not direct:
        task = state.tasks.get(blocker)
        unsettled = task is not None and task.status is TaskStatus.FAILED and blocker not in state.kept
        words = f"leave {blocker} be: it stays as it is, and you are not asked about it again"
        return [("w", words)] if unsettled else []
    they, wait = ("it", "waits") if len(direct) == 1 else ("them", "wait")
    all_of_them = "it" if len(stranded) == 1 else f"all {len(stranded):,}"
    choices = [
        ("g", f"go ahead: {few(direct)} no longer {wait} for {blocker}"),
        ("c", f"reject or cancel {all_of_them}, too"),
    ]
    if set(direct) <= set(state.kept.get(blocker, ())):
        return choices
    return [*choices, ("w", f"leave {they} waiting for {blocker}")]
