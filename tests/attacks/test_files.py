"""A command in the sandbox reaches no file outside its workspace, and in it none that runs later as the person."""

from __future__ import annotations

import asyncio
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hephaestus_tui.tools.sandbox import NoSandbox, Sandbox, find_sandbox

if TYPE_CHECKING:
    from tests.attacks.conftest import Ground, Run

SECRET = "canary-51c0"

# what really wrote past a checker of text: each writes `pwned` to the path in $OUT
VECTORS = {
    "redirect": 'echo pwned > "$OUT"',
    "tee": 'echo pwned | tee "$OUT"',
    "find": 'find . -maxdepth 0 -fprintf "$OUT" pwned',
    "sed w": 'echo pwned | sed -n "w $OUT"',
    "sort": 'echo pwned | sort -o "$OUT"',
    "awk": 'awk "BEGIN { print \\"pwned\\" > \\"$OUT\\" }"',
    "env": 'env sh -c "echo pwned > $OUT"',
    "dd": 'echo pwned | dd of="$OUT"',
    "cp": 'echo pwned > f; cp f "$OUT"',
    "link": 'ln -s "$OUT" out; echo pwned > out',
    "link to the folder": 'ln -s "$(dirname "$OUT")" dir; echo pwned > "dir/$(basename "$OUT")"',
    "parent": 'echo pwned > "../../$(basename "$OUT")"',
    "python": "python3 -c \"import os; open(os.environ['OUT'], 'w').write('pwned')\"",
    "tar": "tar cf x.tar --checkpoint=1 --checkpoint-action=exec=\"sh -c 'echo pwned > $OUT'\" .",
    "git": 'git log --output="$OUT"; git -c core.pager="sh -c \'echo pwned > $OUT\'" -p log',
    "remount": 'mount -o remount,rw /; echo pwned > "$OUT"',
    "namespace": 'unshare -Urm sh -c "mount -o remount,rw /; umount -l /tmp /home; echo pwned > $OUT"',
    "descriptor": 'for fd in /proc/self/fd/*; do echo pwned > "$fd/../../$(basename "$OUT")"; done',
}


@pytest.mark.parametrize("vector", VECTORS)
async def test_no_way_of_writing_leaves_the_workspace(caged: Run, ground: Ground, vector: str) -> None:
    victim = ground.home / ".bashrc"
    victim.write_text("as it was\n", "utf-8")
    await caged(f"export OUT={victim}; {VECTORS[vector]}")
    assert victim.read_text("utf-8") == "as it was\n"
    outside = [path for path in ground.home.rglob("*") if path.is_file() and not path.is_relative_to(ground.root)]
    assert not [path for path in outside if b"pwned" in path.read_bytes()]


@pytest.mark.parametrize("folder", ["/etc", "/usr/local/bin", "/opt", "/var/lib", "/dev/shm", "/run", "/sys"])
async def test_the_system_is_not_written(caged: Run, folder: str) -> None:
    await caged(f"echo pwned > {folder}/hephaestus-attack-0b1e")
    assert not (Path(folder) / "hephaestus-attack-0b1e").exists()


async def test_the_workspace_is(caged: Run, ground: Ground) -> None:
    outcome = await caged("mkdir a && echo one > a/b && echo $(cat a/b) $HOME && pwd")
    assert outcome.content.split("\n")[1:] == [f"one {os.environ['HOME']}", str(ground.root), ""]
    assert (ground.root / "a" / "b").read_text("utf-8") == "one\n"


async def test_keys_settings_and_state_cannot_be_read(caged: Run, ground: Ground) -> None:
    for path in (ground.key, ground.config / "config.toml", ground.database):
        assert (await caged(f"cat {path}")).is_error
    found = await caged(f"ln -s {ground.key} k; cat k; ls -A {ground.home}/.ssh; grep -rs {SECRET} {ground.home}")
    assert SECRET not in found.content


async def test_our_database_is_not_written(caged: Run, ground: Ground) -> None:
    script = f"import sqlite3; db = sqlite3.connect('{ground.database}'); db.execute(\\\"UPDATE proposals SET status='accepted'\\\"); db.commit()"
    outcome = await caged(f'python3 -c "{script}"')
    assert outcome.is_error
    assert ground.proposals() == [("T2", "waiting")]


async def test_nor_one_that_a_person_put_into_the_project(ground: Ground, sandbox: Sandbox, caged: Run) -> None:
    inside = ground.root / "run.db"
    inside.write_bytes(ground.database.read_bytes())
    before = inside.read_bytes()
    held = find_sandbox((*ground.hidden, inside), ground.environ, ground.root)
    assert isinstance(held, Sandbox)
    process = await asyncio.create_subprocess_exec(
        *held.argv(ground.root, ["/bin/sh", "-c", "cat run.db; echo pwned > run.db; rm -f run.db; mv run.db x"]),
        cwd=ground.root, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert b"waiting" not in said
    assert inside.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        "echo x > .git/hooks/pre-commit",
        "git config core.fsmonitor ./evil; echo x >> .git/config",
        "mv .git other && mkdir -p .git/hooks && echo x > .git/hooks/pre-commit",
        "rm -rf .git; echo 'gitdir: other' > .git",
        "ln -s .git g; echo x > g/hooks/pre-commit",
        "echo . > .git/commondir",
        "umount .git; echo x > .git/hooks/pre-commit",
    ],
)
async def test_the_repository_is_read_only(caged: Run, ground: Ground, command: str) -> None:
    await caged(command)
    assert (ground.root / ".git" / "config").read_text("utf-8") == "[core]\n"
    assert [str(path.relative_to(ground.root)) for path in sorted((ground.root / ".git").rglob("*"))] == [
        ".git/config",
        ".git/hooks",
    ]


async def test_what_an_editor_would_run_is_read_only_too(ground: Ground, caged: Run) -> None:
    await caged("echo x > .vscode/tasks.json; echo x > .envrc; mv .envrc y; rm -rf .vscode")
    assert list((ground.root / ".vscode").iterdir()) == []
    assert (ground.root / ".envrc").read_text("utf-8") == ""


async def test_a_link_that_is_put_in_place_of_a_protected_name_opens_nothing(caged: Run, ground: Ground) -> None:
    # between two commands, and while the second one starts: what is bound was settled before the first
    await caged(f"ln -s {ground.home}/.ssh .ssh; ln -s {ground.key} .netrc; ls -A")
    outcome = await caged("cat .ssh/id_ed25519 .netrc")
    assert SECRET not in outcome.content
    assert outcome.is_error


async def test_a_rename_while_commands_start_opens_nothing(ground: Ground, caged: Run) -> None:
    (ground.root / "d").mkdir()
    await caged(f"ln -s {ground.home}/.ssh l")
    racer = asyncio.ensure_future(
        caged("for i in 1 2 3 4 5 6 7 8 9; do for n in d l; do mv -T $n .idea; mv -T .idea $n; done; done; sleep 0.5")
    )
    said = [await caged("cat .idea/id_ed25519 d/id_ed25519 l/id_ed25519") for _ in range(5)]
    await racer
    assert not [outcome for outcome in said if SECRET in outcome.content]


async def test_a_forged_git_file_opens_nothing(ground: Ground, sandbox: Sandbox) -> None:
    other = ground.home / "work" / "forged"
    other.mkdir()
    (other / ".git").write_text(f"gitdir: {ground.home}/.ssh\n", "utf-8")
    assert str(ground.home / ".ssh") not in sandbox.argv(other, ["true"])


async def test_git_still_reads_in_a_worktree_below_a_hidden_folder(ground: Ground, sandbox: Sandbox) -> None:
    async def git(*words: str, cwd: Path) -> None:
        process = await asyncio.create_subprocess_exec(
            "git", "-c", "user.name=a", "-c", "user.email=a@b", *words, cwd=cwd
        )
        assert await process.wait() == 0

    main, tree = ground.home / "work" / "main", ground.state / "worktrees" / "T3"
    main.mkdir()
    await git("init", "-q", cwd=main)
    await git("commit", "-q", "--allow-empty", "-m", "first", cwd=main)
    await git("worktree", "add", "-q", str(tree), cwd=main)
    process = await asyncio.create_subprocess_exec(
        *sandbox.argv(tree, ["/bin/sh", "-c", f"git log --format=%s; echo x > f; git status -s; ls {ground.state}"]),
        cwd=tree, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert said == b"first\n?? f\nworktrees\n"


async def test_a_home_or_a_folder_of_sockets_is_no_workspace(ground: Ground, sandbox: Sandbox) -> None:
    for root in (ground.home, ground.home.parent, Path("/"), Path("/tmp"), ground.state):
        assert isinstance(find_sandbox(ground.hidden, ground.environ, root), NoSandbox)


async def test_temporary_files_are_private_and_gone(caged: Run) -> None:
    with tempfile.NamedTemporaryFile(dir="/tmp", prefix="hephaestus-other-") as other:
        mine = Path(f"{other.name}-mine")
        outcome = await caged(f"ls -A /tmp /var/tmp; echo x > {mine} && echo $TMPDIR")
        assert outcome.content.endswith("\n/tmp\n")
        assert "hephaestus-other-" not in outcome.content
        assert not mine.exists()


async def test_no_device_but_the_harmless_ones(caged: Run) -> None:
    outcome = await caged("ls /dev; mknod disk b 8 0 && echo made")
    assert "sda" not in outcome.content
    assert "made" not in outcome.content
    assert not [p for p in Path(".").glob("disk") if stat.S_ISBLK(p.stat().st_mode)]


async def test_no_setting_of_the_kernel_can_be_written(caged: Run) -> None:
    """Asked, and not tried: root would hit the machine of the tests."""
    outcome = await caged(
        "find /proc/sys /sys/kernel /sys/module /proc/sysrq-trigger /proc/irq -maxdepth 4 -type f -writable"
        " 2>/dev/null; echo looked"
    )
    assert "/proc" not in outcome.content
    assert "/sys" not in outcome.content
    assert outcome.content.endswith("\nlooked\n")
