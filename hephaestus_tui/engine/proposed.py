"""What a task has proposed in earlier attempts; without this one that begins anew would propose all of it a second time."""

from __future__ import annotations

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, TaskDraft, TaskId
from hephaestus_tui.engine.standing import VERDICT_WORDS

SHOWN = 20
_TITLE = 120  # characters
_REASON = 200


def before(state: RunState, task_id: TaskId) -> list[TaskId]:
    """The proposals that the present conversation of a task knows nothing of, the oldest first."""
    begins = state.begins.get(task_id, 0)
    return [child for child in state.children(task_id) if (_turn(state, child) or 0) < begins]


def same_before(state: RunState, origin: Origin, draft: TaskDraft) -> TaskId | None:
    """What an earlier attempt proposed under the same title and for the same phase; the latest of them."""
    if origin.task_id is None:
        return None
    for known in reversed(before(state, origin.task_id)):
        theirs = state.versions[known][0].draft
        if theirs.phase is draft.phase and _plain(theirs.title) == _plain(draft.title):
            return known
    return None


def proposed_lines(state: RunState, task_id: TaskId) -> str:
    """For the brief: each with how it stands now; empty where there is none."""
    known = before(state, task_id)
    if not known:
        return ""
    more = len(known) - SHOWN
    return "\n".join(
        [
            "What earlier attempts at this task proposed. Do not propose it again; name it by its id where you need it:",
            *([f"- {more} more before these"] if more > 0 else []),
            *(
                f"- {child} ({_stands(state, child)}): {_short(_title(state, child), _TITLE)}"
                for child in known[-SHOWN:]
            ),
        ]
    )


def _stands(state: RunState, task_id: TaskId) -> str:
    decision = state.decisions.get(task_id)
    if decision is None:
        return "waits for a human's decision"
    if decision.merged_into:
        return f"merged into {decision.merged_into}"
    if task := state.tasks.get(task_id):
        return f"{VERDICT_WORDS[decision.verdict]}, {task.status.replace('_', ' ')}"
    reason = f": {_short(decision.reason, _REASON)}" if decision.reason else ""
    return f"{VERDICT_WORDS[decision.verdict]}{reason}"


def _title(state: RunState, task_id: TaskId) -> str:
    draft = state.draft(task_id) or state.versions[task_id][-1].draft
    return draft.title


def _turn(state: RunState, task_id: TaskId) -> int | None:
    return state.versions[task_id][0].origin.turn


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _short(text: str, width: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"
