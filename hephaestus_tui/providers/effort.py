"""How much a model shall reason, in the words of each dialect: without this, one setting would mean three things.

OpenAI's dialects take the word as it is. Anthropic's models reason adaptively from version 4.6 on and take a word
(https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking); earlier ones take a number of tokens and
refuse the word, and later ones refuse the number.
"""

from __future__ import annotations

import re

from hephaestus_tui.config import Effort

# tokens: reasoning counts as part of an answer everywhere, so that its room comes on top of what an answer may be long
ROOM: dict[Effort, int] = {
    Effort.NONE: 0,
    Effort.MINIMAL: 1_024,
    Effort.LOW: 4_096,
    Effort.MEDIUM: 8_192,
    Effort.HIGH: 16_384,
    Effort.XHIGH: 20_480,
    Effort.MAX: 23_552,
}
ADAPTIVE_SINCE = (4, 6)

# claude-opus-4-5-20251101, claude-3-7-sonnet, claude-sonnet-5, anthropic/claude-haiku-4.5
_VERSION = re.compile(r"claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)")


def with_room(max_tokens: int, effort: Effort | None) -> int:
    """The limit of an answer, its reasoning included."""
    return max_tokens + (ROOM[effort] if effort else 0)


def thinks_long(effort: Effort | None) -> bool:
    """Whether minutes may pass before the first word."""
    return effort in (Effort.HIGH, Effort.XHIGH, Effort.MAX)


def thinks_adaptively(model: str) -> bool:
    """Whether a model of Anthropic's dialect takes a word; one whose name tells no version is taken for a new one."""
    found = _VERSION.search(model.lower())
    return found is None or (int(found[1]), int(found[2] or 0)) >= ADAPTIVE_SINCE


def thinking(model: str, effort: Effort) -> dict[str, object]:
    """The fields of a request in Anthropic's dialect."""
    if effort is Effort.NONE:
        return {"thinking": {"type": "disabled"}}
    if not thinks_adaptively(model):
        return {"thinking": {"type": "enabled", "budget_tokens": ROOM[effort]}}
    word = Effort.LOW if effort is Effort.MINIMAL else effort
    return {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": word}}
