"""Which piece of evidence is for which criterion: without it a claim about one would stand for another."""

from __future__ import annotations

from collections.abc import Sequence

from hephaestus_tui.domain.criterion import Criterion, normal, words_of
from hephaestus_tui.domain.task import Evidence


def matched(criteria: Sequence[Criterion], offered: Sequence[Evidence]) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
    """The evidence, a piece for each criterion in its own words and in order, and the words of those that have none.

    Models paraphrase: what fits no criterion by its words is taken for those that are left, in order, where there are
    just as many. Anything more stands at the end.
    """
    left = [piece for piece in offered if piece.evidence.strip()]
    found: list[Evidence | None] = []
    for criterion in criteria:
        key = normal(words_of(criterion))
        piece = next((p for p in left if normal(p.criterion) == key), None)
        left = [p for p in left if p is not piece]
        found.append(piece)
    if left and len(left) == found.count(None):
        taken = iter(left)
        found = [piece or next(taken) for piece in found]
        left = []
    pairs = [
        Evidence(criterion=words_of(criterion), evidence=piece.evidence)
        for criterion, piece in zip(criteria, found, strict=True)
        if piece
    ]
    missing = tuple(words_of(c) for c, piece in zip(criteria, found, strict=True) if piece is None)
    return (*pairs, *left), missing
