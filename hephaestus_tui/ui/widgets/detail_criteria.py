"""What must be true when a task is done, and what shows that it is: without it a claim would look like a proof."""

from __future__ import annotations

from hephaestus_tui.domain.criterion import command_of, words_of
from hephaestus_tui.domain.task import Evidence, Task, TaskDraft
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.criteria_words import command_row
from hephaestus_tui.ui.widgets.lines import Line, Span


def criteria_lines(draft: TaskDraft, task: Task | None, glyphs: GlyphSet) -> list[Line]:
    """Each criterion with its command and its evidence, then evidence under other words than those asked for."""
    left = list(task.evidence) if task else []
    lines: list[Line] = []
    for criterion in draft.done_criteria:
        proof = next((e for e in left if e.criterion == words_of(criterion)), None)
        lines += _criterion(words_of(criterion), command_of(criterion), proof, glyphs)
        left = [e for e in left if e is not proof]
    for proof in left:
        lines += _criterion(proof.criterion, None, proof, glyphs, asked=False)
    return lines


def _criterion(
    words: str, command: str | None, proof: Evidence | None, glyphs: GlyphSet, *, asked: bool = True
) -> list[Line]:
    met = proof is not None and asked
    sign = Span(f"{glyphs.marks[Mark.DONE]} ", "success") if met else Span(f"{glyphs.bullet} ", "muted")
    lines = [Line((Span(line(words)),), head=(sign,))]
    if command:
        lines.append(Line((Span(command_row(command).strip()),), indent=2))
    if proof:
        lines.append(Line((Span(line(proof.evidence), "muted"),), indent=2))
    return lines
