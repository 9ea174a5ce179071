"""Where the work of a task begins: on which commit, on which branch; without it a task could begin on another's branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hephaestus_tui.workspaces.faults import WorkspaceFault, named
from hephaestus_tui.workspaces.merging import commit_merge, joined_with, merge_trees
from hephaestus_tui.workspaces.records import Records, checked
from hephaestus_tui.workspaces.repository import Repository
from hephaestus_tui.workspaces.values import Record, Standing
from hephaestus_tui.workspaces.view import View


class Beginnings:
    """Makes the records of new worktrees; `folder` is where those will be. Nothing is stored here."""

    def __init__(self, repository: Repository, view: View, records: Records, folder: Path, run_id: str) -> None:
        self._repository = repository
        self._view = view
        self._records = records
        self._folder = folder
        self._run_id = run_id

    async def of_task(self, task: str, blockers: Sequence[str], reading: bool, again: Record | None) -> Record:
        """On the project's HEAD and the work of its blockers that is not merged, as far as it joins; `note` says what does not.

        `again` is the record of earlier work, merged or discarded, whose branch stays as it is.
        """
        base, without = (await self._repository.head()).commit, list[str]()
        for blocker in blockers:
            record = self._records.get(blocker)
            if record is None or record.branch is None or record.standing is Standing.DISCARDED:
                continue
            if (tip := await self._repository.tip(record.branch)) is not None:
                joined = await joined_with(self._repository, self._view, base, tip, blocker)
                base, without = (joined, without) if joined else (base, [*without, blocker])
        note = f"The work of {named(without)} is not in it: it is not merged, and conflicts." if without else ""
        record = self._new(task, base, base, note=note)
        if reading:
            return replace(record, branch=None)
        return await self._beside(record, again)

    async def of_conflict(self, task: str, other: str, tip: str, again: Record | None) -> Record:
        """On a merge of the other task's work into HEAD, in which the marks of the conflict stand; `again` as above."""
        head = await self._repository.head()
        merged = await merge_trees(self._view, head.commit, tip)
        if not merged.conflicts:
            raise WorkspaceFault(f"The work of {other} does not conflict any more: merge it.")
        message = f"Begin to resolve the conflict of {other}\n"
        start = await commit_merge(self._view, merged.tree, (head.commit, tip), message)
        marked = tuple(dict.fromkeys(conflict.path for conflict in merged.conflicts))
        return await self._beside(self._new(task, head.commit, start, marked=marked), again)

    async def _beside(self, record: Record, again: Record | None) -> Record:
        """The same with a branch of its own, where there is one of earlier work."""
        if again is None or again.branch is None:
            return record
        return replace(record, branch=await self._free(again.branch))

    def _new(self, task: str, base: str, start: str, note: str = "", marked: tuple[str, ...] = ()) -> Record:
        root = self._folder / checked(task)
        return Record(
            task=task,
            branch=f"hephaestus/{self._run_id}/{task}",
            base=base,
            start=start,
            root=root,
            path=root / self._repository.prefix,
            standing=Standing.OPENING,
            note=note,
            marked=marked,
        )

    async def _free(self, taken: str) -> str:
        stem, number = taken.partition(".")[0], 2
        while await self._repository.tip(f"{stem}.{number}") is not None:
            number += 1
        return f"{stem}.{number}"
