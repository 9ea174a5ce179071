"""Whatever the agent, the person and their unsaved work have done to a few files: a merge is whole, or it is nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hephaestus_tui.workspaces.faults import WorkspaceFault
from hephaestus_tui.workspaces.worktrees import Worktrees
from tests.workspaces.conftest import Person

# few and clashing: a file in the place of a folder, too; None deletes
PATHS = st.sampled_from(["a", "b", "d/x", "d/y", "d", "a/z"])
TEXT = st.sampled_from(["1\n", "2\n", "1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\nsix\n", "one\n2\n3\n4\n5\n6\n"])
EDITS = st.dictionaries(PATHS, st.none() | TEXT, max_size=4)


def edit(person: Person, edits: Mapping[str, str | None]) -> None:
    """Each edit that can be made: what would need a folder where a file is, or a file where one is not empty, is passed over."""
    for path, text in edits.items():
        place = person.folder / path
        try:
            if text is None:
                place.unlink(missing_ok=True)
            else:
                person.write(path, text)
        except OSError:
            continue


def tree_files(person: Person, commit: str) -> dict[str, bytes]:
    names = person.git("ls-tree", "-r", "--name-only", commit).splitlines()
    return {name: person.git("show", f"{commit}:{name}").encode() for name in names}


@given(base=EDITS, agents=EDITS, committed=EDITS, unsaved=EDITS, staged=st.booleans())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
async def test_a_merge_is_whole_or_nothing(
    base: dict[str, str | None],
    agents: dict[str, str | None],
    committed: dict[str, str | None],
    unsaved: dict[str, str | None],
    staged: bool,
) -> None:
    with tempfile.TemporaryDirectory(prefix="hephaestus-merge-") as top:
        person = Person(Path(top) / "project")
        person.folder.mkdir()
        person.git("init", "-q", "-b", "main")
        edit(person, {"a": "1\n2\n3\n4\n5\n6\n", "keep": "k\n", **base})
        person.commit()
        trees = await Worktrees.of(person.folder, Path(top) / "r1", "r1", os.environ)
        record = await trees.open("T1")
        edit(Person(record.path), agents)
        work = await trees.commit("T1", "r", "t")
        edit(person, committed)
        person.git("add", "-A")
        person.git("commit", "-q", "--allow-empty", "-m", "theirs")
        head, clean = person.head(), person.files()
        edit(person, unsaved)
        if staged:
            person.git("add", "-A")
        files, status = person.files(), person.status()
        preview = await trees.preview("T1")
        assert (person.head(), person.files(), person.status()) == (head, files, status)
        try:
            await trees.merge("T1", "t", "ada")
        except WorkspaceFault:
            assert not preview.clean
            assert (person.head(), person.files(), person.status()) == (head, files, status)
            return
        assert preview.clean
        merged = tree_files(person, "HEAD")
        touched = {path for path in merged.keys() | clean.keys() if merged.get(path) != clean.get(path)}
        own = {path for path in files.keys() | clean.keys() if files.get(path) != clean.get(path)}
        now = person.files()
        # the person's unsaved work is as it was, unless it is what the work brought; all else is what was merged
        assert all(files.get(path) == merged.get(path) for path in own & touched)
        assert {path: now.get(path) for path in own} == {path: files.get(path) for path in own}
        assert {p: t for p, t in now.items() if p not in own} == {p: t for p, t in merged.items() if p not in own}
        assert {
            line[3:] for line in person.git("status", "--porcelain", "-uall", "--no-renames").splitlines()
        } == own - touched
        assert person.git("merge-base", "--is-ancestor", work.tip, "HEAD") == ""
