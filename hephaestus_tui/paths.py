"""Where things live outside the project: settings, state, roles, themes. Reads the environment it is given, nothing else."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.domain.errors import StoreError, UsageError

PRIVATE = 0o700
PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Places:
    """`state` holds one folder a project; `config` holds `config.toml`, `roles/` and `themes/`."""

    state: Path
    config: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Places:
        """From HEPHAESTUS_HOME and HEPHAESTUS_CONFIG, else the XDG base folders."""
        home = Path(environ.get("HOME") or Path.home())
        state = Path(environ.get("XDG_STATE_HOME") or home / ".local/state") / "hephaestus"
        config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "hephaestus"
        chosen = Path(environ.get("HEPHAESTUS_CONFIG") or config).expanduser()
        if chosen.suffix == ".toml":
            chosen = chosen.parent
        return cls(Path(environ.get("HEPHAESTUS_HOME") or state).expanduser(), chosen)

    @property
    def projects(self) -> Path:
        return self.state / "projects"

    def project_store(self, project: Path) -> Path:
        """The database of a project, named so that a person finds it and two folders of one name differ."""
        real = project.resolve()
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", real.name)[:40] or "root"
        digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:12]
        return self.projects / f"{name}-{digest}" / "hephaestus.db"

    def stores(self) -> list[Path]:
        """Every project's database, in no order."""
        return list(self.projects.glob("*/hephaestus.db"))

    def role_folders(self) -> tuple[Path, ...]:
        return (shipped("prompts"), self.config / "roles")

    def theme_folders(self) -> tuple[Path, ...]:
        return (shipped("themes"), self.config / "themes")


def shipped(name: str) -> Path:
    """A data folder: inside the package in a wheel, at the top of the repository in an editable install."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def socket_path(store: Path) -> Path:
    """Where the process that owns a store listens. A Unix socket's path has 107 bytes at most, so a deep one is hashed."""
    near = store.with_suffix(".sock")
    if len(os.fsencode(near)) <= 100:
        return near
    digest = hashlib.sha256(os.fsencode(near)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"hephaestus-{os.geteuid()}" / f"{digest}.sock"


def log_path(store: Path) -> Path:
    return store.with_suffix(".log")


def project_folder(word: str | None, cwd: Path) -> Path:
    """The project to work on. Raises UsageError where it is not a folder that can be entered."""
    project = (cwd / word).resolve() if word else cwd.resolve()
    if not project.is_dir():
        raise UsageError(f"{project} is not a folder: name the project's folder with --project.")
    if not os.access(project, os.R_OK | os.X_OK):
        raise UsageError(f"{project} cannot be read: check its permissions.")
    return project


def make_private(folder: Path) -> None:
    """Create a folder of mode 0700. Raises StoreError where it cannot be, or where others could write into it."""
    try:
        # mkdir's own `parents` would make those in between as open as the umask allows
        for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
            missing.mkdir(mode=PRIVATE, exist_ok=True)
        found = folder.stat()
    except OSError as error:
        raise StoreError(
            f"The state folder {folder} cannot be made: {error.strerror}. Set HEPHAESTUS_HOME to a folder you can write."
        ) from error
    if found.st_uid != os.geteuid():
        raise StoreError(f"The state folder {folder} belongs to someone else. Set HEPHAESTUS_HOME to one of your own.")
    if stat.S_IMODE(found.st_mode) & 0o022:
        raise StoreError(f"Others may write into the state folder {folder}. Run: chmod 700 {folder}")
