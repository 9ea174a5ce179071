"""Runs a command under bubblewrap; without it a command that an agent runs could do whatever the person could.

The rest of the file system is read-only or hidden, there is no network, no process but its own, and no terminal.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.tools.environment import clean_environment
from hephaestus_tui.tools.sights import CLOSED, SCRATCH, Place, Sight, base, homes, in_order, secrets, workspace

# not PATH: it may name a folder that agents write to, and this program is what holds them
_FOLDERS = ("/usr/bin", "/bin", "/usr/local/bin", "/run/current-system/sw/bin")
# root writes these without any capability: a core_pattern names a program that the kernel then runs outside
_KERNEL = ("--ro-bind", "/proc/sys", "/proc/sys")
_PROBE_SECONDS = 10.0
_ALONE = ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
_PROBE = ("/bin/sh", "-c", "echo contained")


@dataclass(frozen=True, slots=True)
class NoSandbox:
    """`reason` says why, and what one can do."""

    reason: str


class Sandbox:
    """A bubblewrap that has been seen to work. `hidden` are places of ours; each command hides those that exist then.

    `commits` lets commands write to the workspace's `.git`: for known commands alone.
    """

    def __init__(
        self, bwrap: str, hidden: Sequence[Path], environ: Mapping[str, str], *, commits: bool = False
    ) -> None:
        self._bwrap, self._commits = bwrap, commits
        self._hidden = tuple(hidden)
        self._environ = dict(environ)
        self._homes = homes(environ, pwd.getpwuid(os.geteuid()).pw_dir)
        self._workspaces: dict[tuple[Path, int, int], tuple[Place, ...]] = {}

    def refuses(self, root: Path) -> str | None:
        """Why a folder cannot be the workspace of a sandbox, which would open what is to stay closed; None where it can."""
        if root == Path("/") or str(root) in CLOSED or any(home.is_relative_to(root) for home in self._homes):
            return f"{root} holds home folders or sockets, which a sandbox hides: work in a folder of its own"
        if any(os.path.realpath(path) == str(root) for path in self._hidden):
            return f"{root} is where hephaestus keeps its own files: work in another folder"
        if os.path.islink(root / ".git"):
            return f"{root / '.git'} is a link, which cannot be protected: replace it by what it points to"
        return None

    def argv(self, root: Path, command: Sequence[str]) -> tuple[str, ...]:
        """The arguments that run `command` with `root` as its workspace. To be started in that folder."""
        places = in_order(
            [*base(self._homes, self._environ, root), *secrets(self._hidden), *self._workspace(root)]
        )  # fmt: skip
        mounts = [word for place in places for word in _mount(place)]
        sealed = [word for path in self._sealed(places) for word in ("--remount-ro", str(path))]
        return (
            self._bwrap, *_ALONE, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", *_KERNEL, *mounts, *sealed,
            "--setenv", "TMPDIR", "/tmp", "--chdir", str(root), "--", *command,
        )  # fmt: skip

    def _workspace(self, root: Path) -> tuple[Place, ...]:
        """As it was before its first command; a folder that was made anew, as for a task's next try, is another one."""
        made = os.stat(root)
        key = (root, made.st_dev, made.st_ino)
        if key not in self._workspaces:
            self._workspaces[key] = workspace(root, self._homes, self._commits)
        return self._workspaces[key]

    def _sealed(self, places: Sequence[Place]) -> list[Path]:
        """What is hidden and no place to write either: a home takes caches, which are gone with the command."""
        loose = {*SCRATCH, *(str(home) for home in self._homes)}
        return [p.path for p in places if p.sight is Sight.HIDDEN and p.path.is_dir() and str(p.path) not in loose]


def find_sandbox(
    hidden: Sequence[Path], environ: Mapping[str, str], root: Path, *, commits: bool = False
) -> Sandbox | NoSandbox:
    """The sandbox of this machine for work in `root`, tried once: that bwrap is there does not say that it may work.

    Blocks for some ten milliseconds.
    """
    bwrap = next((path for folder in _FOLDERS if os.access(path := f"{folder}/bwrap", os.X_OK)), None)
    if bwrap is None:
        return NoSandbox("bubblewrap is not installed: install it (the package is called bubblewrap)")
    sandbox = Sandbox(bwrap, hidden, environ, commits=commits)
    if refusal := sandbox.refuses(root):
        return NoSandbox(refusal)
    try:
        tried = subprocess.run(
            sandbox.argv(root, _PROBE), cwd=root, env=clean_environment(environ), stdin=subprocess.DEVNULL,
            capture_output=True, timeout=_PROBE_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return NoSandbox(f"{bwrap} does not work here ({error}): see to it that it does")
    if tried.returncode != 0 or tried.stdout != b"contained\n":
        said = tried.stderr.decode("utf-8", "replace").strip().partition("\n")[0][:200]
        return NoSandbox(
            f"{bwrap} does not work here ({said or f'code {tried.returncode}'}): it needs user namespaces, which this "
            "machine may have switched off"
        )
    return sandbox


def _mount(place: Place) -> tuple[str, ...]:
    path = str(place.path)
    match place.sight:
        case Sight.WRITE:
            return ("--bind", place.source or path, path)
        case Sight.READ:
            return ("--ro-bind", place.source or path, path)
        case Sight.HIDDEN:
            return ("--tmpfs", path) if place.path.is_dir() else ("--ro-bind", "/dev/null", path)
