"""Sends one command to the process that owns a store."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.errors import StoreBusy, UsageError
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.remote.wire import LINE_LIMIT, read_answer, request

ANSWER_SECONDS = 15.0


class NobodyListens(StoreBusy):
    """Nothing was sent: the owner has only begun, has just ended, or cannot listen."""


def submit(path: Path, run_id: RunId, command: Command) -> Receipt:
    """Raises what the owner raised; NobodyListens, and StoreBusy where no answer came to what was sent; UsageError."""
    line = request(run_id, command)
    if len(line) > LINE_LIMIT:
        raise UsageError(
            f"This is too much at once ({len(line) / 1_048_576:.1f} MB, {LINE_LIMIT // 1_048_576} at most): "
            "decide on fewer at a time, or where the run is open."
        )
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
                owner.sendall(line)
            with owner.makefile("rb") as answers:
                answer = answers.readline()
        except OSError as error:
            raise _silent(str(error)) from error
        if not answer.endswith(b"\n"):
            raise _silent("it ended")
        return read_answer(answer)


def _silent(why: str) -> StoreBusy:
    return StoreBusy(
        f"The hephaestus that has this project open did not answer ({why}). "
        "Look with `hephaestus show RUN TASK` whether it was decided, and try again if not."
    )
