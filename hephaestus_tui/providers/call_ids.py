"""Ids of calls that a model gave twice in one task; without this a script would not know its own calls again.

A conversation that begins anew is played from its first turn, and some servers count their calls anew in each turn.
"""

from __future__ import annotations

import re

ROOM = 64  # characters of an id, at most: what the strictest server takes

_MADE = re.compile(r"(.+)--[0-9]+-[0-9]+")


def own_id(given: str, turn: int, index: int) -> str:
    """An id that no other call of the task has, of letters that every server takes; it begins with the one that was `given`."""
    place = f"{turn}-{index}"
    made = f"{given}--{place}"
    return made if given and len(made) <= ROOM else f"call-{place}"


def given_id(call_id: str) -> str:
    """What the model called it."""
    made = _MADE.fullmatch(call_id)
    return made[1] if made else call_id
