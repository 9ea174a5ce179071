"""The project's own repository, found once and pinned; without it each call would trust anew whatever `.git` says by then."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.workspaces.faults import NoRepository, WorkspaceFault
from hephaestus_tui.workspaces.git import Git, Said

NOTHING = ""  # git takes it for "there is no such ref"
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "BISECT_LOG": "a bisection",
}
_NO_COMMAND = 128


@dataclass(frozen=True, slots=True)
class Head:
    """Where the project stands. `branch` is None where no branch is checked out."""

    branch: str | None
    commit: str


@dataclass(frozen=True, slots=True)
class Repository:
    """`git_dir` holds HEAD and the index, `common_dir` objects, refs and config; they differ in a linked worktree.

    `prefix` is the project's place below `top`, "" where it is the top.
    """

    git: Git
    top: Path
    prefix: str
    git_dir: Path
    common_dir: Path
    sha256: bool

    async def run(self, *arguments: str, stdin: bytes = b"", codes: tuple[int, ...] = (0,)) -> Said:
        """For refs, config and the list of worktrees alone: commands that read files belong to a view."""
        variables = {"GIT_DIR": str(self.git_dir)}
        return await self.git.run(*arguments, folder=self.git_dir, variables=variables, stdin=stdin, codes=codes)

    async def head(self) -> Head:
        """Raises NoRepository where there is no commit yet."""
        branch = await self.run("symbolic-ref", "-q", "--short", "HEAD", codes=(0, 1))
        commit = await self.commit_of("HEAD")
        if commit is None:
            raise NoRepository(f"{self.top} has no commit yet: commit what is there first.")
        return Head(branch.line() or None, commit)

    async def commit_of(self, name: str) -> str | None:
        """The commit that a ref or an id names, None where there is none."""
        said = await self.run(
            "rev-parse", "--verify", "-q", "--end-of-options", f"{name}^{{commit}}", codes=(0, 1, 128)
        )
        return said.line() or None

    async def tip(self, branch: str) -> str | None:
        return await self.commit_of(f"refs/heads/{branch}")

    async def is_ancestor(self, one: str, other: str) -> bool:
        said = await self.run("merge-base", "--is-ancestor", one, other, codes=(0, 1))
        return said.code == 0

    async def move(self, branch: str, new: str, old: str, reason: str) -> bool:
        """Move a branch from `old` (NOTHING: make it) to `new`; False where it does not stand at `old`."""
        ref = f"refs/heads/{branch}"
        said = await self.run(
            "update-ref", "--create-reflog", "-m", f"hephaestus: {reason}", "--", ref, new, old, codes=(0, 1, _NO_COMMAND)
        )  # fmt: skip
        if said.code == 0:
            return True
        if await self.tip(branch) == (None if old == NOTHING else old):
            raise WorkspaceFault(f"{branch} cannot be moved in {self.top}: {said.err}")
        return False

    def under_way(self) -> str | None:
        """What the person is in the midst of, as "a rebase"."""
        return next((what for name, what in _UNDER_WAY.items() if os.path.lexists(self.git_dir / name)), None)

    async def config(self) -> Mapping[str, str]:
        """All settings that count for the person in this repository, their own included; to read them runs nothing."""
        variables = {"GIT_DIR": str(self.git_dir), "GIT_CONFIG_GLOBAL": None, "GIT_CONFIG_NOSYSTEM": None}
        said = await self.git.run("config", "--list", "-z", "--includes", folder=self.git_dir, variables=variables)
        pairs = (entry.partition("\n") for entry in said.names())
        return {key: value if found else "true" for key, found, value in pairs}


async def find_repository(git: Git, project: Path) -> Repository:
    """The repository that a project lies in. Raises NoRepository where there is none, or none that we may use."""
    said = await git.run(
        "rev-parse", "--path-format=absolute", "--show-toplevel", "--absolute-git-dir", "--git-common-dir",
        "--show-object-format", "--show-prefix",
        folder=project, codes=(0, _NO_COMMAND),
    )  # fmt: skip
    if said.code:
        raise NoRepository(f"{project} is not under git ({said.err}).")
    words = os.fsdecode(said.out).split("\n")
    if len(words) != 6 or said.out.count(b"\n") != 5:
        raise NoRepository(f"{project} has line breaks in its path, which git cannot tell apart.")
    top, git_dir, common_dir, form, prefix = words[:5]
    if not _has_git(Path(top)):
        # core.worktree would have us write wherever a config file says
        raise NoRepository(f"The repository of {project} puts its files elsewhere ({top}), which is not supported.")
    prefix = prefix.rstrip("/")
    return Repository(git, Path(top), prefix, Path(git_dir), Path(common_dir), form == "sha256")


def _has_git(folder: Path) -> bool:
    return os.path.lexists(folder / ".git")
