"""Reads and writes `rules.toml`: `[[rule]]` tables in a person's own settings, where nothing is on by being there.

Without it a rule would have to be typed anew in every run. What a person wrote into the file themselves, comments
too, stays as it is when a rule is saved.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.domain.rule import Rule, rule_faults
from hephaestus_tui.domain.task import Discovery, Phase, Priority

FILE = "rules.toml"
# how the file calls a field of which a rule may name several, and what each must be
_SETS: Mapping[str, tuple[str, type[StrEnum] | None]] = {
    "phase": ("phases", Phase), "role": ("roles", None), "spawned_by": ("spawned_by", None),
    "discovery": ("discoveries", Discovery), "priority": ("priorities", Priority),
}  # fmt: skip
_KINDS: Mapping[str, tuple[type, str]] = {
    "id": (str, "a text"), "reason": (str, "a text"), "everything": (bool, "true or false"),
    "depth": (int, "a whole number"), "size": (int, "a whole number"), "duplicate": (int, "a whole number"),
    "per_hour": (int, "a whole number"),
}  # fmt: skip
_KNOWN = ("id", "verdict", "reason", *_SETS, "depth", "size", "duplicate", "per_hour", "everything")
_IN_FILE = {field: name for name, (field, _) in _SETS.items()}
_HEADER = re.compile(r"""[ \t]*\[\[[ \t]*(?:rule|"rule"|'rule')[ \t]*\]\][ \t]*(?:\#.*)?\r?\n?""")
_DEFAULTS = {f.name: f.default for f in fields(Rule)}


def own_rules(folder: Path) -> tuple[Rule, ...]:
    """The rules of `rules.toml` in a person's settings; none where there is no such file. Raises ConfigError."""
    path = folder / FILE
    return read_rules(path) if os.path.lexists(path) else ()


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of a file. Raises ConfigError that names it, the rule and the field, or the line that is not TOML."""
    return _rules(path, _read(path))


def save_rule(folder: Path, rule: Rule) -> None:
    """Add a rule to `rules.toml` in `folder`, or replace the one with its id. Nothing else in the file changes.

    Raises ConfigError where the rule has a fault or the file is not as it must be; then the file is left as it was.
    """
    if faults := rule_faults(rule):
        raise ConfigError(f"The rule {rule.id!r} was not saved: {'; '.join(faults.values())}.")
    path = Path(os.path.realpath(folder / FILE))  # where it is a link, what it leads to is written
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(path.parent):
            text = _read(path) if path.exists() else ""
            _replace(path, _with(path, text, rule))
    except OSError as error:
        raise ConfigError(f"{path}: the rule {rule.id!r} was not saved: {error.strerror or error}.") from error


# -- reading


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the rules cannot be read: {error}.") from error


def _rules(path: Path, text: str) -> tuple[Rule, ...]:
    try:
        table = tomllib.loads(text)
    except ValueError as error:  # not TOML, or a number that is too long for one
        raise ConfigError(f"{path}: the rules cannot be read: {error}. Correct it; it is left as it is.") from error
    entries = table.get("rule", [])
    if set(table) - {"rule"} or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise ConfigError(f"{path}: write one or more [[rule]] tables and nothing else.")
    rules: dict[str, Rule] = {}
    for number, entry in enumerate(entries, 1):
        where = f"{path}: rule {number}" + (f" ({entry['id']})" if isinstance(entry.get("id"), str) else "")
        rule = _rule(where, entry)
        if rule.id in rules:
            raise ConfigError(f"{where}: id: another rule has it already; give each its own.")
        rules[rule.id] = rule
    return tuple(rules.values())


def _rule(where: str, entry: Mapping[str, Any]) -> Rule:
    for name in entry:
        if name not in _KNOWN:
            raise ConfigError(f"{where}: unknown field {name!r}; known: {', '.join(_KNOWN)}.")
    values = {_SETS[n][0] if n in _SETS else n: _value(f"{where}: {n}", n, value) for n, value in entry.items()}
    if missing := next((name for name in ("id", "verdict") if name not in values), None):
        raise ConfigError(f"{where}: {missing} is missing.")
    rule = Rule(**values)
    for field, fault in rule_faults(rule).items():
        raise ConfigError(f"{where}: {_IN_FILE.get(field, field)}: {fault}.")
    return rule


def _value(where: str, name: str, value: object) -> Any:
    if name == "verdict":
        return _one_of(where, Verdict, value)
    if name in _SETS:
        kind = _SETS[name][1]
        return tuple(_one_of(where, kind, item) for item in (value if isinstance(value, list) else [value]))
    kind_, words = _KINDS[name]
    if not isinstance(value, kind_) or (kind_ is int and isinstance(value, bool)):
        raise ConfigError(f"{where}: {value!r} will not do: it must be {words}.")
    return value


def _one_of(where: str, kind: type[StrEnum] | None, value: object) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{where}: {value!r} will not do: it must be a text, or a list of texts.")
    if kind is None:
        return value
    words = [member.value for member in kind if member is not Verdict.EDIT]
    if value not in words:
        raise ConfigError(f"{where}: {value!r} is none of: {', '.join(words)}.")
    return kind(value)


# -- writing


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds off another terminal that saves a rule at the same moment."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _with(path: Path, text: str, rule: Rule) -> str:
    """The text of the file with this rule in it, the others untouched: which is tried by reading it."""
    before = _rules(path, text)
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    heads = list(_heads(lines))
    place = next((i for i, other in enumerate(before) if other.id == rule.id), None)
    block = newline.join(_block(rule)) + newline
    if place is None:
        gap = newline if text and not text.endswith("\n") else ""
        after = (*before, rule)
        written = text + gap + (newline if text.strip() else "") + block
    else:
        after = (*before[:place], rule, *before[place + 1 :])
        written = text
        if len(heads) == len(before):
            start = heads[place]
            end = heads[place + 1] if place + 1 < len(heads) else len(lines)
            while end > start + 1 and _is_aside(lines[end - 1]):  # what stands before the next table is about that
                end -= 1
            kept = "".join(_comments(lines[start + 1 : end]))
            fields = block.partition(newline)[2]
            written = "".join([*lines[: start + 1], kept, fields, *lines[end:]])
    if _read_back(path, written) != after:
        raise ConfigError(
            f"{path}: the rule {rule.id!r} was not saved: the rules in the file are not written as [[rule]] tables. "
            "Write it there yourself."
        )
    return written


def _read_back(path: Path, written: str) -> tuple[Rule, ...]:
    try:
        return _rules(path, written)
    except ConfigError:
        return ()


def _heads(lines: Sequence[str]) -> Iterator[int]:
    """The lines that begin a `[[rule]]` table; one that only looks so, within a long text, is none."""
    for number, line in enumerate(lines):
        if _HEADER.fullmatch(line):
            with suppress(tomllib.TOMLDecodeError):
                tomllib.loads("".join(lines[:number]))
                yield number


def _is_aside(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _comments(lines: Sequence[str]) -> Iterator[str]:
    if not any(quotes in line for line in lines for quotes in ('"""', "'''")):
        yield from (line for line in lines if line.lstrip().startswith("#"))


def _block(rule: Rule) -> Iterator[str]:
    yield "[[rule]]"
    for name in _KNOWN:
        field = _SETS[name][0] if name in _SETS else name
        value = getattr(rule, field)
        if value != _DEFAULTS[field]:
            yield f"{name} = {_toml(value)}"


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return _toml(value[0]) if len(value) == 1 else f"[{', '.join(_toml(item) for item in value)}]"
    # the escapes of JSON are TOML's as well; only DEL may stand bare in the one and not in the other
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _replace(path: Path, text: str) -> None:
    """All of it or nothing, whatever dies meanwhile; mode 0600."""
    handle, name = tempfile.mkstemp(prefix=".rules-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
