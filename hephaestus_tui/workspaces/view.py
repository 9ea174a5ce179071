"""A git directory of our own over the project's objects; without it a filter or a merge driver of the project would run.

Attributes in the tree may name a filter, a merge driver or a diff driver, and the project's config says what program that
is. A view has a config of our own, in which none of them is defined, so that what they name is nothing. It has no refs;
its objects are the project's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.paths import make_folder
from hephaestus_tui.workspaces.git import OUTPUT_LIMIT, Said
from hephaestus_tui.workspaces.repository import Repository

# how files look on this disk, which a person may have set; each word that git takes for it
_LOOKS = {
    "core.filemode": r"true|false",
    "core.symlinks": r"true|false",
    "core.ignorecase": r"true|false",
    "core.precomposeunicode": r"true|false",
    "core.autocrlf": r"true|false|input",
    "core.eol": r"lf|crlf|native",
}
_EXCLUDES = "core.excludesfile"
# what tools make anew wherever they run: an agent that ran the tests has not worked on these, whatever .gitignore forgets.
# A project that wants one of them tracks it, or names it there with "!"
CACHES = (
    "__pycache__/", "*.py[cod]", ".pytest_cache/", ".mypy_cache/", ".ruff_cache/", ".hypothesis/", ".tox/", ".nox/",
    ".venv/", "node_modules/", ".DS_Store",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """Commands that read or write files: each names its index and, where it needs one, the folder of its files."""

    repository: Repository
    folder: Path

    async def run(
        self,
        *arguments: str,
        index: Path | None = None,
        files: Path | None = None,
        variables: Mapping[str, str | None] | None = None,
        stdin: bytes = b"",
        codes: tuple[int, ...] = (0,),
        limit: int = OUTPUT_LIMIT,
        cut: bool = False,
    ) -> Said:
        common = self.repository.common_dir
        named: dict[str, str | None] = {"GIT_DIR": str(self.folder), "GIT_OBJECT_DIRECTORY": str(common / "objects")}
        if (common / "shallow").is_file():
            named["GIT_SHALLOW_FILE"] = str(common / "shallow")
        if index is not None:
            named["GIT_INDEX_FILE"] = str(index)
            if index.parent == self.folder.parent:
                # one of ours, which nobody else uses: a git that was killed left its lock
                index.with_name(f"{index.name}.lock").unlink(missing_ok=True)
        if files is not None:
            named["GIT_WORK_TREE"] = str(files)
        return await self.repository.git.run(
            *arguments, folder=files or self.folder, variables={**named, **(variables or {})},
            stdin=stdin, codes=codes, limit=limit, cut=cut,
        )  # fmt: skip


async def make_view(repository: Repository, folder: Path) -> View:
    """Write a view's folder, anew each time: what the person has set about their disk may have changed."""
    for name in ("objects", "refs", "info"):
        make_folder(folder / name)
    config = _config(await repository.config(), repository.sha256)
    (folder / "config").write_bytes(os.fsencode(config))
    for name in ("exclude", "attributes"):
        theirs = b""
        with suppress(OSError):
            theirs = (repository.common_dir / "info" / name).read_bytes()
        ours = "\n".join((*CACHES, "")).encode() if name == "exclude" else b""
        (folder / "info" / name).write_bytes(ours + theirs)
    # last: without it git takes the folder for none of its own
    (folder / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
    return View(repository, folder)


def _config(theirs: Mapping[str, str], sha256: bool) -> str:
    lines = ["[core]", "bare = true", f"repositoryformatversion = {int(sha256)}"]
    for key, pattern in _LOOKS.items():
        if (value := theirs.get(key)) is not None and re.fullmatch(pattern, value):
            lines.append(f"{key.removeprefix('core.')} = {value}")
    excludes = theirs.get(_EXCLUDES, "")
    if excludes and excludes.isprintable():
        quoted = excludes.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'excludesFile = "{quoted}"')
    if sha256:
        lines += ["[extensions]", "objectFormat = sha256"]
    return "\n".join((*lines, ""))
