"""What becomes of a target when a proposal is merged into it, and why it may not be: the preview and the gate must agree."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain.blocking import to_hold
from hephaestus_tui.domain.criterion import CRITERIA_LIMIT, joined
from hephaestus_tui.domain.errors import BadDraft
from hephaestus_tui.domain.graph import path_between
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TEXT_LIMIT, TaskDraft, TaskId, TaskStatus

_WAITING = (TaskStatus.PENDING, TaskStatus.BLOCKED)


def merged(target: TaskDraft, proposal_id: TaskId, draft: TaskDraft) -> TaskDraft:
    """The target with the words and the criteria of a proposal; all else stays the target's own.

    What it has taken over already, in a merge that was undone, is not taken over twice. Raises BadDraft where the whole
    would be more than a task may hold: nothing is ever cut.
    """
    why = "" if draft.rationale.strip() == target.rationale.strip() else draft.rationale.strip()
    words = f"Also ({proposal_id}: {draft.title.strip()}): {draft.description.strip()}\n\n{why}".strip()
    description = target.description.rstrip()
    if words not in description:
        description = f"{description}\n\n{words}".lstrip()
    criteria = joined(target.done_criteria, draft.done_criteria)
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
    blocks = tuple(dict.fromkeys((*target.blocks, *draft.blocks)))
    return replace(target, description=description, done_criteria=criteria, blocks=blocks)


def is_amended(state: RunState, into: TaskId) -> bool:
    """Whether a merge changes the target itself: it is a proposal, or a task on which no agent has begun."""
    task = state.tasks.get(into)
    return into in state.proposals or (task is not None and task.started_at is None and not task.status.ended)


def whole(state: RunState, task_id: TaskId, into: TaskId) -> TaskDraft:
    """The target as it is after the merge, also waiting for what the proposal waits for. Raises BadDraft, and KeyError
    where either is not there."""
    target, draft = state.draft(into), state.draft(task_id)
    if target is None or draft is None:
        raise KeyError(into if target is None else task_id)
    if not is_amended(state, into):
        return target
    blockers = (*target.blocked_by, *_own_blockers(state, task_id, into))
    result = merged(target, task_id, draft)
    waits_for = tuple(dict.fromkeys(b for b in blockers if b != task_id))
    blocks = tuple(b for b in result.blocks if b not in (task_id, into, *waits_for))
    return replace(result, blocked_by=waits_for, blocks=blocks)


def _own_blockers(state: RunState, task_id: TaskId, into: TaskId) -> tuple[TaskId, ...]:
    return tuple(b for b in state.blockers[task_id] if b not in (task_id, into))


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
    if (task := state.tasks.get(into)) and not task.status.ended:  # of a proposal they wait when it is accepted
        draft = state.draft(task_id)
        for blocked in to_hold(state, into, draft.blocks if draft else ()):
            moved[blocked] = tuple(dict.fromkeys((*moved.get(blocked, state.blockers[blocked]), into)))
    return moved


def merge_fault(state: RunState, task_id: TaskId, into: TaskId) -> str | None:
    """Why a proposal may not be merged into `into`, in words for a person and without a full stop; None where it may."""
    if into == task_id:
        return f"{task_id} cannot be merged into itself: choose another task or proposal"
    if into in state.rejected:
        return f"{into} was rejected, so nothing can be merged into it: choose another task or proposal"
    if into not in state.proposals and into not in state.tasks:
        return f"there is no {into} in this run: choose a task or proposal of it"
    task = state.tasks.get(into)
    if task and task.status in (TaskStatus.FAILED, TaskStatus.CANCELLED):
        return f"{into} is {task.status}, so nothing can be merged into it: retry it first, or choose another"
    return _circle(state, task_id, into)


def _circle(state: RunState, task_id: TaskId, into: TaskId) -> str | None:
    """The circle that a merge would close, told as a chain of who waits for whom."""
    others = {t: blockers for t, blockers in state.blockers.items() if t != task_id}
    for follower in followers(state, task_id):
        if follower != into and (chain := path_between(others, into, follower)):
            return (
                f"{follower} waits for {task_id}; merged, it would wait for {_steps(chain)}: a circle in which nothing "
                f"could start. Take {task_id} from the blockers of {follower} first, or choose another target"
            )
    if is_amended(state, into):
        for blocker in _own_blockers(state, task_id, into):
            if chain := path_between(others, blocker, into):
                return (
                    f"{task_id} waits for {_steps(chain)}; merged, {into} would wait for itself. "
                    f"Take {blocker} from the blockers of {task_id} first, or choose another target"
                )
    return None


def _steps(chain: tuple[TaskId, ...]) -> str:
    return ", which waits for ".join(chain)
