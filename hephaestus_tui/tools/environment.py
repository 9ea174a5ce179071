"""The environment and programs of child processes; without it keys and sockets of the app would reach every command."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_PASSED_ON = (
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LC_COLLATE",
    "LC_MESSAGES",
    "LC_NUMERIC",
    "LC_TIME",
    "TZ",
    "TMPDIR",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "JAVA_HOME",
    "GOPATH",
    "GOROOT",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "NVM_DIR",
    "PYENV_ROOT",
)
_FIXED = {
    "TERM": "dumb",
    "NO_COLOR": "1",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
}
_USUAL_PATH = "/usr/local/bin:/usr/bin:/bin"


def clean_environment(source: Mapping[str, str]) -> dict[str, str]:
    """What a child may know: names of places and the language, by an allow-list; no key, socket or setting of ours."""
    kept = {name: source[name] for name in _PASSED_ON if name in source}
    return kept | _FIXED | {"PATH": os.pathsep.join(_folders(source))}


def program(name: str, source: Mapping[str, str], *, apart_from: Path | None = None) -> str | None:
    """The absolute path of a program; a relative entry of PATH could name one that an agent wrote.

    `apart_from` is a folder that agents write to: what we run ourselves must not lie in it, nor be a link into it.
    """
    for folder in _folders(source):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and os.access(path, os.X_OK) and not _inside(path, apart_from):
            return path
    return None


def _inside(path: str, folder: Path | None) -> bool:
    if folder is None:
        return False
    return any(Path(way).is_relative_to(folder) for way in (path, os.path.realpath(path)))


def _folders(source: Mapping[str, str]) -> list[str]:
    entries = source.get("PATH", _USUAL_PATH).split(os.pathsep)
    return [entry for entry in entries if os.path.isabs(entry)]
