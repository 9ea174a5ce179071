"""Sends one command to the process that owns a store."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.errors import StoreBusy
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.remote.wire import read_answer, request

ANSWER_SECONDS = 15.0


class NobodyListens(StoreBusy):
    """Nothing was sent: the owner has only begun, has just ended, or cannot listen."""


def submit(path: Path, run_id: RunId, command: Command) -> Receipt:
    """Raises what the owner raised; NobodyListens, and StoreBusy where no answer came to what was sent."""
    with socket.socket(socket.AF_UNIX) as owner:
        owner.settimeout(ANSWER_SECONDS)
        try:
            owner.connect(str(path))
        except OSError as error:
            raise NobodyListens(
                f"Another hephaestus has this project open and does not listen ({error.strerror}). "
                "Decide there, or close it and try again."
            ) from error
        try:
            with suppress(BrokenPipeError):  # refused before it was read: the answer says why
                owner.sendall(request(run_id, command))
            with owner.makefile("rb") as answers:
                line = answers.readline()
        except OSError as error:
            raise _silent(str(error)) from error
        if not line.endswith(b"\n"):
            raise _silent("it ended")
        return read_answer(line)


def _silent(why: str) -> StoreBusy:
    return StoreBusy(
        f"The hephaestus that has this project open did not answer ({why}). "
        "Look with `hephaestus show RUN TASK` whether it was decided, and try again if not."
    )
