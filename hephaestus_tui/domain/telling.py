"""Which words of a text tell what it is about, and whether two texts are about the same; found without any library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_WORD = re.compile(r"[^\W_]+")
# they stand in every text, and would make every note seem near
_COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "may",
        "must",
        "no",
        "not",
        "of",
        "on",
        "one",
        "or",
        "our",
        "shall",
        "should",
        "so",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "you",
        "your",
        "all",
        "any",
        "each",
        "more",
        "other",
        "out",
        "over",
        "under",
        "use",
        "used",
        "using",
    ]
)
_STEM = 4  # letters by which words are taken for forms of one: cache, caches, caching
_ENOUGH = 2


def telling(text: str) -> Iterator[str]:
    """Its words in their order, small and without those that stand in every text."""
    return (word for word in _WORD.findall(text.casefold()) if len(word) > 1 and word not in _COMMON)


def is_near(text: str, tags: Iterable[str], wanted: str) -> bool:
    """Whether a note has enough to do with `wanted` to be given unasked: a tag, or two words."""
    theirs = _stems(wanted)
    tagged = any(stems and stems <= theirs for stems in map(_stems, tags))
    return tagged or len(_stems(text) & theirs) >= _ENOUGH


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in telling(text)}
