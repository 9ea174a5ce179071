"""What of a request a setting asked for: without this, a refusal would not say which setting to remove."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hephaestus_tui.config import Effort
from hephaestus_tui.providers.base import TurnRequest


@dataclass(frozen=True, slots=True)
class Option:
    """A part of a request that not every server takes: the words by which a refusal names it, and what to do then."""

    words: tuple[str, ...]
    todo: str


def effort_option(request: TurnRequest, *words: str) -> tuple[Option, ...]:
    if request.effort is None:
        return ()
    known = ", ".join(Effort)
    todo = f"Remove or change {request.effort_setting} in the settings (one of {known}, and a model knows but some)."
    return (Option((*words, "effort"), todo),)


def cache_option(name: str, *words: str) -> Option:
    return Option(words, f"Write `cache = false` into [providers.{name}] of the settings.")


def blamed(options: Iterable[Option], body: str) -> Option | None:
    """The option that a refusal names; None where it names none."""
    text = body.casefold()
    return next((option for option in options if any(word in text for word in option.words)), None)


def merged(body: Mapping[str, object], extra: Mapping[str, object]) -> dict[str, object]:
    """A request's body with what the settings add to it; tables are merged, anything else is replaced."""
    found = dict(body)
    for key, value in extra.items():
        old = found.get(key)
        found[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return found
