"""The two lines that cross the socket, and the errors that may come back on it."""

from __future__ import annotations

import json
from typing import Any

from hephaestus_tui.codec import BadJson, command_from_json, from_json, strict_json, to_data
from hephaestus_tui.domain import errors
from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.task import RunId

LINE_LIMIT = 4 * 1024 * 1024

_ERRORS: dict[str, type[errors.HephaestusError]] = {
    kind.__name__: kind
    for kind in (
        errors.UsageError,
        errors.StoreError,
        errors.CommandRefused,
        errors.AlreadyDecided,
        errors.StaleVersion,
        errors.UnknownTask,
    )
}


def request(run_id: RunId, command: Command) -> bytes:
    return _line({"run": run_id, "kind": command.KIND, "command": to_data(command)})


def read_request(line: bytes) -> tuple[RunId, Command]:
    """Raises BadJson."""
    value = strict_json(line.decode("utf-8", "replace"))
    if not isinstance(value, dict) or not isinstance(value.get("run"), str) or not isinstance(value.get("kind"), str):
        raise BadJson("a request needs run, kind and command")
    return value["run"], command_from_json(value["kind"], json.dumps(value.get("command")))


def receipt(done: Receipt) -> bytes:
    return _line({"receipt": to_data(done)})


def failure(error: errors.HephaestusError) -> bytes:
    faults = error.faults if isinstance(error, errors.BadDraft) else {}
    return _line({"error": type(error).__name__, "message": str(error), "faults": faults})


def read_answer(line: bytes) -> Receipt:
    """The receipt; or raises the error that the owner raised."""
    try:
        value = strict_json(line.decode("utf-8", "replace"))
    except BadJson as error:
        raise errors.StoreError(f"The process that owns the store answered with {error}. Try again.") from error
    if "receipt" in value:
        done: Receipt = from_json(Receipt, json.dumps(value["receipt"]))
        return done
    if value.get("faults"):
        raise errors.BadDraft(value["faults"])
    raise _ERRORS.get(value.get("error", ""), errors.CommandRefused)(str(value.get("message", "refused")))


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode() + b"\n"
