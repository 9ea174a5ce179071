"""A task's work goes from its worktree onto the person's branch, and nothing else of theirs is touched."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from hephaestus_tui.domain.work import ChangeKind, Side
from hephaestus_tui.workspaces.faults import Conflicted, InTheWay, NoRepository, WorkspaceFault
from hephaestus_tui.workspaces.values import Standing
from hephaestus_tui.workspaces.worktrees import Worktrees
from tests.workspaces.conftest import LETTERS, RUN, Opener, Person, agent_in, work_on


async def test_work_reaches_the_persons_branch_and_files(trees: Worktrees, person: Person) -> None:
    work = await work_on(trees, "T1", {"src/app.py": "def run():\n    return 2\n", "src/new.py": "x = 1\n"})
    assert (work.insertions, work.deletions) == (2, 1)
    assert person.read("src/app.py") == "def run():\n    return 1\n"
    before = person.head()
    merged = await trees.merge("T1", "Return two", "ada")
    assert (merged.branch, merged.commit) == ("main", person.head())
    assert person.read("src/app.py") == "def run():\n    return 2\n"
    assert person.read("src/new.py") == "x = 1\n"
    assert person.status() == ""
    parents = person.git("log", "-1", "--format=%P").split()
    assert parents == [before, work.tip]
    assert "Merged-by: ada" in person.git("log", "-1", "--format=%B")
    assert person.git("log", "-1", "--format=%an|%cn", work.tip) == "hephaestus T1 backend_developer|hephaestus\n"
    assert "hephaestus: merge T1" in person.git("reflog", "-1")


async def test_a_worktree_lies_outside_the_project_and_is_clean(trees: Worktrees, person: Person, folder: Path) -> None:
    record = await trees.open("T1")
    assert record.path == folder / "T1"
    agent = agent_in(record)
    assert agent.files() == person.files()
    assert agent.status() == ""
    assert agent.git("branch", "--show-current") == f"hephaestus/{RUN}/T1\n"
    assert person.status() == ""
    assert (await trees.open("T1")) == record


async def test_untracked_files_are_committed_and_ignored_ones_are_not(trees: Worktrees, person: Person) -> None:
    work = await work_on(trees, "T1", {"a b/ü.txt": "1\n", "x.log": "no", "build/y": "no"})
    assert [change.path for change in work.changes] == ["a b/ü.txt"]
    record = trees.record("T1")
    (record.path / "src/app.py").unlink()
    work = await trees.commit("T1", "r", "t")
    assert {change.path: change.kind for change in work.changes} == {
        "a b/ü.txt": ChangeKind.ADDED,
        "src/app.py": ChangeKind.DELETED,
    }


async def test_what_tools_leave_wherever_they_run_is_no_work_unless_the_project_says_so(
    trees: Worktrees, person: Person
) -> None:
    left = {"src/__pycache__/app.cpython-311.pyc": "1", ".pytest_cache/v/last": "1", "node_modules/a/index.js": "1"}
    work = await work_on(trees, "T1", {"new.py": "1\n", **left})
    assert [change.path for change in work.changes] == ["new.py"]
    work = await work_on(trees, "T2", {".gitignore": "!node_modules/\n", **left})
    assert [change.path for change in work.changes] == [".gitignore", "node_modules/a/index.js"]


async def test_what_the_agent_committed_itself_is_kept_below(trees: Worktrees, person: Person) -> None:
    record = await trees.open("T1")
    agent = agent_in(record)
    agent.write("one.txt", "1\n")
    agent.write("src/app.py", "changed = 1\n")
    own = agent.commit("the agent's own step")
    agent.write("two.txt", "2\n")
    agent.write("src/app.py", "changed = 2\n")
    work = await trees.commit("T1", "r", "the rest")
    assert person.git("log", "--format=%s", f"{work.base}..{work.tip}") == "the rest\nthe agent's own step\n"
    assert person.git("rev-parse", f"{work.tip}^") == f"{own}\n"
    assert person.git("show", f"{work.tip}:src/app.py") == "changed = 2\n"
    assert (await trees.commit("T1", "r", "again")).tip == work.tip


async def test_a_branch_that_the_agent_winds_back_does_not_lose_the_base(trees: Worktrees, person: Person) -> None:
    first = person.head()
    person.write("second.txt", "2\n")
    second = person.commit()
    record = await trees.open("T1")
    agent_in(record).git("reset", "-q", "--soft", first)
    agent_in(record).write("x.txt", "x\n")
    work = await trees.commit("T1", "r", "t")
    assert person.git("rev-parse", f"{work.tip}^") == f"{second}\n"
    assert [change.path for change in work.changes] == ["x.txt"]


async def test_the_hunks_of_a_file(trees: Worktrees) -> None:
    text = LETTERS.replace("c\n", "C\n").replace("z\n", "z")
    work = await work_on(trees, "T1", {"letters.txt": text})
    diff = await trees.diff(work.changes[0])
    assert [(hunk.old_start, hunk.new_start) for hunk in diff.hunks] == [(1, 1), (23, 23)]
    changed = [line for hunk in diff.hunks for line in hunk.lines if line.side is not Side.BOTH]
    assert [(line.side, line.text, line.old, line.new, line.ends) for line in changed] == [
        (Side.OLD, "c", 3, None, True),
        (Side.NEW, "C", None, 3, True),
        (Side.OLD, "z", 26, None, True),
        (Side.NEW, "z", None, 26, False),
    ]


async def test_moved_binary_mode_link_and_empty_files(trees: Worktrees) -> None:
    record = await trees.open("T1")
    root = record.path
    (root / "letters.txt").rename(root / "abc.txt")
    (root / "bin").write_bytes(b"\0\1")
    (root / "empty").touch()
    (root / "link").symlink_to("/etc/passwd")
    os.chmod(root / "src/app.py", 0o755)
    (root / ".envrc").write_text("export X=1\n")
    work = await trees.commit("T1", "r", "t")
    found = {change.path: change for change in work.changes}
    assert (found["abc.txt"].kind, found["abc.txt"].before) == (ChangeKind.RENAMED, "letters.txt")
    assert found["bin"].binary
    assert found["link"].new_mode == "120000"
    assert (found["src/app.py"].old_mode, found["src/app.py"].new_mode) == ("100644", "100755")
    assert [path for path, change in found.items() if change.guarded] == [".envrc"]
    lines = {
        path: [line.text for hunk in (await trees.diff(c)).hunks for line in hunk.lines] for path, c in found.items()
    }
    assert lines == {
        "abc.txt": [],
        "bin": [],
        "empty": [],
        "link": ["/etc/passwd"],
        "src/app.py": [],
        ".envrc": ["export X=1"],
    }


async def test_a_long_diff_is_clipped_and_says_so(trees: Worktrees) -> None:
    work = await work_on(trees, "T1", {"big.txt": "x" * 99 + "\n" * 1 + ("y" * 99 + "\n") * 30_000})
    diff = await trees.diff(work.changes[0])
    assert diff.clipped
    assert 15_000 < len(diff.hunks[0].lines) < 21_000


async def test_a_conflict_is_told_first_and_nothing_is_touched(trees: Worktrees, person: Person) -> None:
    await work_on(trees, "T1", {"letters.txt": LETTERS.replace("c\n", "ours\n"), "other.txt": "o\n"})
    person.write("letters.txt", LETTERS.replace("c\n", "theirs\n"))
    head, files = person.commit(), person.files()
    preview = await trees.preview("T1")
    assert [conflict.path for conflict in preview.conflicts] == ["letters.txt"]
    assert "letters.txt" in preview.conflicts[0].text
    assert not preview.clean
    with pytest.raises(Conflicted, match=r"T1 conflicts with main in letters\.txt") as raised:
        await trees.merge("T1", "t", "ada")
    assert raised.value.paths == ("letters.txt",)
    assert (person.head(), person.files(), person.status()) == (head, files, "")
    assert trees.record("T1").standing is Standing.OPEN


async def test_a_conflict_is_resolved_in_a_worktree_of_its_own(trees: Worktrees, person: Person) -> None:
    await work_on(trees, "T1", {"letters.txt": LETTERS.replace("c\n", "theirs\n"), "other.txt": "o\n"})
    person.write("letters.txt", LETTERS.replace("c\n", "ours\n"))
    person.commit()
    record = await trees.open_conflict("T2", of="T1")
    agent = agent_in(record)
    assert "<<<<<<< " in agent.read("letters.txt")
    assert "ours\n" in agent.read("letters.txt")
    assert "theirs\n" in agent.read("letters.txt")
    assert (await trees.commit("T2", "r", "t")).unresolved == ("letters.txt",)
    with pytest.raises(WorkspaceFault, match=r"T2 has not resolved the conflict in letters\.txt"):
        await trees.merge("T2", "t", "ada")
    agent.write("letters.txt", LETTERS.replace("c\n", "ours and theirs\n"))
    work = await trees.commit("T2", "r", "Resolve it")
    assert (work.unresolved, [change.path for change in work.changes]) == ((), ["letters.txt", "other.txt"])
    await trees.merge("T2", "Resolve it", "ada")
    assert person.read("letters.txt") == LETTERS.replace("c\n", "ours and theirs\n")
    assert (await trees.merge("T1", "t", "ada")).changes == ()
    with pytest.raises(WorkspaceFault, match="does not conflict any more"):
        await trees.open_conflict("T3", of="T1")


@pytest.mark.parametrize("staged", [False, True])
async def test_the_persons_changes_are_in_the_way_or_are_kept(trees: Worktrees, person: Person, staged: bool) -> None:
    await work_on(trees, "T1", {"letters.txt": LETTERS + "!\n", "new.txt": "n\n"})
    person.write("src/app.py", "mine\n")
    person.write("letters.txt", "mine too\n")
    person.write("new.txt", "and mine\n")
    if staged:
        person.git("add", "letters.txt", "src/app.py")
    status, files, head = person.status(), person.files(), person.head()
    assert (await trees.preview("T1")).in_the_way == ("letters.txt", "new.txt")
    with pytest.raises(InTheWay, match="commit or stash them") as raised:
        await trees.merge("T1", "t", "ada")
    assert raised.value.paths == ("letters.txt", "new.txt")
    assert (person.status(), person.files(), person.head()) == (status, files, head)
    person.git("restore", "-S", "-W", "letters.txt")
    (person.folder / "new.txt").unlink()
    assert (await trees.preview("T1")).clean
    await trees.merge("T1", "t", "ada")
    assert person.read("src/app.py") == "mine\n"
    assert person.read("letters.txt") == LETTERS + "!\n"
    assert person.status().strip() == ("M  src/app.py" if staged else "M src/app.py")


async def test_an_ignored_file_of_the_person_is_in_the_way_too(trees: Worktrees, person: Person) -> None:
    record = await trees.open("T1")
    agent_in(record).write("x.log", "theirs\n")
    agent_in(record).git("add", "-f", "x.log")
    agent_in(record).git("commit", "-q", "-m", "forced")
    await trees.commit("T1", "r", "t")
    person.write("x.log", "mine\n")
    with pytest.raises(InTheWay):
        await trees.merge("T1", "t", "ada")
    assert person.read("x.log") == "mine\n"


@pytest.mark.parametrize("shape", ["file", "link", "folder"])
async def test_what_stands_where_a_folder_or_file_would_be_is_in_the_way(
    trees: Worktrees, person: Person, tmp_path: Path, shape: str
) -> None:
    await work_on(trees, "T1", {"lib/x.py": "x\n"})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = person.folder / "lib"
    if shape == "file":
        place.write_text("mine")
    elif shape == "link":
        place.symlink_to(elsewhere)
    else:
        (place / "x.py").mkdir(parents=True)
    head = person.head()
    with pytest.raises(InTheWay):
        await trees.merge("T1", "t", "ada")
    assert person.head() == head
    assert list(elsewhere.iterdir()) == []


async def test_a_file_becomes_a_folder_and_back(trees: Worktrees, person: Person) -> None:
    record = await trees.open("T1")
    (record.path / "letters.txt").unlink()
    agent_in(record).write("letters.txt/a", "a\n")
    shutil.rmtree(record.path / "src")
    agent_in(record).write("src", "a file\n")
    await trees.commit("T1", "r", "t")
    await trees.merge("T1", "t", "ada")
    assert person.read("letters.txt/a") == "a\n"
    assert person.read("src") == "a file\n"
    assert person.status() == ""


async def test_a_blockers_unmerged_work_is_the_base_and_is_merged_with_it(trees: Worktrees, person: Person) -> None:
    await work_on(trees, "T1", {"one.txt": "1\n"})
    await work_on(trees, "T2", {"two.txt": "2\n"})
    work = await work_on(trees, "T3", {"three.txt": "3\n"}, blockers=("T1", "T2"))
    assert (trees.record("T3").path / "one.txt").read_text() == "1\n"
    assert [change.path for change in work.changes] == ["three.txt"]
    assert trees.record("T3").note == ""
    await trees.merge("T1", "one", "ada")
    await trees.merge("T3", "three", "ada")
    assert {"one.txt", "two.txt", "three.txt"} <= person.files().keys()
    assert (await trees.merge("T2", "two", "ada")).changes == ()
    assert person.status() == ""


async def test_a_blockers_work_that_conflicts_is_left_out_and_the_note_says_so(trees: Worktrees) -> None:
    await work_on(trees, "T1", {"letters.txt": "1\n"})
    await work_on(trees, "T2", {"letters.txt": "2\n"})
    record = await trees.open("T3", ("T1", "T2"))
    assert (record.path / "letters.txt").read_text() == "1\n"
    assert "T2" in record.note
    assert "T1" not in record.note


async def test_validation_reads_the_merged_work_without_a_branch(
    trees: Worktrees, person: Person, folder: Path
) -> None:
    await work_on(trees, "T1", {"one.txt": "1\n"})
    await trees.merge("T1", "one", "ada")
    branches = person.branches()
    record = await trees.open("T2", ("T1",), reading=True)
    assert (record.path / "one.txt").read_text() == "1\n"
    assert person.branches() == branches
    with pytest.raises(WorkspaceFault, match="only reads"):
        await trees.merge("T2", "t", "ada")
    await trees.close("T2")
    assert not (folder / "T2").exists()
    assert [record.task for record in trees.all()] == ["T1"]
    assert str(folder / "T2") not in person.git("worktree", "list")


async def test_discarded_work_stays_on_its_branch(trees: Worktrees, person: Person, folder: Path) -> None:
    work = await work_on(trees, "T1", {"one.txt": "1\n"})
    (folder / "T1" / "later.txt").write_text("not committed yet\n")
    await trees.discard("T1")
    assert not (folder / "T1").exists()
    assert person.git("show", f"{work.branch}:later.txt") == "not committed yet\n"
    again = await trees.open("T1")
    assert again.branch == f"{work.branch}.2"
    assert not (again.path / "one.txt").exists()
    assert person.git("show", f"{work.branch}:one.txt") == "1\n"


async def test_what_no_commit_can_hold_is_told_and_never_removed(trees: Worktrees, folder: Path) -> None:
    record = await trees.open("T1")
    with (record.path / "huge").open("wb") as file:
        file.truncate(50_000_001)
    inner = Person(record.path / "inner")
    inner.folder.mkdir()
    inner.git("init", "-q")
    inner.write("x", "x\n")
    inner.commit()
    os.mkfifo(record.path / "pipe")
    agent_in(record).write("good.txt", "good\n")
    work = await trees.commit("T1", "r", "t")
    assert [change.path for change in work.changes] == ["good.txt"]
    assert {"huge", "inner/"} <= set(work.left_out)
    with pytest.raises(WorkspaceFault, match="cannot be committed"):
        await trees.discard("T1")
    await trees.merge("T1", "t", "ada")
    with pytest.raises(WorkspaceFault, match="cannot be committed"):
        await trees.close("T1")
    assert (folder / "T1" / "huge").exists()
    assert (inner.folder / "x").exists()


async def test_unmerged_work_is_not_closed(trees: Worktrees, folder: Path) -> None:
    await work_on(trees, "T1", {"one.txt": "1\n"})
    with pytest.raises(WorkspaceFault, match="not merged"):
        await trees.close("T1")
    assert (folder / "T1" / "one.txt").exists()


async def test_what_came_after_a_merge_is_kept_when_the_task_begins_again(trees: Worktrees, person: Person) -> None:
    work = await work_on(trees, "T1", {"one.txt": "1\n"})
    await trees.merge("T1", "t", "ada")
    (trees.record("T1").path / "late.txt").write_text("late\n")
    again = await trees.open("T1")
    assert again.branch != work.branch
    assert person.git("show", f"{work.branch}:late.txt") == "late\n"


async def test_a_later_process_finds_the_worktrees_again(trees: Worktrees, again: Opener, person: Person) -> None:
    work = await work_on(trees, "T1", {"one.txt": "1\n"})
    (trees.record("T1").path / "two.txt").write_text("2\n")
    later = await again()
    record = await later.open("T1")
    assert record == trees.record("T1")
    assert (record.path / "two.txt").read_text() == "2\n"
    assert await later.work("T1") == work


async def test_a_folder_that_was_removed_by_hand_comes_back_from_the_branch(trees: Worktrees, person: Person) -> None:
    work = await work_on(trees, "T1", {"one.txt": "1\n"})
    shutil.rmtree(trees.record("T1").root)
    assert await trees.work("T1") == work
    record = await trees.open("T1")
    assert (record.path / "one.txt").read_text() == "1\n"
    assert agent_in(record).status() == ""


async def test_a_project_below_the_top_of_its_repository(person: Person, folder: Path) -> None:
    trees = await Worktrees.of(person.folder / "src", folder, RUN, os.environ)
    record = await trees.open("T1")
    assert record.path == folder / "T1" / "src"
    (record.path / "app.py").write_text("x\n")
    await trees.commit("T1", "r", "t")
    await trees.merge("T1", "t", "ada")
    assert person.read("src/app.py") == "x\n"


async def test_a_project_that_is_itself_a_worktree(person: Person, folder: Path, tmp_path: Path) -> None:
    person.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = Person(tmp_path / "side")
    trees = await Worktrees.of(side.folder, folder, RUN, os.environ)
    await work_on(trees, "T1", {"one.txt": "1\n"})
    main = person.head()
    assert (await trees.merge("T1", "t", "ada")).branch == "side"
    assert side.read("one.txt") == "1\n"
    assert (side.status(), person.head()) == ("", main)


async def test_projects_that_can_have_no_worktrees_say_why(tmp_path: Path, folder: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    with pytest.raises(NoRepository, match="not under git"):
        await Worktrees.of(bare, folder, RUN, os.environ)
    Person(bare).git("init", "-q")
    with pytest.raises(NoRepository, match="no commit yet"):
        await Worktrees.of(bare, folder, RUN, os.environ)
    with pytest.raises(WorkspaceFault, match="install git"):
        await Worktrees.of(bare, folder, RUN, {"PATH": str(tmp_path)})


async def test_a_git_that_is_too_old_is_told(person: Person, folder: Path, tmp_path: Path) -> None:
    old = tmp_path / "git"
    old.write_text("#!/bin/sh\necho git version 2.37.9\n")
    old.chmod(0o755)
    with pytest.raises(WorkspaceFault, match=r"need git 2\.38 or later, and this is git version 2\.37\.9"):
        await Worktrees.of(person.folder, folder, RUN, {"PATH": f"{tmp_path}:/bin"})


async def test_a_detached_head_and_a_rebase_are_not_merged_into(trees: Worktrees, person: Person) -> None:
    await work_on(trees, "T1", {"one.txt": "1\n"})
    person.git("checkout", "-q", "--detach")
    with pytest.raises(WorkspaceFault, match="no branch checked out"):
        await trees.merge("T1", "t", "ada")
    person.git("checkout", "-q", "main")
    (person.folder / ".git" / "MERGE_HEAD").write_text(person.head() + "\n")
    with pytest.raises(WorkspaceFault, match="in the midst of a merge"):
        await trees.merge("T1", "t", "ada")


async def test_two_merges_at_once_both_arrive(trees: Worktrees, again: Opener, person: Person, tmp_path: Path) -> None:
    other = await Worktrees.of(person.folder, tmp_path / "state" / "worktrees" / "r2", "r2", os.environ)
    await work_on(trees, "T1", {"one.txt": "1\n"})
    await work_on(other, "T1", {"two.txt": "2\n"})
    await work_on(trees, "T2", {"three.txt": "3\n"})
    await asyncio.gather(
        trees.merge("T1", "one", "ada"), other.merge("T1", "two", "bob"), trees.merge("T2", "three", "ada")
    )
    assert {"one.txt", "two.txt", "three.txt"} <= person.files().keys()
    assert person.status() == ""
    assert len(person.git("log", "--merges", "--format=%s").splitlines()) == 3


async def test_a_branch_that_moves_without_the_index_is_merged_into_where_it_stands(
    trees: Worktrees, person: Person
) -> None:
    await work_on(trees, "T1", {"one.txt": "1\n"})
    person.write("mine.txt", "mine\n")
    person.commit()
    await trees.merge("T1", "t", "ada")
    assert {"one.txt", "mine.txt"} <= person.files().keys()
    assert person.status() == ""


async def test_another_gits_lock_is_waited_for_and_never_removed(trees: Worktrees, person: Person) -> None:
    await work_on(trees, "T1", {"one.txt": "1\n"})
    lock = person.folder / ".git" / "index.lock"
    lock.write_bytes(b"")
    merging = asyncio.create_task(trees.merge("T1", "t", "ada"))
    with pytest.raises(WorkspaceFault, match="Another git is at work"):
        await merging
    assert lock.exists()
    lock.unlink()
    await trees.merge("T1", "t", "ada")
    assert person.read("one.txt") == "1\n"
    assert not lock.exists()


@pytest.mark.parametrize("name", ["../T1", "", "T/1", "-T1", "T1 ", "T" * 70, "T1\n"])
async def test_a_name_that_could_lead_elsewhere_is_refused(trees: Worktrees, name: str) -> None:
    with pytest.raises(WorkspaceFault, match="cannot name a workspace"):
        await trees.open(name)


async def test_a_branch_of_that_name_that_is_not_ours_is_left_alone(trees: Worktrees, person: Person) -> None:
    person.write("mine.txt", "mine\n")
    mine = person.commit()
    person.git("branch", f"hephaestus/{RUN}/T1")
    person.git("reset", "-q", "--hard", "HEAD^")
    with pytest.raises(WorkspaceFault, match="which is not ours"):
        await trees.open("T1")
    assert person.git("rev-parse", f"hephaestus/{RUN}/T1") == f"{mine}\n"
