"""What workspaces and the work in them change in the state of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.folds.steps import change_task, unblock, waiting_status
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import Review, WorkStatus, WorkView, status_of_done


def fold_work(state: RunState, fact: e.WorkFact, at: float) -> None:
    match fact:
        case e.WorkspacesChosen():
            state.workspaces_chosen = fact
        case e.ConflictAssigned():
            state.resolving[fact.task_id] = fact
        case e.WorkspaceOpened():
            state.workspaces[fact.task_id] = fact
        case e.WorkDone():
            earlier = state.works.get(fact.task_id)
            state.works[fact.task_id] = WorkView(
                task_id=fact.task_id,
                status=status_of_done(fact.paths, fact.resolves),
                branch=fact.branch,
                base=fact.base,
                tip=fact.tip,
                paths=fact.paths,
                insertions=fact.insertions,
                deletions=fact.deletions,
                since=at,
                left_out=fact.left_out,
                unresolved=fact.unresolved,
                reviews=earlier.reviews if earlier else (),
                resolves=fact.resolves,
            )
            unblock(state, fact.task_id)
        case e.WorkMerged():
            merged: TaskId | None = fact.task_id
            while merged is not None:  # with the work of a task goes that of the one whose conflict it resolves
                _become(state, merged, at, WorkStatus.MERGED, fact.actor, commit=fact.commit)
                work = state.works.get(merged)
                merged = work.resolves if work else None
        case e.WorkSentBack():
            review = Review(tip=fact.tip, text=fact.text, comments=fact.comments, actor=fact.actor, at=at)
            _become(state, fact.task_id, at, WorkStatus.SENT_BACK, fact.actor)
            work = state.works[fact.task_id]
            state.works[fact.task_id] = replace(work, reviews=(*work.reviews, review), unfinished=False)
            change_task(state, fact.task_id, ended_at=None, reason=None, status=waiting_status(state, fact.task_id))
        case e.WorkDiscarded():
            _become(state, fact.task_id, at, WorkStatus.DISCARDED, fact.actor)
        case _:
            assert_never(fact)


def round_lost(state: RunState, task_id: TaskId, at: float) -> None:
    """A task has ended otherwise than completed: of work that was sent back, the round before waits for a human again."""
    work = state.works.get(task_id)
    if work and work.status is WorkStatus.SENT_BACK:
        state.works[task_id] = replace(work, status=WorkStatus.READY, since=at, by=None, unfinished=True)


def round_begun_again(state: RunState, task_id: TaskId) -> None:
    """Its agent goes on with what was sent back, if nobody has merged or given up the round before."""
    work = state.works.get(task_id)
    if work is None or not work.unfinished:
        return
    if work.status is WorkStatus.READY:
        review = work.reviews[-1]
        work = replace(work, status=WorkStatus.SENT_BACK, since=review.at, by=review.actor)
    state.works[task_id] = replace(work, unfinished=False)


def _become(
    state: RunState, task_id: TaskId, at: float, status: WorkStatus, by: Actor, commit: str | None = None
) -> None:
    if work := state.works.get(task_id):
        state.works[task_id] = replace(work, status=status, since=at, commit=commit, by=by)
        unblock(state, task_id)
