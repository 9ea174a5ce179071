"""What must be true when a task is done, and what shows that it is: without it a claim would look like a proof."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.check import Check
from hephaestus_tui.domain.criterion import command_of, words_of
from hephaestus_tui.domain.events import CriteriaUnmet
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Evidence, TaskDraft, TaskId
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.text import clean, line
from hephaestus_tui.ui.widgets.criteria_words import command_row
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of

_SHOWN = 12  # rows of the end of what a command wrote


def criteria_lines(draft: TaskDraft, state: RunState, task_id: TaskId, glyphs: GlyphSet) -> list[Line]:
    """Each criterion with its command and its evidence, then evidence under other words than those asked for."""
    task, unmet = state.tasks.get(task_id), state.unmet.get(task_id)
    left = list(unmet.evidence if unmet else task.evidence if task else ())
    lines: list[Line] = []
    for criterion in draft.done_criteria:
        proof = next((e for e in left if e.criterion == words_of(criterion)), None)
        lines += _criterion(words_of(criterion), command_of(criterion), proof, glyphs)
        left = [e for e in left if e is not proof]
    if left:
        asked = "not asked for" if draft.done_criteria else "no criteria were set"
        lines.append(line_of(Span(f"{asked}; its agent says of its own accord:", "muted")))
    for proof in left:
        lines += _criterion(proof.criterion, None, proof, glyphs, asked=False)
    if task and task.waived:
        lines.append(
            line_of(Span(f"accepted as it is by {line(task.waived.by)}: ", "careful"), line(task.waived.reason))
        )
    if checking := state.checking.get(task_id):
        lines.append(line_of(Span("running now: ", "muted"), command_row(checking.command).strip()))
    return lines


def criteria_told(draft: TaskDraft, state: RunState, task_id: TaskId) -> str:
    """How many hold, in few words; empty where nobody has said yet that any does."""
    task, unmet = state.tasks.get(task_id), state.unmet.get(task_id)
    evidence = unmet.evidence if unmet else task.evidence if task else ()
    if not evidence:
        return ""
    held = {piece.criterion for piece in evidence if piece.holds}
    return f"{sum(words_of(c) in held for c in draft.done_criteria):,} of {len(draft.done_criteria):,} shown"


def unmet_lines(unmet: CriteriaUnmet, glyphs: GlyphSet) -> Iterator[Line]:
    """Why a task could not be completed: what has no evidence, and each criterion that has, those that failed first."""
    for words in unmet.missing:
        yield _row(glyphs.marks[Mark.FAILED], "bad", line(words))
        yield Line((Span("its agent gave no evidence", "muted"),), indent=2)
    for piece in sorted(unmet.evidence, key=lambda piece: piece.holds):
        yield from _criterion(piece.criterion, piece.checked.command if piece.checked else None, piece, glyphs)


def _criterion(
    words: str, command: str | None, proof: Evidence | None, glyphs: GlyphSet, *, asked: bool = True
) -> Iterator[Line]:
    if proof is None or not asked:
        yield _row(glyphs.bullet, "muted", line(words))
    elif proof.holds:
        yield _row(glyphs.marks[Mark.DONE], "success", line(words))
    else:
        yield _row(glyphs.marks[Mark.FAILED], "bad", line(words))
    if command:
        yield Line((Span(command_row(command).strip()),), indent=2, exact=True)
    if proof and proof.checked:
        yield from _seen(proof.checked)
    if proof:
        who = "its agent says: " if proof.checked else ""
        yield Line((Span(f"{who}{line(proof.evidence)}", "muted"),), indent=2)


def _seen(check: Check) -> Iterator[Line]:
    """That it was run, and how it ended; of one that failed what it wrote last."""
    ended = f"exit code {check.code} after {check.seconds:.1f} s" if check.code is not None else line(check.note)
    style = "success" if check.passed else "bad"
    yield Line((Span(f"checked by the engine: {ended}", style),), indent=2)
    if not check.passed and check.code is not None:
        rows = clean(check.output).rstrip("\n").split("\n")
        yield from (Line((Span(row, "muted"),), indent=4) for row in rows[-_SHOWN:])


def _row(mark: str, style: str, words: str) -> Line:
    return Line((Span(words),), head=(Span(f"{mark} ", style),))
