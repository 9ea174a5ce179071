"""Where things live outside the project: settings, state, roles, themes. Of the environment it reads what it is given."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.domain.errors import StoreError, UsageError

PRIVATE = 0o700
WORKSPACES = "workspaces"  # beside a project's store: the folders in which tasks work, one folder a run
PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Places:
    """`state` holds one folder a project; `config` holds `config.toml`, `roles/` and `themes/`."""

    state: Path
    config: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Places:
        """From HEPHAESTUS_HOME and HEPHAESTUS_CONFIG, else the XDG base folders. Raises UsageError."""
        state = _named(environ, "HEPHAESTUS_HOME") or _xdg(environ, "XDG_STATE_HOME", ".local/state")
        config = _named(environ, "HEPHAESTUS_CONFIG") or _xdg(environ, "XDG_CONFIG_HOME", ".config")
        if os.path.isfile(config):
            raise UsageError(
                f"HEPHAESTUS_CONFIG names the folder of config.toml, and {config} is a file: name its folder."
            )
        return cls(state, config)

    @property
    def projects(self) -> Path:
        return self.state / "projects"

    def project_store(self, project: Path) -> Path:
        """The database of a project, named so that a person finds it and two folders of one name differ."""
        folder = real(project)
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", folder.name)[:40] or "root"
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        return self.projects / f"{name}-{digest}" / "hephaestus.db"

    def stores(self) -> list[Path]:
        """Every project's database, in no order."""
        return list(self.projects.glob("*/hephaestus.db"))

    def role_folders(self) -> tuple[Path, ...]:
        return (shipped("prompts"), self.config / "roles")

    def theme_folders(self) -> tuple[Path, ...]:
        return (shipped("themes"), self.config / "themes")


def _named(environ: Mapping[str, str], variable: str) -> Path | None:
    word = environ.get(variable)
    return anywhere(word) if word else None


def _xdg(environ: Mapping[str, str], variable: str, default: str) -> Path:
    # the XDG specification says that a relative path in these is to be ignored
    base = Path(environ.get(variable, ""))
    if base.is_absolute():
        return base / "hephaestus"
    home = environ.get("HOME", "")
    return (Path(home) if os.path.isabs(home) else anywhere("~")) / default / "hephaestus"


def anywhere(word: str | Path) -> Path:
    """The absolute path that was typed; `~` is the home folder. Raises UsageError where there is no such home."""
    try:
        return Path(word).expanduser().absolute()
    except (RuntimeError, OSError) as error:
        raise UsageError(f"{word} leads nowhere ({error}): name an absolute path instead.") from error


def real(path: Path) -> Path:
    """The same without links; unlike `Path.resolve` it takes a loop of links for a name like any other."""
    return Path(os.path.realpath(path))


def shipped(name: str) -> Path:
    """A data folder: inside the package in a wheel, at the top of the repository in an editable install."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def socket_path(store: Path) -> Path:
    """Where the process that owns a store listens: beside it, but where others may write there, or the path is too deep.

    A Unix socket's path has 107 bytes at most.
    """
    near = store.with_suffix(".sock")
    if len(os.fsencode(near)) <= 100 and is_private(near.parent):
        return near
    digest = hashlib.sha256(os.fsencode(near)).hexdigest()[:16]
    # not $TMPDIR, which another terminal may have set otherwise
    return Path("/tmp") / f"hephaestus-{os.geteuid()}" / f"{digest}.sock"


def log_path(store: Path) -> Path:
    return store.with_suffix(".log")


def own_files(store: Path, places: Places) -> tuple[Path, ...]:
    """All that is ours and no command of an agent may see, with the files that SQLite keeps beside a database."""
    beside = tuple(store.with_name(store.name + suffix) for suffix in ("", "-wal", "-shm", "-journal", ".lock"))
    return (places.state, places.projects, places.config, *beside, log_path(store), socket_path(store))


def project_folder(word: str | None) -> Path:
    """The project to work on: the one that was named, else the current folder. Raises UsageError."""
    project = real(anywhere(word or "."))
    if not os.path.isdir(project):
        raise UsageError(f"{project} is not a folder: name the project's folder with --project.")
    if not os.access(project, os.R_OK | os.X_OK):
        raise UsageError(f"{project} cannot be read: check its permissions.")
    return project


def project_notes(project: Path) -> tuple[str, ...]:
    """What a person should know of a project before agents work in it; empty where all is as it should be."""
    notes = []
    if not any(os.path.exists(folder / ".git") for folder in (project, *project.parents)):
        notes.append(
            f"{project} is not under git: building tasks work in copies of it, and what is merged from them has no history. "
            "Run `git init` and commit to have one."
        )
    if not os.access(project, os.W_OK):
        notes.append(f"{project} cannot be written: agents can only read there.")
    with contextlib.suppress(OSError):
        if all(entry.name == ".git" for entry in project.iterdir()):
            notes.append(f"{project} is empty: agents begin from nothing. Is it the right folder?")
    return tuple(notes)


def is_private(folder: Path) -> bool:
    """Whether nobody else may write into a folder, or could make one of its name first."""
    try:
        found = folder.stat()
    except OSError:
        return False
    return found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o022


def make_folder(folder: Path) -> None:
    """Create a folder of mode 0700 where there is none. Raises StoreError."""
    try:
        # mkdir's own `parents` would make those in between as open as the umask allows
        for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
            missing.mkdir(mode=PRIVATE, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    except OSError as error:
        raise StoreError(
            f"The state folder {folder} cannot be made: {error.strerror}. "
            "Set HEPHAESTUS_HOME to a folder you can write, or name a database with --db."
        ) from error


def make_private(folder: Path) -> None:
    """Create a folder of mode 0700. Raises StoreError where it cannot be, or where others could write into it."""
    make_folder(folder)
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise StoreError(f"The state folder {folder} belongs to someone else. Set HEPHAESTUS_HOME to one of your own.")
    if stat.S_IMODE(found.st_mode) & 0o022:
        raise StoreError(f"Others may write into the state folder {folder}. Run: chmod 700 {folder}")
