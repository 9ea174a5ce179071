"""Shows a person an image of a workspace by their system's own program: a terminal cannot, and an agent's word is no picture."""

from __future__ import annotations

import asyncio
import importlib
import shutil
import subprocess
import sys
from collections.abc import Mapping, Set
from pathlib import Path

from hephaestus_tui.bootstrap.editor import without_secrets
from hephaestus_tui.domain.errors import CannotShow

_DISPLAYS = ("WAYLAND_DISPLAY", "DISPLAY")
# programs that show it themselves end with its window; those that hand it on have said by then whether they could
_WAIT_SECONDS = 2.0


class SystemLooker:
    """`environ` is that of the person's shell, `keys` are variables that hold keys; `platform` is as in `sys`."""

    def __init__(
        self, environ: Mapping[str, str], keys: Set[str] = frozenset(), platform: str = sys.platform
    ) -> None:  # fmt: skip
        self._environ, self._keys, self._mac = environ, keys, platform == "darwin"
        self._running: list[subprocess.Popen[bytes]] = []

    async def show(self, folder: str, path: str) -> str:
        """Show the image at a path within a folder, and say by what. Raises CannotShow."""
        return await asyncio.to_thread(self._show, folder, path)

    def _show(self, folder: str, path: str) -> str:
        # what looks into workspaces is not loaded before there is one to look into
        checked: Path = importlib.import_module("hephaestus_tui.bootstrap.image_file").checked(folder, path)
        file = str(checked)
        name = "open" if self._mac else "xdg-open"
        if not self._mac and not any(self._environ.get(display) for display in _DISPLAYS):
            raise CannotShow(f"There is no display here to show it on. The file is {file}")
        program = shutil.which(name, path=self._environ.get("PATH", ""))
        if program is None:
            raise CannotShow(f"There is no {name} here to show it with. The file is {file}")
        try:
            started = subprocess.Popen(
                [program, file],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True, env=without_secrets(self._environ, self._keys),
            )  # fmt: skip
        except OSError as error:
            raise CannotShow(f"{name} cannot be started ({error.strerror}). The file is {file}") from error
        self._running = [process for process in (*self._running, started) if process.poll() is None]
        try:
            code = started.wait(_WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            return f"opened by {name}"
        if code:
            raise CannotShow(f"{name} could not show it (exit {code}). The file is {file}")
        return f"opened by {name}"
