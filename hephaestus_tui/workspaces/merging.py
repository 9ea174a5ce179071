"""Merges commits without touching a file; without it a conflict would be found when half of the files are written."""

from __future__ import annotations

import os
from dataclasses import dataclass

from hephaestus_tui.domain.work import Conflict
from hephaestus_tui.workspaces.faults import WorkspaceFault
from hephaestus_tui.workspaces.repository import Repository
from hephaestus_tui.workspaces.view import View


@dataclass(frozen=True, slots=True)
class MergedTree:
    """`tree` holds conflict markers where there are `conflicts`."""

    tree: str
    conflicts: tuple[Conflict, ...]


async def merge_trees(view: View, ours: str, theirs: str) -> MergedTree:
    """What a merge of two commits would hold. Raises WorkspaceFault where they have no common past."""
    said = await view.run("merge-tree", "--write-tree", "-z", "--messages", ours, theirs, codes=(0, 1))
    return parse_merge(said.out, clean=said.code == 0)


def parse_merge(data: bytes, clean: bool) -> MergedTree:
    """What `merge-tree --write-tree -z` wrote: the tree, the conflicted files, and a message each with its paths."""
    words = data.split(b"\0")
    tree = os.fsdecode(words[0])
    if clean:
        return MergedTree(tree, ())
    end = words.index(b"", 1)
    paths = dict.fromkeys(os.fsdecode(word.partition(b"\t")[2]) for word in words[1:end])
    told: dict[str, Conflict] = {}
    place = end + 1
    while place < len(words) and words[place]:
        count = int(words[place])
        named = [os.fsdecode(word) for word in words[place + 1 : place + 1 + count]]
        kind, text = (word.decode("utf-8", "replace") for word in words[place + 1 + count : place + 3 + count])
        place += 3 + count
        for path in named if kind.startswith("CONFLICT") else ():
            told.setdefault(path, Conflict(path, kind, text.strip()))
    conflicts = [told.get(path) or Conflict(path, "CONFLICT", "") for path in paths]
    conflicts += [conflict for path, conflict in told.items() if path not in paths]
    if not conflicts:
        raise WorkspaceFault("git says that the merge conflicts, but not where: merge the branch with your own git.")
    return MergedTree(tree, tuple(conflicts))


async def commit_merge(view: View, tree: str, parents: tuple[str, ...], message: str) -> str:
    """A commit of a merged tree; its author is us, and who asked for it stands in the message."""
    named = [word for parent in parents for word in ("-p", parent)]
    said = await view.run("commit-tree", tree, *named, "-F", "-", stdin=message.encode("utf-8", "replace"))
    return said.line()


async def still_marked(view: View, commit: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Which of these files have the marks of a conflict in them."""
    if not paths:
        return ()
    said = await view.run(
        "grep", "-l", "-z", "-I", "-E", "-e", "^(<<<<<<<|>>>>>>>) ", commit, "--", *paths, codes=(0, 1)
    )  # fmt: skip
    return tuple(name.removeprefix(f"{commit}:") for name in said.names())


async def joined_with(repository: Repository, view: View, base: str, tip: str, task: str) -> str | None:
    """A commit that holds `base` and the unmerged work of `task`; `base` where it has it already, None in a conflict."""
    if await repository.is_ancestor(tip, base):
        return base
    merged = await merge_trees(view, base, tip)
    if merged.conflicts:
        return None
    return await commit_merge(view, merged.tree, (base, tip), f"Join the work of {task}, which is not merged yet\n")
