"""Strict JSON in, compact JSON out: for the journal, `--json`, the socket, models and tools."""

from __future__ import annotations

import json
from typing import Any, NoReturn, get_args

from pydantic import TypeAdapter, ValidationError

from hephaestus_tui.domain.commands import Command
from hephaestus_tui.domain.events import Fact

NESTING_LIMIT = 64
DIGITS_LIMIT = 300


class BadJson(ValueError):
    """Text that is not strict JSON, or not of the expected shape; the message says why and where."""


def strict_json(text: str) -> Any:
    """Parse JSON as the RFC has it: no duplicate keys, no NaN or infinity, no lone surrogate, bounded nesting.

    Python's own reader takes the last of two equal keys and overflows its stack on deep nesting.
    """
    if _nesting(text) > NESTING_LIMIT:
        raise BadJson(f"nested deeper than {NESTING_LIMIT} levels")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise BadJson(f"not valid JSON: {error.msg} at character {error.pos}") from error
    _no_surrogates(text, value)
    return value


def _nesting(text: str) -> int:
    depth = deepest = 0
    in_string = escaped = False
    for char in text:
        if escaped:
            escaped = False
        elif in_string:
            escaped = char == "\\"
            in_string = char != '"'
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [k for k, _ in pairs]
        raise BadJson(f"the key {next(k for k in keys if keys.count(k) > 1)!r} is given twice")
    return found


def _no_constant(word: str) -> NoReturn:
    raise BadJson(f"{word} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadJson(f"{text} is too large for a number")
    return value


def _integer(text: str) -> int:
    # int() itself raises a ValueError of another kind from some thousand digits on
    if len(text) > DIGITS_LIMIT:
        raise BadJson(f"a number of {len(text)} digits is too long")
    return int(text)


def _no_surrogates(text: str, value: Any) -> None:
    # only an escape can bring one in: a str that came from UTF-8 holds none
    if "\\u" not in text and "\\U" not in text and text.isascii():
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise BadJson("a lone surrogate is not text") from error


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


FACTS: dict[str, type[Any]] = {kind.KIND: kind for kind in get_args(Fact)}
COMMANDS: dict[str, type[Any]] = {kind.KIND: kind for kind in get_args(Command)}


def to_json(value: object) -> str:
    """The JSON text of any dataclass of the domain."""
    return _adapter(type(value)).dump_json(value).decode()


def to_data(value: object) -> Any:
    """The same as plain lists, dicts, strings and numbers."""
    return _adapter(type(value)).dump_python(value, mode="json")


def from_json(kind: type[Any], text: str | bytes) -> Any:
    """An instance of a dataclass of the domain. Raises BadJson."""
    try:
        return _adapter(kind).validate_json(text)
    except ValidationError as error:
        raise BadJson(f"not a {kind.__name__}: {error.errors()[0]['msg']}") from error


def fact_from_json(kind: str, text: str | bytes) -> Fact:
    """Raises BadJson for a kind this version does not know."""
    if kind not in FACTS:
        raise BadJson(f"unknown kind of fact {kind!r}: written by a later version?")
    fact: Fact = from_json(FACTS[kind], text)
    return fact


def command_from_json(kind: str, text: str | bytes) -> Command:
    if kind not in COMMANDS:
        raise BadJson(f"unknown command {kind!r}")
    command: Command = from_json(COMMANDS[kind], text)
    return command
