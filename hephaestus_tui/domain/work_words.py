"""What facts of workspaces say in a sentence, the same on the command line and on the screen."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from hephaestus_tui.domain.facts.work import (
    ConflictAssigned,
    WorkDiscarded,
    WorkDone,
    WorkMerged,
    WorkSentBack,
    WorkspacesChosen,
)
from hephaestus_tui.domain.work import WorkspaceMode

_NAMED = 3
_Told: TypeAlias = WorkspacesChosen | WorkDone | WorkMerged | WorkSentBack | WorkDiscarded | ConflictAssigned


def fact_words(fact: _Told) -> str:
    """Empty where there is nothing that a person need know. Paths in it are as git has them."""
    match fact:
        case WorkspacesChosen():
            return chosen_words(fact)
        case WorkDone():
            files = len(fact.paths)
            if not files:
                return f"{fact.task_id} changed nothing: there is nothing to merge"
            what = f"{files} {'file' if files == 1 else 'files'} (+{fact.insertions} -{fact.deletions})"
            return f"{fact.task_id} has changed {what} on {fact.branch}, to be merged"
        case WorkMerged():
            return f"{fact.task_id} merged into {fact.branch} by {fact.actor}"
        case WorkSentBack():
            lines = f" and {len(fact.comments)} on lines" if fact.comments else ""
            return f"{fact.task_id} sent back by {fact.actor}: {' '.join(fact.text.split()) or 'no words'}{lines}"
        case WorkDiscarded():
            why = f": {fact.reason}" if fact.reason else ""
            return f"the work of {fact.task_id} given up by {fact.actor}{why}; its branch {fact.branch} stays"
        case ConflictAssigned():
            return f"{fact.task_id} is to resolve the conflict of {fact.resolves} in {_some(fact.paths)}"
        case _:
            assert_never(fact)


def chosen_words(chosen: WorkspacesChosen) -> str:
    """Where tasks work, if not as one would expect, and what they do not see."""
    words = []
    why = chosen.why.rstrip(".")
    if chosen.mode is WorkspaceMode.OFF:
        words.append(f"tasks work in the project itself ({why}): nothing is reviewed before it is there")
    elif chosen.mode is WorkspaceMode.COPY:
        words.append("tasks work in copies of the project" + (f" ({why})" if why else ""))
    if chosen.uncommitted:
        files = len(chosen.uncommitted)
        what = f"{files} {'file' if files == 1 else 'files'} of yours not committed ({_some(chosen.uncommitted)})"
        words.append(f"tasks begin from the last commit and do not see {what}")
    return "; ".join(words)


def _some(paths: tuple[str, ...]) -> str:
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(paths[:_NAMED]) + more
