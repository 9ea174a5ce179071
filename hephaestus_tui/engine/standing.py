"""How a proposal stands, as the tools of the gate tell it to an agent: JSON text that is ours, and that we read again."""

from __future__ import annotations

import json
import re

from hephaestus_tui.domain.criterion import said
from hephaestus_tui.domain.decision import Decision, FieldValue, Verdict
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId

VERDICT_WORDS = {Verdict.ACCEPT: "accepted", Verdict.EDIT: "edited", Verdict.REJECT: "rejected"}
_DECIDED = re.compile(r'\{"task_id": "T[0-9]+", "decision_id": ([0-9]+),')
_OF_THE_GATE = re.compile(r"spawn_\w+_task|answer_about_proposal|request_review")


def is_of_the_gate(tool: str) -> bool:
    """Whether the results of this tool are written here."""
    return _OF_THE_GATE.fullmatch(tool) is not None


def decision_in(result: str) -> int | None:
    """The id of the decision that a result of such a tool told of."""
    found = _DECIDED.match(result)
    return int(found[1]) if found else None


_AGAIN = "An earlier attempt at your task proposed this already, so nothing new was proposed."


def standing_text(state: RunState, task_id: TaskId, *, again: bool = False) -> str:
    """What the agent that proposed `task_id` is told of it: the decision, the question, or that it waits, with its likes.

    `again`: it was an earlier attempt that proposed it.
    """
    known = {"proposed_before": _AGAIN} if again else {}
    if decision := state.decisions.get(task_id):
        return json.dumps(_decided(decision) | known, ensure_ascii=False)
    told: dict[str, object] = {"task_id": task_id}
    if query := state.queries.get(task_id):
        told |= {"standing": "asked", "note": f"{query.actor} asks about it; the question follows."}
    else:
        note = "A human decides on it; go on with your task meanwhile. You will be told the decision."
        told |= {"standing": "proposed", "note": note}
    if likes := _likes(state, task_id):
        told["likely_duplicate_of"] = likes
    return json.dumps(told | known, ensure_ascii=False)


def _likes(state: RunState, task_id: TaskId) -> list[str]:
    near = state.proposals[task_id].near
    return [_like(state, n.task_id) for n in near if n.score >= state.duplicate_score]


def _like(state: RunState, task_id: TaskId) -> str:
    draft = state.draft(task_id)
    words = f"{task_id}: {draft.title if draft else ''}"
    if (decision := state.decisions.get(task_id)) and decision.final is None:
        return f"{words} (rejected: {decision.reason})"
    return words


def _decided(decision: Decision) -> dict[str, object]:
    told: dict[str, object] = {
        "task_id": decision.task_id,
        "decision_id": decision.id,
        "decision": VERDICT_WORDS[decision.verdict],
        "decided_by": str(decision.actor),
    }
    if decision.merged_into:
        told["merged_into"] = decision.merged_into
    if decision.reason:
        told["reason"] = decision.reason
    if decision.changes:
        told["changes"] = {c.field: {"proposed": _plain(c.before), "final": _plain(c.after)} for c in decision.changes}
    return told


def _plain(value: FieldValue) -> str | list[str]:
    return value if isinstance(value, str) else [said(one) for one in value]
