"""Which old line stands beside which new one, and what changed within them: without it a diff is two lists to compare by eye."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from hephaestus_tui.domain.work import Line, Side

Pair: TypeAlias = tuple[Line | None, Line | None]
Part: TypeAlias = tuple[int, int]  # from and to, in characters

_WORD = re.compile(r"\w+|\s+|.")
_ALIKE = 0.45  # of lines that have less in common nothing is picked out
_WORDS = 300  # in lines of more, nothing is


def pairs(lines: Sequence[Line]) -> Iterator[Pair]:
    """The lines of a hunk side by side: each exactly once on its side and in order; a context line stands on both.

    What was taken away stands beside what came in its place, line by line, as far as there are as many of both.
    """
    old: list[Line] = []
    new: list[Line] = []
    for line in lines:
        if line.side is Side.OLD:
            if new:  # another change begins right after the last one
                yield from _beside(old, new)
            old.append(line)
        elif line.side is Side.NEW:
            new.append(line)
        else:
            yield from _beside(old, new)
            yield line, line
    yield from _beside(old, new)


def _beside(old: list[Line], new: list[Line]) -> Iterator[Pair]:
    for place in range(max(len(old), len(new))):
        yield old[place] if place < len(old) else None, new[place] if place < len(new) else None
    old.clear()
    new.clear()


def changed_parts(old: str, new: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Where one line differs from the other, in whole words; nothing where they have too little in common."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if old == new or len(before) > _WORDS or len(after) > _WORDS:
        return (), ()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    same = sum(
        len(word) for a, _, size in matcher.get_matching_blocks() for word in before[a : a + size] if word.strip()
    )
    most = max(sum(len(w) for w in words if w.strip()) for words in (before, after))
    if same < _ALIKE * most:
        return (), ()
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return _parts(before, [(a, b) for _, a, b, _, _ in changes]), _parts(after, [(a, b) for _, _, _, a, b in changes])


def _parts(words: Sequence[str], changes: Sequence[tuple[int, int]]) -> tuple[Part, ...]:
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return tuple((starts[first], starts[last]) for first, last in changes if first < last)
