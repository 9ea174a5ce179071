"""Runs a person's own editor on a text, in a private file that is gone afterwards; nothing they wrote is lost with it."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shlex
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping, Set
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from hephaestus_tui.domain.errors import EditorFailed, NoEditor

log = logging.getLogger(__name__)
VARIABLES = ("VISUAL", "EDITOR")
LARGEST = 4_000_000  # bytes that are read back
_GRACE_SECONDS = 1.0
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)


def without_secrets(environ: Mapping[str, str], keys: Set[str]) -> dict[str, str]:
    """What a program of the person's own is started with; `keys` are variables that hold keys."""
    # an agent's command is a process of the same user, and may read the environment of that program
    return {name: value for name, value in environ.items() if name not in keys and not _SECRET.search(name)}


class TerminalEditor:
    """`environ` names the editor, `folder` is where kept texts go, `keys` are variables that hold keys.

    The terminal must be free while it runs.
    """

    def __init__(self, environ: Mapping[str, str], folder: Path, keys: Set[str] = frozenset()) -> None:
        self._environ = environ
        self._folder = folder
        self._keys = keys

    async def edit(self, text: str, name: str) -> str:
        """The text as the editor left it; `name` is a part of the file's. Raises EditorFailed.

        Where this is cancelled the editor is ended, and what it had stored is kept.
        """
        command = self._command()
        path = await asyncio.to_thread(_stored, text, name)
        try:
            try:
                code = await self._run([*command, str(path)])
            except asyncio.CancelledError:
                self._rescue(path, text, name)
                raise
            written = await asyncio.to_thread(self._read, path, text, name)
            if code:
                raise EditorFailed(f"{command[0]} {_ending(code)}: what it had stored is kept.", written)
            return written
        finally:
            await asyncio.to_thread(shutil.rmtree, path.parent, ignore_errors=True)

    async def keep(self, text: str, name: str) -> str:
        """The path of a new file with the text, which only this person may read. Raises EditorFailed."""
        return await asyncio.to_thread(self._keep, text.encode("utf-8", "replace"), name)

    def _command(self) -> list[str]:
        variable = next((v for v in VARIABLES if self._environ.get(v, "").strip()), None)
        if variable is None:
            raise NoEditor
        try:
            return shlex.split(self._environ[variable])
        except ValueError as error:
            raise EditorFailed(f"{variable} is no command ({error}): correct it, and start again.") from error

    async def _run(self, command: list[str]) -> int:
        try:
            process = await asyncio.create_subprocess_exec(*command, env=without_secrets(self._environ, self._keys))
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise EditorFailed(
                f"The editor {command[0]} cannot be started ({why}): name another in VISUAL or EDITOR, and start again."
            ) from error
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
                try:
                    await asyncio.wait_for(process.wait(), _GRACE_SECONDS)
                except TimeoutError:
                    process.kill()

    def _read(self, path: Path, before: str, name: str) -> str:
        try:
            stored = path.read_bytes() if path.stat().st_size <= LARGEST else None
        except OSError as error:
            raise EditorFailed(f"The file is not there any more ({error.strerror}).", before) from error
        if stored is None:
            kept = self._keep(path, name)
            raise EditorFailed(f"The file has grown beyond {LARGEST:,} bytes and is not read: it is in {kept}.", before)
        try:
            return stored.decode("utf-8")
        except UnicodeDecodeError as error:
            kept = self._keep(stored, name)
            raise EditorFailed(
                f"The file is not UTF-8, so some of it cannot be shown: as it was stored it is in {kept}.",
                stored.decode("utf-8", "replace"),
            ) from error

    def _keep(self, content: bytes | Path, name: str) -> str:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            stem = f"{_plain(name)}-{time.strftime('%Y%m%d-%H%M%S')}"
            for number in range(100):
                path = self._folder / (f"{stem}-{number}.md" if number else f"{stem}.md")
                with suppress(FileExistsError):
                    if isinstance(content, Path):
                        _claim(path).close()
                        shutil.copyfile(content, path)
                    else:
                        with _claim(path) as file:
                            file.write(content)
                    return str(path)
            raise FileExistsError(17, "too many files of this second")
        except OSError as error:
            raise EditorFailed(f"It cannot be stored in {self._folder} ({error.strerror}).") from error

    def _rescue(self, path: Path, before: str, name: str) -> None:
        with suppress(OSError):
            if (stored := path.read_bytes()) != before.encode("utf-8", "replace"):
                try:
                    log.warning("the editor was ended: what it had stored is in %s", self._keep(stored, name))
                except EditorFailed as error:
                    log.warning("the editor was ended, and what it had stored is lost: %s", error)


def _claim(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _stored(text: str, name: str) -> Path:
    """A file with the text in a folder of its own, both for this person alone: editors put other files beside it."""
    try:
        path = Path(tempfile.mkdtemp(prefix="hephaestus-")) / f"{_plain(name)}.md"
        with _claim(path) as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        raise EditorFailed(f"There can be no file for the editor ({error.strerror}): free some space first.") from error
    return path


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:40].strip(".-") or "text"


def _ending(code: int) -> str:
    if code > 0:
        return f"ended with code {code}"
    with suppress(ValueError):
        return f"was killed ({signal.Signals(-code).name})"
    return f"was killed (signal {-code})"
