"""Turns a rule into the text of a form and back, and says what in the text is no rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import TypeVar

from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.rule import PER_HOUR, Rule, rule_faults
from hephaestus_tui.domain.task import Discovery, Phase, Priority
from hephaestus_tui.ui.widgets.lines import whole

NOTHING, EVERYTHING = "no", "yes"
FIELDS = tuple(field.name for field in fields(Rule))
_SETS: Mapping[str, type[StrEnum]] = {"phases": Phase, "discoveries": Discovery, "priorities": Priority}
_NUMBERS = ("depth", "size", "duplicate", "per_hour")
_BETWEEN = re.compile(r"[\s,;]+")
_TASK = re.compile(r"[tT]?([0-9]{1,9})", re.ASCII)
_E = TypeVar("_E", bound=StrEnum)


def rule_text(rule: Rule | None) -> dict[str, str]:
    """What the form shows for each field; an empty form, with the usual cap, for none."""
    if rule is None:
        return {
            **dict.fromkeys(FIELDS, ""),
            "verdict": Verdict.ACCEPT,
            "per_hour": str(PER_HOUR),
            "everything": NOTHING,
        }
    texts: dict[str, str] = {}
    for name in FIELDS:
        value = getattr(rule, name)
        if isinstance(value, tuple):
            texts[name] = " ".join(whole(item) for item in value)
        elif isinstance(value, bool):
            texts[name] = EVERYTHING if value else NOTHING
        else:
            texts[name] = "" if value is None else " ".join(whole(str(value)).split("\n"))
    return texts


def read_rule(texts: Mapping[str, str]) -> tuple[Rule, dict[str, str]]:
    """The rule that the form says, as far as it says one, and what is wrong with each field."""
    faults: dict[str, str] = {}
    numbers = {name: _number(name, texts[name], faults) for name in _NUMBERS}
    rule = Rule(
        id=texts["id"].strip(),
        verdict=Verdict(texts["verdict"]),
        reason=texts["reason"].strip(),
        phases=_members("phases", Phase, texts, faults),
        roles=tuple(_words(texts["roles"])),
        spawned_by=tuple(_task_id(word) for word in _words(texts["spawned_by"])),
        discoveries=_members("discoveries", Discovery, texts, faults),
        priorities=_members("priorities", Priority, texts, faults),
        depth=numbers["depth"],
        size=numbers["size"],
        duplicate=numbers["duplicate"],
        per_hour=PER_HOUR if numbers["per_hour"] is None else numbers["per_hour"],
        everything=texts["everything"] == EVERYTHING,
    )
    found = rule_faults(rule)
    if "everything" in found and faults.keys() & {*_SETS, *_NUMBERS}:
        del found["everything"]  # a condition is there, only not a right one
    if not texts["per_hour"].strip():
        faults["per_hour"] = "a number; 0 is no cap"
    return rule, {**found, **faults}


def role_note(rule: Rule, roles: tuple[str, ...]) -> str:
    """Roles that this run does not have: another run may, so it is no fault."""
    unknown = [role for role in rule.roles if role not in roles]
    return f"not in this run: {', '.join(unknown)}" if unknown and roles else ""


def _words(text: str) -> Iterable[str]:
    return dict.fromkeys(word for word in _BETWEEN.split(text) if word)


def _members(name: str, kind: type[_E], texts: Mapping[str, str], faults: dict[str, str]) -> tuple[_E, ...]:
    """As people write them: the beginning of a word is enough where there is only one such word."""
    found: list[_E] = []
    for word in _words(texts[name]):
        meant = [member for member in kind if member.value.startswith(word.lower())]
        if len(meant) != 1:
            faults[name] = f"{word!r} is none of: {', '.join(kind)}"
        elif meant[0] not in found:
            found.append(meant[0])
    return tuple(found)


def _number(name: str, text: str, faults: dict[str, str]) -> int | None:
    text = text.strip().replace(",", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        faults[name] = "only digits, please"
        return None
    return int(text)


def _task_id(word: str) -> str:
    match = _TASK.fullmatch(word)
    return f"T{int(match[1])}" if match else word
