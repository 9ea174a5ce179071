"""What becomes of finished work when there is no screen: kept for a human, or merged, because a human said so beforehand."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import WorkStatus
from hephaestus_tui.domain.work_commands import MergeWork, ResolveConflict
from hephaestus_tui.session import Session


class WorkPolicy(StrEnum):
    """KEEP leaves finished work to a human. MERGE merges it, and lets a task resolve what conflicts."""

    KEEP = "keep"
    MERGE = "merge"


class Finished:
    """`actor` is who said so; `tell` takes what could not be merged, as a sentence."""

    def __init__(self, session: Session, policy: WorkPolicy, actor: Actor, tell: Callable[[str], None]) -> None:
        self._session, self._policy, self._actor, self._tell = session, policy, actor, tell

    async def take_up(self) -> None:
        """What an earlier process left."""
        for task_id in list(self._session.state().works):
            await self.deal_with(task_id)

    async def deal_with(self, task_id: TaskId) -> None:
        state = self._session.state()
        work = state.works.get(task_id)
        if self._policy is WorkPolicy.KEEP or work is None or work.status is not WorkStatus.READY:
            return
        if state.resolver(task_id) is not None:
            return
        if work.unfinished:
            return  # a human sent it back: whether it is good enough as it was, nobody said beforehand
        try:
            await self._session.submit(MergeWork(task_id=task_id, tip=work.tip, actor=self._actor))
        except CommandRefused as refused:
            if not await self._resolved(task_id):
                self._tell(f"{task_id} was not merged: {refused}")

    async def _resolved(self, task_id: TaskId) -> bool:
        """Have its conflict resolved, where it has one; but the work of such a task that conflicts again is a human's."""
        if task_id in self._session.state().resolving:
            return False
        try:
            if not (await self._session.preview(task_id)).conflicts:
                return False
            await self._session.submit(ResolveConflict(task_id=task_id, actor=self._actor))
        except CommandRefused:
            return False
        return True
