"""Turns a draft into the text of a form and back, without losing a character of what nobody touched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from hephaestus_tui.domain.blocking import holding_fault
from hephaestus_tui.domain.criterion import read_criteria, written_criteria
from hephaestus_tui.domain.decision import draft_changes
from hephaestus_tui.domain.graph import blocker_fault, path_between
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Discovery, Phase, Priority, TaskDraft, TaskId, draft_faults
from hephaestus_tui.ui.screens.dialog import decided_words
from hephaestus_tui.ui.widgets.blocker_search import blocker_ids
from hephaestus_tui.ui.widgets.lines import whole
from hephaestus_tui.ui.widgets.task_words import field_words

FormText: TypeAlias = Mapping[str, str]
BY_HUMAN = "asked for by the human"


def form_text(draft: TaskDraft) -> dict[str, str]:
    """What the form shows for each field: all of the text, with what is invisible in it made visible."""
    return {
        "title": " ".join(whole(draft.title).split("\n")),
        "description": whole(draft.description),
        "rationale": whole(draft.rationale),
        "phase": draft.phase,
        "role": draft.role,
        "blocked_by": " ".join(whole(blocker) for blocker in draft.blocked_by),
        "blocks": " ".join(whole(blocked) for blocked in draft.blocks),
        "done_criteria": _criteria_text(draft),
        "discovery": draft.discovery,
        "priority": draft.priority,
    }


def _criteria_text(draft: TaskDraft) -> str:
    rows = written_criteria(draft.done_criteria, _row)
    return "\n".join(row for words, command in rows for row in (words, command) if row)


def _row(criterion: str) -> str:
    return " ".join(whole(criterion).split("\n"))


def read_form(texts: FormText, shown: TaskDraft, before: FormText | None = None) -> TaskDraft:
    """The draft that the form says. What is as it was shown keeps its value in `shown`, raw, also a moved criterion.

    `before` is the form of `shown`, where it is at hand.
    """
    before = before or form_text(shown)
    new = {name: text for name, text in texts.items() if text != before[name]}
    criteria = read_criteria(new.get("done_criteria", "").split("\n"), shown.done_criteria, _row)
    return TaskDraft(
        title=new["title"].strip() if "title" in new else shown.title,
        description=new["description"].strip("\n") if "description" in new else shown.description,
        rationale=new["rationale"].strip("\n") if "rationale" in new else shown.rationale,
        phase=Phase(new.get("phase", shown.phase)),
        role=new.get("role", shown.role),
        blocked_by=blocker_ids(new["blocked_by"]) if "blocked_by" in new else shown.blocked_by,
        blocks=blocker_ids(new["blocks"]) if "blocks" in new else shown.blocks,
        done_criteria=criteria if "done_criteria" in new else shown.done_criteria,
        discovery=Discovery(new.get("discovery", shown.discovery)),
        priority=Priority(new.get("priority", shown.priority)),
    )


def faults_of(draft: TaskDraft, task_id: TaskId, state: RunState) -> dict[str, str]:
    """What is wrong with each field, by itself and in the graph as it is now."""
    faults = draft_faults(draft, state.roles)
    if fault := blocker_fault(state.blockers, task_id, draft.blocked_by):
        faults["blocked_by"] = cycle_words(draft.blocked_by, task_id, state) or fault
    if fault := holding_fault(state, task_id, draft):
        faults["blocks"] = fault
    return faults


def cycle_words(blockers: tuple[TaskId, ...], task_id: TaskId, state: RunState) -> str:
    """The cycle that one of these blockers would close, link by link; empty where none does."""
    for blocker in blockers:
        if blocker != task_id and (chain := path_between(state.blockers, blocker, task_id)):
            links = "".join(f", which waits for {link}" for link in chain[1:])
            return f"a cycle: {task_id} would wait for {blocker}{links}. Take {blocker} out."
    return ""


def changed_fields(before: TaskDraft, after: TaskDraft) -> list[str]:
    return [field_words(change.field) for change in draft_changes(before, after)]


def decided_meanwhile(state: RunState, task_id: TaskId | None) -> str:
    """Why nothing can be decided about a proposal any more; empty where it can. A new task (None) always can be saved."""
    if task_id is None or not (words := decided_words(state, task_id)):
        return ""
    return f"{words} meanwhile: nothing can be saved. Copy what you need, and leave with escape."


def amended_meanwhile(state: RunState, task_id: TaskId | None, version: int | None) -> str:
    """That there is a newer version than the one a dialog was opened on, and in what it differs; else empty."""
    proposal = state.proposals.get(task_id) if task_id else None
    if proposal is None or version is None or proposal.version == version:
        return ""
    shown = next((p for p in state.versions.get(proposal.task_id, ()) if p.version == version), None)
    changed = changed_fields(shown.draft, proposal.draft) if shown else []
    what = f" ({', '.join(changed)})" if changed else ""
    return f"{task_id} was changed meanwhile{what}: it is version {proposal.version} now, and you have read {version}."
