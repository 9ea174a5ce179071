"""No path leads out of a workspace, whoever renames what meanwhile; and writing is all or nothing."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hephaestus_tui.tools.dirfd import Kind
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.protected import protected_part
from hephaestus_tui.tools.workspace import READ_LIMIT, WRITE_LIMIT, Workspace

SECRET = "outside-secret"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the workspace whose name begins with the workspace's."""
    folder = tmp_path / "ws-evil"
    folder.mkdir()
    (folder / "secret").write_text(SECRET)
    return folder


@pytest.mark.parametrize(
    "path",
    [
        "../ws-evil/secret",
        "a/../../ws-evil/secret",
        "/etc/passwd",
        "~/x",
        "x\0y",
        "a/" * 600,
        "\ud800",
        "..",
        "",
        ".",
        "/",
    ],
)
def test_a_path_that_leads_out_or_is_none_is_refused(workspace: Workspace, outside: Path, path: str) -> None:
    with pytest.raises(ToolFault):
        workspace.read_text(path)
    with pytest.raises(ToolFault):
        workspace.write_text(path, "x")
    assert (outside / "secret").read_text() == SECRET


def test_an_absolute_path_of_a_sibling_with_the_same_beginning_is_outside(workspace: Workspace, outside: Path) -> None:
    with pytest.raises(ToolFault, match="outside the workspace"):
        workspace.read_text(str(outside / "secret"))


def test_an_absolute_path_inside_is_taken(workspace: Workspace, root: Path) -> None:
    workspace.write_text(str(root / "a" / "b.txt"), "hello")
    assert workspace.read_text("a/b.txt") == "hello"


@pytest.mark.parametrize("path", ["link", "folder/secret", "folder/new"])
def test_links_are_followed_nowhere(workspace: Workspace, root: Path, outside: Path, path: str) -> None:
    (root / "link").symlink_to(outside / "secret")
    (root / "folder").symlink_to(outside)
    with pytest.raises(ToolFault, match="link"):
        workspace.read_text(path)
    with pytest.raises(ToolFault, match="link"):
        workspace.write_text(path, "x")
    assert sorted(p.name for p in outside.iterdir()) == ["secret"]
    assert (outside / "secret").read_text() == SECRET


def test_walk_and_list_do_not_follow_links(workspace: Workspace, root: Path, outside: Path) -> None:
    (root / "a.txt").write_text("a")
    (root / "folder").symlink_to(outside)
    (root / "loop").symlink_to(root)
    assert list(workspace.walk()) == ["a.txt"]
    assert [(e.name, e.kind) for e in workspace.list_dir()] == [
        ("a.txt", Kind.FILE),
        ("folder", Kind.LINK),
        ("loop", Kind.LINK),
    ]
    with pytest.raises(ToolFault, match="link"):
        workspace.list_dir("folder")
    with pytest.raises(ToolFault, match="link"):
        list(workspace.walk("folder"))


RACER = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
a, b = (p.encode() for p in sys.argv[1:3])
print("ready", flush=True)
while True:
    if libc.renameat2(-100, a, -100, b, 2):
        sys.exit("no RENAME_EXCHANGE here")
"""


@contextmanager
def exchanging(one: Path, other: Path) -> Iterator[None]:
    """Another process swaps two names, as fast as it can."""
    with subprocess.Popen([sys.executable, "-c", RACER, one, other], stdout=subprocess.PIPE, text=True) as racer:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
        try:
            yield
            assert racer.poll() is None, "the racer gave up"
        finally:
            racer.send_signal(signal.SIGKILL)


def test_a_folder_swapped_with_a_link_in_a_race_never_leads_out(
    workspace: Workspace, root: Path, outside: Path
) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "secret").write_text("inside")
    (root / "evil").symlink_to(outside)
    read, refused = set(), 0
    with exchanging(root / "sub", root / "evil"):
        for turn in range(4_000):
            try:
                read.add(workspace.read_text("sub/secret"))
                workspace.write_text("sub/made", str(turn)) if turn % 8 == 0 else None
            except ToolFault:
                refused += 1
    assert read == {"inside"}
    assert refused, "the race was never met: the test shows nothing"
    assert sorted(p.name for p in outside.iterdir()) == ["secret"]


def test_pipes_devices_and_sockets_are_refused_without_waiting(
    workspace: Workspace, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(root / "fifo")
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        for name in ("fifo", "socket"):
            with pytest.raises(ToolFault, match=r"pipe|regular"):
                workspace.read_text(name)
            with pytest.raises(ToolFault, match="regular"):
                workspace.write_text(name, "x")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a device")
def test_a_device_is_refused(workspace: Workspace, root: Path) -> None:
    os.mknod(root / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    with pytest.raises(ToolFault, match="regular"):
        workspace.read_text("null")
    with pytest.raises(ToolFault, match="regular"):
        workspace.write_text("null", "x")


def test_a_file_with_a_second_hard_link_may_be_read_but_not_written(
    workspace: Workspace, root: Path, outside: Path
) -> None:
    os.link(outside / "secret", root / "shared")
    assert workspace.read_text("shared") == SECRET
    with pytest.raises(ToolFault, match="hard links"):
        workspace.write_text("shared", "x")
    assert (outside / "secret").read_text() == SECRET


@pytest.mark.parametrize(
    "path",
    [
        ".git",
        ".git/config",
        ".GIT/hooks/pre-commit",
        "sub/.Git/config",
        ".g\u200bit/config",
        "\u200d.git/config",
        ".gi\ufe0ft/config",
        "．ｇｉｔ/config",
        ".git./config",
        ".git /config",
        ".git::$INDEX_ALLOCATION/config",
        "git~1/config",
        ".hephaestus/config.toml",
        ".envrc",
        "sub/.ENVRC",
        ".vscode/tasks.json",
        ".idea/workspace.xml",
        ".bashrc",
        ".zshenv",
        ".husky/pre-commit",
        ".githooks/pre-push",
        ".gitmodules",
    ],
)
def test_what_would_run_later_as_the_human_may_not_be_written(workspace: Workspace, root: Path, path: str) -> None:
    with pytest.raises(ToolFault, match=r"protected"):
        workspace.write_text(path, "x")
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("path", [".gitignore", ".github/workflows/ci.yml", "src/hooks/useUser.ts", "git.py", ".env"])
def test_ordinary_names_may_be_written(workspace: Workspace, root: Path, path: str) -> None:
    workspace.write_text(path, "x")
    assert (root / path).read_text() == "x"


@given(
    st.lists(st.sampled_from(["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\ufe0f"]), min_size=5, max_size=5),
    st.lists(st.booleans(), min_size=3, max_size=3),
)
def test_git_is_recognised_under_every_disguise(invisible: list[str], upper: list[bool]) -> None:
    letters = [c.upper() if u else c for c, u in zip("git", upper, strict=True)]
    name = invisible[0] + "." + "".join(c + i for c, i in zip(letters, invisible[1:], strict=False))
    assert protected_part(("a", name)) == name


@pytest.mark.parametrize("path", ["a\nb", "a\x1b[2J", "a\u202eb", "\u200bx"])
def test_names_that_could_deceive_a_reader_are_not_made(workspace: Workspace, path: str) -> None:
    with pytest.raises(ToolFault, match="invisible"):
        workspace.write_text(path, "x")


@pytest.mark.parametrize("mode", [0o755, 0o600, 0o664])
def test_an_existing_file_keeps_its_mode_and_no_temporary_file_stays(
    workspace: Workspace, root: Path, mode: int
) -> None:
    file = root / "run.sh"
    file.write_text("old")
    file.chmod(mode)
    before = file.stat().st_ino
    workspace.write_text("run.sh", "new")
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert file.stat().st_ino != before, "written in place: a crash would leave half a file"
    assert [p.name for p in root.iterdir()] == ["run.sh"]


def test_a_failed_write_leaves_the_folder_as_it_was(workspace: Workspace, root: Path) -> None:
    (root / "folder").mkdir()
    (root / "frozen").write_text("old")
    (root / "frozen").chmod(0o444)
    for path in ("folder", "frozen", "frozen/below", "x" * 300):
        with pytest.raises(ToolFault):
            workspace.write_text(path, "x")
    assert (root / "frozen").read_text() == "old"
    assert sorted(p.name for p in root.iterdir()) == ["folder", "frozen"]


def test_sizes_are_bounded(workspace: Workspace, root: Path) -> None:
    with (root / "big").open("wb") as file:
        file.truncate(READ_LIMIT + 1)
    with pytest.raises(ToolFault, match="more than"):
        workspace.read_text("big")
    with pytest.raises(ToolFault, match="over"):
        workspace.write_text("new", "é" * (WRITE_LIMIT // 2 + 1))


def test_binary_and_foreign_encodings_are_told_apart(workspace: Workspace, root: Path) -> None:
    (root / "binary").write_bytes(b"\x7fELF\0\0")
    (root / "latin").write_bytes("Fähre\r\n".encode("latin-1"))
    with pytest.raises(ToolFault, match="binary"):
        workspace.read_text("binary", exact=False)
    with pytest.raises(ToolFault, match="not UTF-8"):
        workspace.read_text("latin")
    assert workspace.read_text("latin", exact=False) == "F\ufffdhre\r\n"


def test_walk_goes_folder_by_folder_and_skips(workspace: Workspace, root: Path) -> None:
    for path in ("b.py", "a/z.py", "a/b/c.py", ".git/config", "node_modules/x.js", "c.py"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("")
    assert list(workspace.walk()) == ["b.py", "c.py", "a/z.py", "a/b/c.py"]
    assert list(workspace.walk("a")) == ["a/z.py", "a/b/c.py"]


def test_exists_looks_at_the_name_itself(workspace: Workspace, root: Path) -> None:
    (root / "dangling").symlink_to("nowhere")
    (root / "file").write_text("")
    assert workspace.exists("dangling")
    assert workspace.kind("file") is Kind.FILE
    assert not workspace.exists("nowhere")
    assert not workspace.exists("file/below")


def test_a_workspace_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ToolFault, match="cannot be opened"):
        Workspace(tmp_path / "missing")
