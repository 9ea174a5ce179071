"""Without this, an agent would never learn what a human decided on its proposal."""

from __future__ import annotations

from hephaestus_tui.domain.decision import Decision, FieldValue, Verdict
from hephaestus_tui.domain.task import DRAFT_FIELDS

UNANSWERED = "No result: the call was interrupted, and whether it had an effect is unknown. Look before you repeat it."

_NAMES = {"blocked_by": "blocking_task_ids"}


def decision_text(decision: Decision) -> str:
    """The words in which a decision reaches the model: whole, in its own field names, and what follows from it."""
    who = decision.actor
    if decision.verdict is Verdict.REJECT or decision.final is None:
        return (
            f"Your proposal {decision.task_id} was rejected by {who}.\n"
            f"Reason: {decision.reason or 'none was given'}\n"
            "It will not be done. Go on without it, and do not propose it again unless the reason no longer holds."
        )
    lines: list[str] = []
    if decision.changes:
        lines.append(f"Your proposal {decision.task_id} was accepted with changes by {who}. What was changed:")
        lines += [f"- {_name(c.field)}: {_value(c.before)} → {_value(c.after)}" for c in decision.changes]
    else:
        lines.append(f"Your proposal {decision.task_id} was accepted by {who} as it was.")
    if decision.reason:
        lines.append(f"Note: {decision.reason}")
    lines.append(f"{decision.task_id} as it will be done:")
    lines += [f"- {_name(field)}: {_value(getattr(decision.final, field))}" for field in DRAFT_FIELDS]
    return "\n".join(lines)


def _name(field: str) -> str:
    return _NAMES.get(field, field)


def _value(value: FieldValue) -> str:
    if isinstance(value, tuple):
        return "; ".join(value) or "(none)"
    return value or "(empty)"
