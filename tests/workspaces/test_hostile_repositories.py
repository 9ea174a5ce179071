"""A repository's config, attributes, hooks and files are an agent's to write: none of them may run anything of ours."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hephaestus_tui.workspaces.faults import NoRepository, WorkspaceFault
from hephaestus_tui.workspaces.worktrees import Worktrees
from tests.workspaces.conftest import LETTERS, RUN, Opener, Person, agent_in, work_on


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that writes down that it ran, and `caught` names the file in which it does."""
    program = tmp_path / "trap"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/caught\ncat\n')
    program.chmod(0o755)
    return program


@pytest.fixture
def caught(tmp_path: Path) -> Callable[[], str]:
    def read() -> str:
        path = tmp_path / "caught"
        return path.read_text() if path.exists() else ""

    return read


SETTINGS = {
    "fsmonitor": "[core]\nfsmonitor = {trap}\n",
    "hooksPath": "[core]\nhooksPath = {hooks}\n",
    "pager": "[core]\npager = {trap}\n[pager]\ndiff = {trap}\nlog = {trap}\n",
    "editor": "[core]\neditor = {trap}\n[sequence]\neditor = {trap}\n",
    "external diff": "[diff]\nexternal = {trap}\n",
    "diff driver": '[diff "evil"]\ncommand = {trap}\ntextconv = {trap}\n',
    "filter": '[filter "evil"]\nclean = {trap}\nsmudge = {trap}\nrequired = true\n',
    "filter process": '[filter "evil"]\nprocess = {trap}\n',
    "merge driver": '[merge "evil"]\ndriver = {trap} %A\nrecursive = evil\n[merge]\ndefault = evil\n',
    "signing": "[commit]\ngpgSign = true\n[gpg]\nprogram = {trap}\n[user]\nsigningKey = x\n",
    "alias": "[alias]\nadd = !{trap}\ndiff-tree = !{trap}\nmerge-tree = !{trap}\n",
    "ssh and credentials": "[core]\nsshCommand = {trap}\naskPass = {trap}\ngitProxy = {trap}\n[credential]\nhelper = !{trap}\n",
    "remote": '[remote "origin"]\nurl = ext::{trap}\nfetch = +refs/*:refs/*\nuploadpack = {trap}\npromisor = true\n',
    "included": "[include]\npath = {included}\n",
    "worktree config": "[extensions]\nworktreeConfig = true\n",
    "background": "[gc]\nauto = 1\n[maintenance]\nauto = true\n[core]\nalternateRefsCommand = {trap}\n",
}


def set_traps(person: Person, trap: Path, config: str) -> None:
    """Hooks of every name, attributes that name the drivers, and `config` behind the project's own."""
    git_dir = person.folder / ".git"
    hooks = git_dir / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in (
        "post-checkout",
        "pre-commit",
        "post-commit",
        "post-merge",
        "reference-transaction",
        "post-index-change",
    ):
        hook = hooks / name
        hook.write_text(trap.read_text())
        hook.chmod(0o755)
    included = git_dir / "included"
    included.write_text(f'[core]\nfsmonitor = {trap}\n[filter "evil"]\nclean = {trap}\nsmudge = {trap}\n')
    (git_dir / "config.worktree").write_text(f"[core]\nfsmonitor = {trap}\nhooksPath = {hooks}\n")
    (git_dir / "info").mkdir(exist_ok=True)
    (git_dir / "info" / "attributes").write_text("* filter=evil diff=evil merge=evil\n")
    with (git_dir / "config").open("a") as file:
        file.write(config.format(trap=trap, hooks=hooks, included=included))


@pytest.mark.parametrize("setting", SETTINGS)
async def test_no_setting_hook_or_attribute_runs_anything(
    again: Opener, person: Person, trap: Path, caught: Callable[[], str], setting: str
) -> None:
    set_traps(person, trap, SETTINGS[setting])
    trees = await again()
    await trees.open("T2")
    files = {
        "letters.txt": LETTERS.replace("c\n", "C\n"),
        "new.txt": "n\n",
        ".gitattributes": "* text filter=evil merge=evil diff=evil\n",
    }
    work = await work_on(trees, "T1", files)
    for change in work.changes:
        await trees.diff(change)
    await trees.preview("T1")
    if setting in ("filter", "filter process", "included"):
        # it would have to run for their files to be right, so their own git has to merge
        with pytest.raises(WorkspaceFault, match="filter evil"):
            await trees.merge("T1", "t", "ada")
        await trees.discard("T1")
        assert caught() == ""
        return
    await trees.merge("T1", "t", "ada")
    await trees.close("T1")
    await trees.discard("T2")
    assert caught() == ""
    assert person.read("new.txt") == "n\n"


async def test_the_traps_would_catch_a_plain_git(person: Person, trap: Path, caught: Callable[[], str]) -> None:
    set_traps(person, trap, SETTINGS["fsmonitor"])
    person.git("status", codes=(0, 1, 128))
    assert caught()


async def test_filters_named_in_a_commit_do_not_run_when_a_worktree_is_made(
    again: Opener, person: Person, trap: Path, caught: Callable[[], str]
) -> None:
    person.write(".gitattributes", "* filter=evil\n")
    person.commit()
    set_traps(person, trap, SETTINGS["filter"])
    trees = await again()
    record = await trees.open("T1")
    assert agent_in(record).read("letters.txt") == LETTERS
    await work_on(trees, "T1", {"letters.txt": "1\n"})
    assert caught() == ""


async def test_settings_written_after_we_looked_run_nothing_either(
    trees: Worktrees, person: Person, trap: Path, caught: Callable[[], str]
) -> None:
    await trees.open("T1")
    set_traps(person, trap, "".join(SETTINGS.values()))
    await work_on(trees, "T1", {"letters.txt": "1\n"})
    await trees.preview("T1")
    await trees.discard("T1")
    assert caught() == ""


@pytest.mark.parametrize("shape", ["file", "folder", "link", "gone"])
async def test_an_agent_that_rewrites_its_dot_git_gains_nothing(
    trees: Worktrees, person: Person, trap: Path, caught: Callable[[], str], tmp_path: Path, shape: str
) -> None:
    record = await trees.open("T1")
    dot_git = record.root / ".git"
    evil = Person(tmp_path / "evil")
    evil.folder.mkdir()
    evil.git("init", "-q")
    set_traps(evil, trap, "".join(SETTINGS[name] for name in ("fsmonitor", "hooksPath", "filter")))
    dot_git.unlink()
    if shape == "file":
        dot_git.write_text(f"gitdir: {evil.folder / '.git'}\n")
    elif shape == "folder":
        (evil.folder / ".git").rename(dot_git)
    elif shape == "link":
        dot_git.symlink_to(evil.folder / ".git")
    agent_in(record).write("new.txt", "n\n")
    work = await trees.commit("T1", "r", "t")
    assert [change.path for change in work.changes] == ["new.txt"]
    await trees.merge("T1", "t", "ada")
    await trees.close("T1")
    assert not record.root.exists()
    assert caught() == ""
    assert shape not in ("file", "link") or (evil.folder / ".git" / "config").exists()


async def test_a_submodule_is_not_asked_for_its_state(
    again: Opener, person: Person, trap: Path, caught: Callable[[], str], tmp_path: Path
) -> None:
    inner = Person(tmp_path / "inner")
    inner.folder.mkdir()
    inner.git("init", "-q")
    inner.write("x", "x\n")
    inner.commit()
    person.git("submodule", "--quiet", "add", str(inner.folder), "sub")
    person.commit("a submodule")
    set_traps(Person(person.folder / "sub"), trap, "") if (person.folder / "sub/.git").is_dir() else None
    module = person.folder / ".git" / "modules" / "sub"
    with (module / "config").open("a") as file:
        file.write(SETTINGS["fsmonitor"].format(trap=trap))
    trees = await again()
    record = await trees.open("T1")
    nested = Person(record.path / "sub")
    nested.git("init", "-q")
    nested.write("x", "other\n")
    nested.commit()
    set_traps(nested, trap, "".join(SETTINGS[name] for name in ("fsmonitor", "filter")))
    nested.write("x", "dirty\n")
    work = await work_on(trees, "T1", {"new.txt": "n\n"})
    assert [change.path for change in work.changes] == ["new.txt"]
    await trees.preview("T1")
    await trees.merge("T1", "t", "ada")
    assert caught() == ""
    assert person.status() == ""


async def test_variables_named_git_do_not_reach_our_git(
    person: Person, folder: Path, trap: Path, caught: Callable[[], str]
) -> None:
    environ = os.environ | {
        "GIT_DIR": "/nonexistent", "GIT_EXTERNAL_DIFF": str(trap), "GIT_SSH_COMMAND": str(trap), "GIT_PAGER": str(trap),
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": str(trap),
        "GIT_EXEC_PATH": str(trap.parent), "GIT_TEMPLATE_DIR": str(trap.parent), "GIT_INDEX_FILE": "/nonexistent",
        "GIT_AUTHOR_NAME": "someone else", "GIT_TRACE": str(trap.parent / "trace"), "LD_PRELOAD": "/nonexistent.so",
    }  # fmt: skip
    trees = await Worktrees.of(person.folder, folder, RUN, environ)
    work = await work_on(trees, "T1", {"new.txt": "n\n"})
    await trees.merge("T1", "t", "ada")
    assert person.git("log", "-1", "--format=%an", work.tip) == "hephaestus T1 backend_developer\n"
    assert caught() == ""
    assert not (trap.parent / "trace").exists()


async def test_a_config_that_puts_the_files_elsewhere_is_refused(person: Person, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    person.git("config", "core.worktree", str(elsewhere))
    with pytest.raises(NoRepository):
        await Worktrees.of(person.folder, folder, RUN, os.environ)
    assert list(elsewhere.iterdir()) == []


async def test_a_dot_git_that_is_a_link_or_a_file_is_pinned_to_what_it_led_to(
    person: Person, folder: Path, tmp_path: Path, trap: Path, caught: Callable[[], str]
) -> None:
    real = tmp_path / "real.git"
    (person.folder / ".git").rename(real)
    (person.folder / ".git").symlink_to(real)
    trees = await Worktrees.of(person.folder, folder, RUN, os.environ)
    await work_on(trees, "T1", {"new.txt": "n\n"})
    other = Person(tmp_path / "other")
    other.folder.mkdir()
    other.git("init", "-q")
    set_traps(other, trap, "".join(SETTINGS.values()))
    (person.folder / ".git").unlink()
    (person.folder / ".git").symlink_to(other.folder / ".git")
    await trees.merge("T1", "t", "ada")
    (person.folder / ".git").unlink()
    (person.folder / ".git").symlink_to(real)
    assert person.read("new.txt") == "n\n"
    assert person.status() == ""
    assert caught() == ""


NAMES = [
    "-rf", "--", "a\nb", "a\tb", 'q"uote', "back\\slash", ":(top)x", "*", "?", "[a]", "!x", "#x", " lead", "trail ",
    "\u202egnp", "\x1b[2J", "\udcff\udcfe", "$(touch x)", "`x`", "diff --git a b", "@@ -1 +1 @@", "=>", "{a => b}", "ünï/cödé",
]  # fmt: skip


async def test_weird_names_pass_unchanged(trees: Worktrees, person: Person) -> None:
    record = await trees.open("T1")
    for name in NAMES:
        place = record.path / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"{name!r}\n")
    work = await trees.commit("T1", "r", "t")
    assert {change.path for change in work.changes} == set(NAMES)
    for change in work.changes:
        diff = await trees.diff(change)
        assert [line.text for hunk in diff.hunks for line in hunk.lines] == [repr(change.path)]
    person.write("*", "mine\n")
    assert (await trees.preview("T1")).in_the_way == ("*",)
    (person.folder / "*").unlink()
    await trees.merge("T1", "t", "ada")
    assert person.status() == ""
    assert all((person.folder / name).read_text() == f"{name!r}\n" for name in NAMES)


async def test_conflicts_in_weird_names_are_told_whole(trees: Worktrees, person: Person) -> None:
    names = ["a\nb", ":(top)x", "\x1b[2J", "\udcff"]
    for name in names:
        (person.folder / name).write_text("base\n")
    person.commit()
    record = await trees.open("T1")
    for name in names:
        (record.path / name).write_text("theirs\n")
        (person.folder / name).write_text("ours\n")
    await trees.commit("T1", "r", "t")
    person.commit()
    preview = await trees.preview("T1")
    assert {conflict.path for conflict in preview.conflicts} == set(names)
    with pytest.raises(WorkspaceFault) as raised:
        await trees.merge("T1", "t", "ada")
    assert str(raised.value).isprintable()


async def test_text_in_a_file_cannot_pass_for_a_header(trees: Worktrees) -> None:
    text = "--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\ndiff --git a/x b/x\n\\ No newline at end of file\n"
    work = await work_on(trees, "T1", {"x": text})
    diff = await trees.diff(work.changes[0])
    assert [[line.text for line in hunk.lines] for hunk in diff.hunks] == [text.splitlines()]


async def test_a_link_in_the_work_is_never_written_through(trees: Worktrees, person: Person, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    await work_on(trees, "T1", {"lib/x.py": "x\n"})
    await trees.merge("T1", "t", "ada")
    record = await trees.open("T2")
    (record.path / "lib" / "x.py").unlink()
    (record.path / "lib").rmdir()
    (record.path / "lib").symlink_to(outside)
    agent_in(record).write("lib/x.py", "through the link\n")
    work = await trees.commit("T2", "r", "t")
    assert {change.path for change in work.changes} == {"lib", "lib/x.py"}
    (outside / "x.py").unlink()
    await trees.merge("T2", "t", "ada")
    assert os.readlink(person.folder / "lib") == str(outside)
    assert list(outside.iterdir()) == []


async def test_more_files_than_can_be_reviewed_are_told(trees: Worktrees, folder: Path) -> None:
    record = await trees.open("T1")
    many = record.path / "downloads"
    many.mkdir()
    for number in range(20_001):
        (many / str(number)).touch()
    with pytest.raises(WorkspaceFault, match=r"20,001 files .* \.gitignore"):
        await trees.commit("T1", "r", "t")
    assert (many / "20000").exists()
