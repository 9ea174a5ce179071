"""What an agent and a human are told of criteria that were checked; without the exact result nobody could mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hephaestus_tui.domain.check import Check
from hephaestus_tui.domain.events import CriteriaUnmet
from hephaestus_tui.domain.task import Evidence


def unmet_words(unmet: CriteriaUnmet, most: int) -> str:
    """Why a task is not completed: what has no evidence, what failed with its output, and what held."""
    tries = f" (try {unmet.round} of {most})" if most else ""
    lines = [f"The task is not completed{tries}."]
    if unmet.missing:
        named = "; ".join(repr(words) for words in unmet.missing)
        lines.append(f"Evidence is missing for {named}. Give one entry for each done criterion, in its own words.")
        return "\n".join(lines)
    for piece in unmet.evidence:
        if piece.checked and not piece.holds:
            lines += ["", f"Not met: {piece.criterion}", *_failed(piece.checked)]
    held = list(checked_words(piece for piece in unmet.evidence if piece.holds))
    return "\n".join([*lines, *(["", *held] if held else [])])


def checked_words(evidence: Iterable[Evidence]) -> Iterator[str]:
    """A line for each criterion whose command was run and ended with 0."""
    for piece in evidence:
        if piece.checked:
            yield f"Checked: {piece.criterion}: `{piece.checked.command}` ended with 0 after {piece.checked.seconds:.1f} s"


def _failed(check: Check) -> Iterator[str]:
    if check.note:
        yield f"`{check.command}`: {check.note}"
    else:
        yield f"`{check.command}` was run:"
    if check.output and check.output not in check.note:
        yield check.output
