"""What a command in the sandbox sees of the file system; without it keys, sockets and our own records would lie open to it.

A place is hidden, readable or writable, and the deeper of two places wins: a worktree below the hidden state folder is
writable, and a state folder inside the project is hidden.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from hephaestus_tui.tools.protected import protected_part

# where people, sockets, removable disks and temporary files live
CLOSED = ("/home", "/root", "/run", "/tmp", "/var/tmp", "/var/run", "/mnt", "/media", "/srv")
# empty and private, and not only hidden: programs expect to write there
SCRATCH = ("/tmp", "/var/tmp")
# what tools need of a home folder: programs and libraries, never settings, which may hold a password
_OF_A_HOME = (
    ".local/bin", ".local/lib", ".local/share/uv", ".local/share/pipx", ".cargo/bin", ".cargo/registry", ".rustup",
    ".nvm", ".pyenv", "go",
)  # fmt: skip
_NAMED = ("VIRTUAL_ENV", "CONDA_PREFIX", "JAVA_HOME", "GOROOT", "GOPATH", "RUSTUP_HOME", "NVM_DIR", "PYENV_ROOT")


class Sight(Enum):
    HIDDEN = auto()
    READ = auto()
    WRITE = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """`source` is what is seen at `path`, itself where it is empty; a relative one starts in the workspace."""

    path: Path
    sight: Sight
    source: str = ""


def homes(environ: Mapping[str, str], account: str) -> tuple[Path, ...]:
    """The folders that are hidden as homes: the one HOME names and the one of the account, where they exist."""
    named = (Path(os.path.realpath(word)) for word in (environ.get("HOME", ""), account) if os.path.isabs(word))
    return tuple(dict.fromkeys(home for home in named if home.is_dir() and home != Path("/")))


def base(homes: Iterable[Path], environ: Mapping[str, str], root: Path) -> Iterator[Place]:
    """Closed places, and the tools that lie in them; none that agents may write, so that none can be swapped."""
    home_list = tuple(homes)
    closed = tuple(dict.fromkeys([*_existing(CLOSED), *home_list]))
    yield from (Place(path, Sight.HIDDEN) for path in closed)
    for tool in dict.fromkeys(_tools(home_list, environ)):
        inside = any(tool != place and tool.is_relative_to(place) for place in closed)
        holds_home = any(home.is_relative_to(tool) for home in home_list)
        if inside and not holds_home and not tool.is_relative_to(root):
            yield Place(tool, Sight.READ)


def _existing(paths: Iterable[str | Path]) -> list[Path]:
    return [Path(os.path.realpath(path)) for path in paths if os.path.isdir(path)]


def _tools(homes: tuple[Path, ...], environ: Mapping[str, str]) -> list[Path]:
    named = [environ[name] for name in _NAMED if os.path.isabs(environ.get(name, ""))]
    folders = [_tree(Path(entry), homes) for entry in environ.get("PATH", "").split(os.pathsep) if os.path.isabs(entry)]
    return _existing([*named, *folders, *(home / part for home in homes for part in _OF_A_HOME)])


def _tree(folder: Path, homes: tuple[Path, ...]) -> Path:
    """The installation that a folder of programs belongs to; in a home itself the folder alone."""
    above = folder.parent
    shared = any(above in (home, home / ".local") for home in homes)
    return above if (above / "lib").is_dir() and not shared else folder


def secrets(paths: Iterable[Path]) -> Iterator[Place]:
    """Folders and files of ours, as far as they exist now."""
    for path in paths:
        real = Path(os.path.realpath(path))
        if real.exists():
            yield Place(real, Sight.HIDDEN)


def workspace(root: Path, homes: Iterable[Path], commits: bool) -> tuple[Place, ...]:
    """The root, writable, and what is protected in it or needed of its repository, readable.

    With `commits` its own `.git` is writable too: whoever writes there can have code run by a person's next `git status`.
    Must be asked before the first command runs in it, and remembered: later an agent could have put a link there.
    """
    with os.scandir(root) as entries:
        kept = [e.name for e in entries if protected_part((e.name,)) and not e.is_symlink()]
    if commits:
        kept = [name for name in kept if name != ".git"]
    inner = (Place(root / name, Sight.READ, f"./{name}") for name in sorted(kept))
    return (*(Place(path, Sight.READ) for path in _repository(root, homes)), Place(root, Sight.WRITE, "."), *inner)


def _repository(root: Path, homes: Iterable[Path]) -> tuple[Path, ...]:
    """Where git looks outside the root: the git folder of a worktree, or the repository that the root is a part of."""
    dot = root / ".git"
    if dot.is_file():
        return _git_folders(dot)
    if dot.is_dir():
        return ()
    above = next((folder for folder in root.parents if (folder / ".git").exists()), None)
    # a repository that is a home, or holds homes, would open what is to stay closed
    if above is None or any(place.is_relative_to(above) for place in (*map(Path, CLOSED), *homes)):
        return ()
    return (above,)


def _git_folders(dot: Path) -> tuple[Path, ...]:
    """The git folders that a worktree's `.git` file names; none where they do not name it back, as a forged one cannot."""
    try:
        word = dot.read_text("utf-8").removeprefix("gitdir:").strip()
        folder = Path(os.path.realpath(dot.parent / word))
        if os.path.realpath((folder / "gitdir").read_text("utf-8").strip()) != os.path.realpath(dot):
            return ()
        common = Path(os.path.realpath(folder / (folder / "commondir").read_text("utf-8").strip()))
    except (OSError, UnicodeDecodeError):
        return ()
    return (common, folder)


def in_order(places: Iterable[Place]) -> list[Place]:
    """Each path once, as it was given last, a folder before what is in it, and nothing that its folder says already."""
    last = {place.path: place for place in places}
    kept: dict[Path, Place] = {}
    for path in sorted(last, key=lambda path: len(path.parts)):
        around = next((kept[folder] for folder in path.parents if folder in kept), None)
        if around is None or around.sight is not last[path].sight:
            kept[path] = last[path]
    return list(kept.values())
