"""Sends one command to the process that owns a store."""

from __future__ import annotations

import socket
from pathlib import Path

from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.errors import StoreBusy
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.remote.wire import read_answer, request

ANSWER_SECONDS = 15.0


def submit(path: Path, run_id: RunId, command: Command) -> Receipt:
    """Raises what the owner raised; StoreBusy where it does not answer."""
    try:
        with socket.socket(socket.AF_UNIX) as owner:
            owner.settimeout(ANSWER_SECONDS)
            owner.connect(str(path))
            owner.sendall(request(run_id, command))
            with owner.makefile("rb") as answers:
                return read_answer(answers.readline())
    except OSError as error:
        raise StoreBusy(
            f"Another hephaestus has this project open and does not answer ({error}). "
            "Decide there, or close it and try again."
        ) from error
