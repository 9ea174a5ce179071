"""Proposals as they are named on the command line: `T3`, or `T3@2` for its second version and no other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hephaestus_tui.domain.decision import Proposal
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId

_NAMED = re.compile(r"([^@]+)(?:@([1-9]\d{0,8}))?")
HELP = "a proposal's id, such as T3; T3@2 means its version 2 only"


@dataclass(frozen=True, slots=True)
class Named:
    """What was named, and the version that a command on it is about: the one that was asked for, else the present one.

    `proposal` is None where none of this id is open; the gate then says why.
    """

    task_id: TaskId
    version: int
    proposal: Proposal | None


def add_task(parser: Any, **more: Any) -> None:
    parser.add_argument("task", metavar="TASK", help=HELP, **more)


def named(state: RunState, word: str) -> Named:
    """Raises UsageError for a word that names nothing."""
    found = _NAMED.fullmatch(word.strip())
    if found is None:
        raise UsageError(f"{word!r} names no proposal: write an id such as T3, or T3@2 for its version 2.")
    task_id, version = found[1].upper(), found[2]
    proposal = state.proposals.get(task_id)
    return Named(task_id, int(version) if version else proposal.version if proposal else 0, proposal)


def each(state: RunState, words: list[str]) -> list[Named]:
    """All that were named, each once, in their order."""
    return list({one.task_id: one for one in (named(state, word) for word in words)}.values())
