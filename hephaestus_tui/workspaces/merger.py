"""Merges a task's work into what the person has checked out; without it each step of a merge could be forgotten or doubled.

The order is: files, index, branch. Were the branch first, a crash would make the person's next commit take the work back.
"""

from __future__ import annotations

from pathlib import Path

from hephaestus_tui.domain.work import MergePreview
from hephaestus_tui.workspaces.checkout import Checkout
from hephaestus_tui.workspaces.diff import changes_between
from hephaestus_tui.workspaces.faults import Conflicted, InTheWay, WorkspaceFault
from hephaestus_tui.workspaces.lock import index_held
from hephaestus_tui.workspaces.merging import commit_merge, merge_trees
from hephaestus_tui.workspaces.repository import Head, Repository
from hephaestus_tui.workspaces.standing import ASKED_BY
from hephaestus_tui.workspaces.values import Merged, Record
from hephaestus_tui.workspaces.view import View

_TRIES = 3


class Merger:
    """One merge or preview at a time. `scratch` is a folder of our own; `patience` is for another git, in seconds."""

    def __init__(self, repository: Repository, view: View, scratch: Path, patience: float) -> None:
        self._repository = repository
        self._view = view
        self._scratch = scratch
        self._patience = patience

    async def preview(self, record: Record, tip: str) -> MergePreview:
        head = await self._repository.head()
        merged = await merge_trees(self._view, head.commit, tip)
        in_the_way, refusal = tuple[str, ...](), self._refusal(record, head)
        if not merged.conflicts:
            checkout = self._checkout(head.commit, merged.tree)
            in_the_way = await checkout.look()
            refusal = refusal or await checkout.filtered()
        return MergePreview(
            task=record.task,
            branch=head.branch or "",
            head=head.commit,
            tip=tip,
            tree=merged.tree,
            conflicts=merged.conflicts,
            changes=await changes_between(self._view, head.commit, merged.tree),
            in_the_way=in_the_way,
            refusal=refusal,
        )

    async def merge(self, record: Record, tip: str, title: str, asked_by: str) -> Merged:
        """Raises Conflicted, InTheWay, or WorkspaceFault where the project is in the midst of something else."""
        for _ in range(_TRIES):
            async with index_held(self._repository.git_dir, self._patience):
                if merged := await self._merge(record, tip, title, asked_by):
                    return merged
        raise WorkspaceFault(f"The project's branch moves all the time: {record.task} was not merged. Try again.")

    async def _merge(self, record: Record, tip: str, title: str, asked_by: str) -> Merged | None:
        """None where the branch was moved meanwhile, by what holds no index, as `git fetch . other:branch` does."""
        head = await self._repository.head()
        refusal = self._refusal(record, head)
        if refusal or head.branch is None:
            raise WorkspaceFault(refusal)
        if await self._repository.is_ancestor(tip, head.commit):
            return Merged(branch=head.branch, commit=head.commit, changes=())
        merged = await merge_trees(self._view, head.commit, tip)
        if merged.conflicts:
            raise Conflicted(record.task, head.branch, [conflict.path for conflict in merged.conflicts])
        checkout = self._checkout(head.commit, merged.tree)
        if in_the_way := await checkout.look():
            raise InTheWay(record.task, in_the_way)
        if refusal := await checkout.filtered():
            raise WorkspaceFault(f"{record.task} was not merged: {refusal}")
        message = f"Merge {record.task}: {title}\n\n{ASKED_BY}: {asked_by}\n"
        commit = await commit_merge(self._view, merged.tree, (head.commit, tip), message)
        changes = await changes_between(self._view, head.commit, commit)
        await checkout.write()
        if not await self._repository.move(head.branch, commit, head.commit, f"merge {record.task}"):
            back = self._checkout(merged.tree, head.commit)
            await back.look()
            await back.write()
            return None
        return Merged(branch=head.branch, commit=commit, changes=changes)

    def _refusal(self, record: Record, head: Head) -> str:
        if busy := self._repository.under_way():
            return f"The project is in the midst of {busy}: end it, then merge {record.task}."
        if head.branch is None:
            return f"The project has no branch checked out: check one out, then merge {record.task}."
        return ""

    def _checkout(self, old: str, new: str) -> Checkout:
        return Checkout(self._repository, self._view, self._scratch, old, new)
