"""What becomes of a target when a proposal is merged into it, and why it may not be: the preview and the gate must agree."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain.errors import BadDraft
from hephaestus_tui.domain.graph import path_between
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import CRITERIA_LIMIT, TEXT_LIMIT, TaskDraft, TaskId, TaskStatus

_WAITING = (TaskStatus.PENDING, TaskStatus.BLOCKED)


def merged(target: TaskDraft, proposal_id: TaskId, draft: TaskDraft) -> TaskDraft:
    """The target with the words and the criteria of a proposal; all else stays the target's own.

    What it has taken over already, in a merge that was undone, is not taken over twice. Raises BadDraft where the whole
    would be more than a task may hold: nothing is ever cut.
    """
    words = (
        f"Also ({proposal_id}: {draft.title.strip()}): {draft.description.strip()}\n\n{draft.rationale.strip()}".strip()
    )
    description = target.description.rstrip()
    if words not in description:
        description = f"{description}\n\n{words}".lstrip()
    criteria = tuple(dict.fromkeys((*target.done_criteria, *draft.done_criteria)))
    faults: dict[str, str] = {}
    if len(description) > TEXT_LIMIT:
        faults["description"] = (
            f"with {proposal_id} merged into it the description would have {len(description)} characters, "
            f"{TEXT_LIMIT} at most: shorten one of the two first"
        )
    if len(criteria) > CRITERIA_LIMIT:
        faults["done_criteria"] = (
            f"with {proposal_id} merged into it there would be {len(criteria)} done criteria, "
            f"{CRITERIA_LIMIT} at most: take some away first"
        )
    if faults:
        raise BadDraft(faults)
    return replace(target, description=description, done_criteria=criteria)


def followers(state: RunState, task_id: TaskId) -> tuple[TaskId, ...]:
    """The proposals and unbegun tasks that wait for `task_id` directly."""
    return tuple(
        t
        for t in state.waiters.get(task_id, ())
        if task_id in state.blockers[t]
        and (t in state.proposals or ((task := state.tasks.get(t)) is not None and task.status in _WAITING))
    )


def moved_blockers(state: RunState, task_id: TaskId, into: TaskId) -> dict[TaskId, tuple[TaskId, ...]]:
    """For each follower of `task_id` what it is blocked by when it waits for `into` instead.

    The target itself, where it is one, waits no longer for what it now does itself.
    """
    moved: dict[TaskId, tuple[TaskId, ...]] = {}
    for follower in followers(state, task_id):
        own = (into if blocker == task_id else blocker for blocker in state.blockers[follower])
        moved[follower] = tuple(dict.fromkeys(blocker for blocker in own if blocker != follower))
    return moved


def merge_fault(state: RunState, task_id: TaskId, into: TaskId) -> str | None:
    """Why a proposal may not be merged into `into`, in words for a person; None where it may."""
    if into == task_id:
        return f"{task_id} cannot be merged into itself: choose another task or proposal"
    if into in state.rejected:
        return f"{into} was rejected, so nothing can be merged into it: choose another task or proposal"
    if into not in state.proposals and into not in state.tasks:
        return f"there is no {into} in this run: choose a task or proposal of it"
    others = {t: blockers for t, blockers in state.blockers.items() if t != task_id}
    for follower in followers(state, task_id):
        if follower != into and (chain := path_between(others, into, follower)):
            steps = ", which waits for ".join(chain)
            return (
                f"{follower} waits for {task_id}; merged, it would wait for {steps}: a circle in which nothing could start. "
                f"Take {task_id} from the blockers of {follower} first, or choose another target"
            )
    return None
