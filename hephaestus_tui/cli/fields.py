"""`--set FIELD=VALUE`: the fields of a task as they are typed."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from hephaestus_tui.domain.criterion import CommandCriterion, Criterion, is_command, read_criteria
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.task import Discovery, Phase, Priority

FIELDS: dict[str, Callable[[str], Any]] = {
    "title": str,
    "description": str,
    "rationale": str,
    "phase": Phase,
    "role": str,
    "priority": Priority,
    "discovery": Discovery,
    "blocked_by": lambda value: tuple(word.strip().upper() for word in value.split(",") if word.strip()),
    "blocks": lambda value: tuple(word.strip().upper() for word in value.split(",") if word.strip()),
    "done_criteria": str,
}

_CHOICES: dict[str, type[StrEnum]] = {"phase": Phase, "priority": Priority, "discovery": Discovery}


def changes(settings: list[str]) -> dict[str, Any]:
    """The fields that FIELD=VALUE words set. Raises UsageError that names the field."""
    changed: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or name not in FIELDS:
            raise UsageError(f"--set {setting!r}: write FIELD=VALUE with one of {', '.join(FIELDS)}.")
        try:
            read = FIELDS[name](value)
        except ValueError as error:
            known = ", ".join(_CHOICES[name])  # nothing else refuses a word
            raise UsageError(f"--set {name}: {value!r} will not do; use one of: {known}.") from error
        if name == "done_criteria":
            read = _with(changed.get(name, ()), read)
        changed[name] = read
    return changed


def _with(criteria: tuple[Criterion, ...], value: str) -> tuple[Criterion, ...]:
    """One more criterion, or with `$ COMMAND` the command of the last one; nothing takes all of them away."""
    if not value:
        return ()
    words, newline, last = value.rpartition("\n")
    rows = [words, last] if newline and is_command(last.strip()) else [value]
    for row in rows:
        (read,) = read_criteria([row], (), str) or ("",)
        plain = criteria[-1] if criteria and isinstance(criteria[-1], str) else None
        if isinstance(read, CommandCriterion) and plain is not None:
            criteria = (*criteria[:-1], CommandCriterion(plain, read.command))
        else:
            criteria = (*criteria, read if isinstance(read, CommandCriterion) else row)
    return criteria
