"""Done criteria as rows on the screen: a command is shown exactly, since to accept a proposal is to let it be run."""

from __future__ import annotations

from hephaestus_tui.domain.criterion import PROMPT, Criterion, command_of, words_of
from hephaestus_tui.domain.decision import FieldValue
from hephaestus_tui.ui.text import exact, line


def criterion_rows(criterion: Criterion) -> list[str]:
    """Its words, and below them its command, where it has one."""
    command = command_of(criterion)
    return [line(words_of(criterion)), *([command_row(command)] if command else [])]


def criteria_rows(criteria: FieldValue) -> list[str]:
    """The same for each of them, or for the ids or the text of another field."""
    found = [criteria] if isinstance(criteria, str) else criteria
    return [row for criterion in found for row in criterion_rows(criterion)]


def command_row(command: str) -> str:
    return f"  {PROMPT}{exact(command)}"
