"""Text that a person gives in a file or on standard input; what it says is data, and too much of it is refused."""

from __future__ import annotations

import sys
from pathlib import Path

from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.paths import anywhere

FILE_LIMIT = 4 * 1024 * 1024


def read_text(word: str) -> str:
    """What stands in the file, or for `-` on standard input. Raises UsageError."""
    try:
        raw = _read(word)
        if len(raw) > FILE_LIMIT:
            raise UsageError(f"{named_file(word)} has more than {FILE_LIMIT // 1024 // 1024} MB: is it the right file?")
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{named_file(word)} is not UTF-8 text (byte {error.start}): is it the right file?") from error
    except OSError as error:
        raise UsageError(f"{named_file(word)} cannot be read: {error.strerror or error}.") from error


def named_file(word: str) -> str:
    return "standard input" if word == "-" else word


def _read(word: str) -> bytes:
    if word != "-":
        path: Path = anywhere(word)
        with path.open("rb") as file:
            return file.read(FILE_LIMIT + 1)
    if sys.stdin is None:
        raise UsageError("There is no standard input: name a file.")
    return sys.stdin.buffer.read(FILE_LIMIT + 1)
