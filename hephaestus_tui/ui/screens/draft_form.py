"""Turns a draft into the text of a form and back, without losing a character of what nobody touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from hephaestus_tui.domain.decision import draft_changes
from hephaestus_tui.domain.graph import blocker_fault
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Discovery, Phase, Priority, TaskDraft, TaskId, draft_faults
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.lines import whole
from hephaestus_tui.ui.widgets.task_words import Reading, field_words, title_of

FormText: TypeAlias = Mapping[str, str]
BY_HUMAN = "asked for by the human"
_ID = re.compile(r"[Tt]?([0-9]{1,9})", re.ASCII)
_BETWEEN = re.compile(r"[\s,;]+")


def form_text(draft: TaskDraft) -> dict[str, str]:
    """What the form shows for each field: all of the text, with what is invisible in it made visible."""
    return {
        "title": " ".join(whole(draft.title).split("\n")),
        "description": whole(draft.description),
        "rationale": whole(draft.rationale),
        "phase": draft.phase,
        "role": draft.role,
        "blocked_by": " ".join(whole(blocker) for blocker in draft.blocked_by),
        "done_criteria": "\n".join(" ".join(whole(c).split("\n")) for c in draft.done_criteria),
        "discovery": draft.discovery,
        "priority": draft.priority,
    }


def read_form(texts: FormText, shown: TaskDraft) -> TaskDraft:
    """The draft that the form says. A field whose text is as it was shown keeps the value of `shown`, raw."""
    before = form_text(shown)
    new = {name: text for name, text in texts.items() if text != before[name]}
    criteria = [row.strip() for row in new.get("done_criteria", "").split("\n")]
    return TaskDraft(
        title=new["title"].strip() if "title" in new else shown.title,
        description=new["description"].strip("\n") if "description" in new else shown.description,
        rationale=new["rationale"].strip("\n") if "rationale" in new else shown.rationale,
        phase=Phase(new.get("phase", shown.phase)),
        role=new.get("role", shown.role),
        blocked_by=blocker_ids(new["blocked_by"]) if "blocked_by" in new else shown.blocked_by,
        done_criteria=tuple(c for c in criteria if c) if "done_criteria" in new else shown.done_criteria,
        discovery=Discovery(new.get("discovery", shown.discovery)),
        priority=Priority(new.get("priority", shown.priority)),
    )


def blocker_ids(text: str) -> tuple[TaskId, ...]:
    """Ids as people write them: "t2, 3" is T2 and T3. What is no id is kept, to be named in the fault."""
    found: list[TaskId] = []
    for word in _BETWEEN.split(text):
        if word:
            match = _ID.fullmatch(word)
            found.append(f"T{int(match[1])}" if match else word)
    return tuple(found)


def faults_of(draft: TaskDraft, task_id: TaskId, state: RunState) -> dict[str, str]:
    """What is wrong with each field, by itself and in the graph as it is now."""
    faults = draft_faults(draft, state.roles)
    if fault := blocker_fault(state.blockers, task_id, draft.blocked_by):
        faults["blocked_by"] = fault
    return faults


def blocker_notes(ids: tuple[TaskId, ...], state: RunState) -> list[str]:
    """One line for each blocker that exists: its title and state, and a warning where it will never complete."""
    reading = Reading(state, UNICODE)
    notes: list[str] = []
    for blocker in dict.fromkeys(ids):
        if blocker in state.blockers:
            words = reading.status(blocker)
            if reading.is_gone(blocker) or reading.is_dead(blocker):
                words += ": it would never start"
            notes.append(f"{blocker}  {title_of(state, blocker)}  {words}")
    return notes


def changed_fields(before: TaskDraft, after: TaskDraft) -> list[str]:
    return [field_words(change.field) for change in draft_changes(before, after)]


def decided_meanwhile(state: RunState, task_id: TaskId | None, version: int | None) -> str:
    """Why a form on a proposal can no longer be saved; empty where it can. A new task (None) always can."""
    if task_id is None:
        return ""
    if proposal := state.proposals.get(task_id):
        if version is not None and proposal.version != version:
            return (
                f"{task_id} was proposed anew meanwhile: copy what you need, leave with escape, and edit that version."
            )
        return ""
    decision = state.decisions.get(task_id)
    if decision is None:
        return f"{task_id} is not an open proposal: nothing can be saved here."
    verdict = "rejected" if decision.final is None else "accepted"
    by = line(str(decision.actor))
    return (
        f"{task_id} was {verdict} by {by} meanwhile: nothing can be saved; copy what you need, and leave with escape."
    )
