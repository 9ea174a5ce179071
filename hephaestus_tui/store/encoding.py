"""The border between Python's text and SQLite's: without it one lone surrogate would make a fact unstorable."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from hephaestus_tui import codec

_T = TypeVar("_T")


def encode(value: _T) -> tuple[_T, str]:
    """The value as it can be stored, and its JSON text; the value is the same object unless it held a lone surrogate."""
    try:
        return value, codec.to_json(value)
    except ValueError:
        storable = _storable(value)
        return storable, codec.to_json(storable)


def storable_text(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _storable(value: Any) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return storable_text(value)
        case tuple():
            return tuple(_storable(v) for v in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{f.name: _storable(getattr(value, f.name)) for f in fields(value)})
        case _:
            return value
