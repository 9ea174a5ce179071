"""What becomes of finished work: merged, sent back, given up, its conflict resolved; once, and only by a human.

Git comes first and the fact after it: each step in git may be done again, so that after a crash the command is given anew,
or found to have been carried out (`recover`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from hephaestus_tui.domain.commands import Receipt
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.errors import CommandRefused, HephaestusError
from hephaestus_tui.domain.events import Fact, WorkDiscarded, WorkMerged, WorkSentBack
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import FileChange, FileDiff, MergePreview, Work, WorkStatus, WorkView
from hephaestus_tui.domain.work_commands import DiscardWork, MergeWork, ResolveConflict, SendBack, WorkCommand
from hephaestus_tui.engine.conflicts import check_review, resolution
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.plan import known_task
from hephaestus_tui.engine.workshop import Workshop
from hephaestus_tui.store import failpoints
from hephaestus_tui.workspaces.faults import Conflicted, WorkspaceFault
from hephaestus_tui.workspaces.worktrees import Worktrees

log = logging.getLogger(__name__)


class Reviewing:
    """One command at a time: a merge must not find that the work was sent back meanwhile."""

    def __init__(self, ledger: Ledger, kit: Kit, shop: Workshop) -> None:
        self._ledger = ledger
        self._kit = kit
        self._shop = shop
        self._one_at_a_time = asyncio.Lock()

    async def carry_out(self, command: WorkCommand) -> Receipt:
        """Raises CommandRefused, StoreError."""
        if command.actor.kind is not ActorKind.HUMAN:
            raise CommandRefused("What becomes of finished work is decided by a human, not by a rule.")
        async with self._one_at_a_time:
            with _refusing():
                match command:
                    case MergeWork():
                        return await self._merge(command)
                    case SendBack():
                        return await self._send_back(command)
                    case DiscardWork():
                        return await self._discard(command)
                    case ResolveConflict():
                        return await self._resolve(command)

    async def recover(self) -> None:
        """Record the merges that are in the project and not in the journal: cut off by a crash, or made by the person."""
        async with self._one_at_a_time:
            ready = [work.task_id for work in self._ledger.state.works.values() if work.status is WorkStatus.READY]
            for task_id in ready:
                try:
                    trees = await self._trees(task_id)
                    if found := await trees.found_merged(task_id, self._shown_at(task_id)):
                        actor = Actor(ActorKind.HUMAN, found.asked_by or self._kit.settings.actor)
                        fact = WorkMerged(task_id=task_id, branch=found.branch, commit=found.commit, actor=actor)
                        await self._record(fact, still=WorkStatus.READY)
                        await self._tidy(task_id)
                except HephaestusError as fault:
                    log.warning("whether the work of %s is merged cannot be told: %s", task_id, fault)

    async def work(self, task_id: TaskId, since: str | None = None) -> Work:
        work = self._ledger.state.works.get(task_id)
        if since is not None and since not in {review.tip for review in (work.reviews if work else ())}:
            raise CommandRefused(f"Nobody has reviewed the work of {task_id} at {since[:10]}.")
        with _refusing():
            return await (await self._trees(task_id)).work(task_id, since, self._shown_at(task_id))

    async def diff(self, change: FileChange) -> FileDiff:
        with _refusing():
            trees = await self._shop.trees()
            if trees is None:
                raise CommandRefused(f"There is no diff of {change.path}: the tasks of this run have no workspaces.")
            return await trees.diff(change)

    async def preview(self, task_id: TaskId) -> MergePreview:
        with _refusing():
            return await (await self._trees(task_id)).preview(task_id, self._shown_at(task_id))

    async def patch(self, task_id: TaskId) -> bytes:
        """All of a task's work as `git apply` takes it. Raises CommandRefused."""
        with _refusing():
            return await (await self._trees(task_id)).patch(task_id, self._shown_at(task_id))

    async def _merge(self, command: MergeWork) -> Receipt:
        task_id = command.task_id
        trees, work = await self._trees(task_id), self._ready(task_id, command.tip)
        self._not_sent_back(work)
        title = self._ledger.state.tasks[task_id].draft.title
        try:
            merged = await trees.merge(task_id, title, command.actor.name, seen=work.tip, at=work.shown_at)
        except Conflicted as fault:
            run = self._ledger.run_id
            raise CommandRefused(f"{fault} `hephaestus work resolve {run} {task_id}` makes that task.") from fault
        failpoints.hit("work.merged")
        fact = WorkMerged(task_id=task_id, branch=merged.branch, commit=merged.commit, actor=command.actor)
        seq = await self._record(fact, still=WorkStatus.READY)
        await self._tidy(task_id)
        files = len(work.paths)
        note = f"{task_id} is merged into {merged.branch}: {files} {'file' if files == 1 else 'files'}"
        return Receipt(seq, note, task_id)

    async def _send_back(self, command: SendBack) -> Receipt:
        check_review(command.text, command.comments)
        work = self._ready(command.task_id, command.tip)
        self._not_being_resolved(command.task_id)
        if work.unfinished:
            raise CommandRefused(
                f"{command.task_id} has ended without finishing what was sent back: restart it, and tell it what is to "
                "change; or merge or discard the round before."
            )
        fact = WorkSentBack(
            task_id=command.task_id, tip=command.tip, text=command.text.strip(), comments=command.comments,
            actor=command.actor,
        )  # fmt: skip
        seq = await self._record(fact, still=WorkStatus.READY)
        note = f"{command.task_id} is sent back: its agent goes on with round {len(work.reviews) + 2}"
        return Receipt(seq, note, command.task_id)

    async def _discard(self, command: DiscardWork) -> Receipt:
        trees, work = await self._trees(command.task_id), self._ready(command.task_id, command.tip)
        self._not_being_resolved(command.task_id)
        await trees.discard(command.task_id)
        fact = WorkDiscarded(
            task_id=command.task_id, branch=work.branch, reason=command.reason.strip(), actor=command.actor
        )
        seq = await self._record(fact, still=WorkStatus.READY)
        return Receipt(
            seq, f"the work of {command.task_id} is given up; its branch {work.branch} stays", command.task_id
        )

    async def _resolve(self, command: ResolveConflict) -> Receipt:
        trees = await self._trees(command.task_id)
        self._ready(command.task_id, None)
        self._not_being_resolved(command.task_id)
        preview = await trees.preview(command.task_id, self._shown_at(command.task_id))
        async with self._ledger.lock:
            plan = resolution(self._ledger.state, command, preview, self._kit.now())
            recorded = await self._ledger.record(*plan.facts)
        return Receipt(recorded[-1].seq, plan.note, plan.task_id)

    async def _trees(self, task_id: TaskId) -> Worktrees:
        known_task(self._ledger.state, task_id)
        opened = self._ledger.state.workspaces.get(task_id)
        trees = await self._shop.trees() if opened and opened.branch else None
        if trees is None:
            raise CommandRefused(
                f"{task_id} has no work of its own: it has not begun, only reads, or has no workspace."
            )
        return trees

    def _shown_at(self, task_id: TaskId) -> str | None:
        work = self._ledger.state.works.get(task_id)
        return work.shown_at if work else None

    def _ready(self, task_id: TaskId, tip: str | None) -> WorkView:
        """The work, where it waits for a human and is what they looked at (None: whatever it is)."""
        known_task(self._ledger.state, task_id)
        work = self._ledger.state.works.get(task_id)
        if work is None:
            raise CommandRefused(f"{task_id} has finished no work yet: there is nothing to merge or send back.")
        if work.status is not WorkStatus.READY:
            raise CommandRefused(_SETTLED[work.status].format(task=task_id, by=work.by, branch=work.branch))
        if tip is not None and tip != work.tip:
            raise CommandRefused(f"The work of {task_id} has changed since it was shown: look at it again.")
        return work

    def _not_being_resolved(self, task_id: TaskId) -> None:
        if resolver := self._ledger.state.resolver(task_id):
            raise CommandRefused(f"{resolver} resolves the conflict of {task_id}: merge that, or stop it first.")

    def _not_sent_back(self, work: WorkView) -> None:
        """With the work of a task goes that of the one whose conflict it resolves, at which no agent may be at work then."""
        above: WorkView | None = work
        while above is not None and above.resolves is not None:
            above = self._ledger.state.works.get(above.resolves)
            if above is not None and above.status is WorkStatus.SENT_BACK:
                raise CommandRefused(
                    f"{work.task_id} resolves the conflict of {above.task_id}, and {above.task_id} was sent back by "
                    f"{above.by}: give {work.task_id} up, and merge {above.task_id} when it is finished."
                )

    async def _record(self, fact: Fact, still: WorkStatus) -> int:
        async with self._ledger.lock:
            task_id: TaskId = getattr(fact, "task_id")  # noqa: B009
            work = self._ledger.state.works[task_id]
            if work.status is not still:
                raise CommandRefused(_SETTLED[work.status].format(task=task_id, by=work.by, branch=work.branch))
            return (await self._ledger.record(fact))[-1].seq

    async def _tidy(self, task_id: TaskId) -> None:
        """Remove the folders of all whose work came into the project with this, but for those in which agents work."""
        trees: Worktrees | None = await self._shop.trees()
        state, merged = self._ledger.state, task_id
        while trees is not None and state.tasks[merged].status.ended:
            try:
                await trees.found_merged(merged, self._shown_at(merged))
            except WorkspaceFault as fault:  # it is merged, whatever becomes of its folder
                log.warning("the workspace of %s stays: %s", merged, fault)
                return
            await self._shop.tidy(merged)
            work = state.works.get(merged)
            if work is None or work.resolves is None:
                return
            merged = work.resolves


_SETTLED: dict[WorkStatus, str] = {
    WorkStatus.EMPTY: "{task} changed nothing: there is nothing to merge or send back.",
    WorkStatus.SENT_BACK: "The work of {task} was sent back by {by}: its agent goes on with it.",
    WorkStatus.MERGED: "The work of {task} is merged already, by {by}.",
    WorkStatus.DISCARDED: "The work of {task} was given up by {by}; its branch {branch} stays.",
}


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except WorkspaceFault as fault:
        raise CommandRefused(str(fault)) from fault
