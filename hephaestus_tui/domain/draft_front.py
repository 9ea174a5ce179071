"""The short fields of a task as TOML, written by hand and read strictly: each fault is told with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from hephaestus_tui.domain.draft_words import Row, one_row, toml_string, visible
from hephaestus_tui.domain.errors import DraftFileError
from hephaestus_tui.domain.task import Discovery, Phase, Priority, TaskDraft, TaskId

FENCE = "+++"
KEYS = ("phase", "role", "priority", "discovery", "blocked_by", "blocks")
OPTIONAL = ("blocks",)
_KINDS: Mapping[str, type[StrEnum]] = {"phase": Phase, "priority": Priority, "discovery": Discovery}
_AT = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")
_ID = re.compile(r"[Tt]?([0-9]{1,9})", re.ASCII)


def front_rows(draft: TaskDraft, roles: Sequence[str]) -> list[str]:
    """The fields of a draft, one a line, with what each may be."""
    return [
        f"phase = {toml_string(draft.phase)}  # {', '.join(Phase)}",
        f"role = {toml_string(visible(draft.role))}" + (f"  # {', '.join(map(one_row, roles))}" if roles else ""),
        f"priority = {toml_string(draft.priority)}  # {', '.join(Priority)}",
        f"discovery = {toml_string(draft.discovery)}  # {', '.join(Discovery)}",
        f"blocked_by = [{_ids(draft.blocked_by)}]",
        *([f"blocks = [{_ids(draft.blocks)}]"] if draft.blocks else []),
    ]


def _ids(ids: Sequence[TaskId]) -> str:
    return ", ".join(toml_string(visible(task_id)) for task_id in ids)


def read_front(rows: Sequence[Row], shown: TaskDraft) -> dict[str, Any]:
    """The fields that the rows between the fences name, by name. Raises DraftFileError."""
    table = _table(rows)
    lines = key_lines(rows, 1)
    fields: dict[str, Any] = {}
    for name, value in table.items():
        if name in _KINDS:
            fields[name] = _member(_KINDS[name], name, value, lines[name])
        elif name == "role":
            fields[name] = _role(value, shown.role, lines[name])
        elif name == "blocked_by":
            fields[name] = _blockers(value, shown.blocked_by, lines[name])
        elif name == "blocks":
            fields[name] = _blockers(value, shown.blocks, lines[name])
        else:
            line = _line_of(rows, name, rows[0][0])
            raise DraftFileError(line, f"there is no field {name!r}; here stand {', '.join(KEYS)}")
    return fields


def key_lines(rows: Sequence[Row], otherwise: int) -> dict[str, int]:
    """The line on which each field stands."""
    return {name: _line_of(rows, name, otherwise) for name in KEYS}


def _line_of(rows: Sequence[Row], key: str, otherwise: int) -> int:
    begins = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
    return next((number for number, row in rows if begins.match(row)), otherwise)


def _table(rows: Sequence[Row]) -> dict[str, Any]:
    try:
        return tomllib.loads("\n".join(row for _, row in rows))
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        place = int(at[1]) - 1 if at and at[1] else len(rows) - 1
        line = rows[min(place, len(rows) - 1)][0] if rows else 1
        raise DraftFileError(line, f"this is not TOML: {_AT.sub('', str(error))}") from error


def _member(kind: type[StrEnum], name: str, value: object, line: int) -> StrEnum:
    if not isinstance(value, str) or value not in list(kind):
        raise DraftFileError(line, f"there is no {name} {value!r}; use one of: {', '.join(kind)}")
    return kind(value)


def _role(value: object, shown: str, line: int) -> str:
    if not isinstance(value, str):
        raise DraftFileError(line, "role is a name in quotation marks")
    return shown if value == visible(shown) else value


def _blockers(value: object, shown: tuple[TaskId, ...], line: int) -> tuple[TaskId, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise DraftFileError(line, 'blocked_by is a list of ids, like ["T1", "T2"], or []')
    if value == [visible(blocker) for blocker in shown]:
        return shown
    return tuple(f"T{int(match[1])}" if (match := _ID.fullmatch(one.strip())) else one for one in value)
