"""Without this, a person would decide the same idea as often as it occurs to an agent.

Words are compared by rapidfuzz: MIT licence, released several times a year, typed wheels for every platform, imported in
20 ms, and it scores ten to a hundred times as fast as `difflib`; thefuzz is a wrapper of it, and scikit-learn brings
100 MB for a cosine. Its whole-string scorers alone cannot do: "Fix N+1 in users" and "Fix N+1 in orders" share nearly
every letter. So the score asks how much of each title the other proposal speaks of at all (`similarity`), and rapidfuzz
says which words are forms of one (`tests/engine/pairs.toml` holds the pairs by which this was chosen).
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from math import log, sqrt

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from hephaestus_tui.domain.decision import Near
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskDraft, TaskId

SHOWN = 5
LEAST_SCORE = 50
DESCRIPTION_READ = 1_000
TITLE_WORDS = 20
TEXT_WORDS = 80
SAME_WORD = 0.88
GENERIC_WEIGHT = 0.4

# a word that thousands have used tells little: only the latest of them are looked at for its sake
_LONGEST_POSTING = 500
_SCORED = 60
_CHUNK = 50
_STEM = 4

# CJK is written without spaces: there each sign is a word
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SILENT_WORDS = """
a all an and are as at be by can each every for from how in instead into is it its no not of on one or over so than that
the their them then this to what when which who why with without"""
_GENERIC_WORDS = """
add build change check create drop enable fix handle implement improve introduce investigate make read remove replace stop
support switch test tests unit update use validate write"""
_SILENT = frozenset(_SILENT_WORDS.split())
_GENERIC = frozenset(_GENERIC_WORDS.split())


@dataclass(frozen=True, slots=True)
class Words:
    """What a draft speaks of: the words of its title, those of title and description, and of these the longer ones."""

    draft: TaskDraft
    title: tuple[str, ...]
    text: tuple[str, ...]
    inflected: tuple[str, ...]


class Duplicates:
    """The tasks, proposals and rejected ideas of one run, found again by what they speak of.

    It lives on the event loop and keeps what it has read: a search among 10,000 takes a few milliseconds, and only the
    first one, which reads them all, gives way to others meanwhile.
    """

    def __init__(self) -> None:
        self._known: dict[TaskId, Words] = {}
        self._vocabulary: dict[str, str] = {}
        self._by_title: dict[str, list[TaskId]] = {}
        self._by_text: dict[str, list[TaskId]] = {}

    async def near(self, draft: TaskDraft, state: RunState, exclude: TaskId | None = None) -> tuple[Near, ...]:
        """What says much the same as `draft`, in whatever phase: the nearest first, at most `SHOWN`.

        `exclude` is the proposal itself where it is there already. The state must hold still until this returns.
        """
        await self._read(state)
        wanted = words_of(draft)
        scored = [
            Near(task_id, score)
            for task_id in self._candidates(wanted)
            if task_id != exclude and (score := similarity(wanted, self._known[task_id])) >= LEAST_SCORE
        ]
        scored.sort(key=lambda near: (-near.score, int(near.task_id[1:])))
        return tuple(scored[:SHOWN])

    async def _read(self, state: RunState) -> None:
        unread = [(task_id, draft) for task_id, draft in _drafts(state) if self._changed(task_id, draft)]
        for start in range(0, len(unread), _CHUNK):
            if start:
                await asyncio.sleep(0)
            for task_id, draft in unread[start : start + _CHUNK]:
                self._add(task_id, draft)

    def _changed(self, task_id: TaskId, draft: TaskDraft) -> bool:
        known = self._known.get(task_id)
        return known is None or known.draft is not draft

    def _add(self, task_id: TaskId, draft: TaskDraft) -> None:
        # postings of an earlier draft stay: they only make it a candidate, and the score is taken of the present one
        before = self._known.get(task_id)
        words = words_of(draft)
        shared = self._vocabulary.setdefault
        self._known[task_id] = Words(
            draft,
            tuple(shared(w, w) for w in words.title),
            tuple(shared(w, w) for w in words.text),
            tuple(shared(w, w) for w in words.inflected),
        )
        for postings, now, then in (
            (self._by_title, words.title, before.title if before else ()),
            (self._by_text, words.text, before.text if before else ()),
        ):
            for key in _stems(now) - _stems(then):
                postings.setdefault(shared(key, key), []).append(task_id)

    def _candidates(self, wanted: Words) -> list[TaskId]:
        """Those that share most stems with it, the rare ones above all: in their titles with its text, and the reverse."""
        counts: dict[TaskId, float] = {}
        for stems, postings in ((_stems(wanted.title), self._by_text), (_stems(wanted.text), self._by_title)):
            for stem in stems:
                if posting := postings.get(stem):
                    worth = log(1 + len(self._known) / len(posting))
                    for task_id in islice(reversed(posting), _LONGEST_POSTING):
                        counts[task_id] = counts.get(task_id, 0.0) + worth
        return nlargest(_SCORED, counts, key=counts.__getitem__)


def words_of(draft: TaskDraft) -> Words:
    """Read a draft: its long description only so far as it is likely to say what the task is."""
    title = _words(draft.title, TITLE_WORDS)
    text = tuple(dict.fromkeys((*title, *_words(draft.description[:DESCRIPTION_READ], TEXT_WORDS))))
    return Words(draft, title, text, tuple(w for w in text if len(w) >= _STEM and w not in _GENERIC))


def similarity(one: Words, other: Words) -> int:
    """From 0 to 100: the geometric mean of how much of the two titles the other speaks of, on average and at most.

    So an idea told more shortly is the same, and one in which a word stands for another (logout for login) is not.
    """
    there, back = _covered(one.title, other), _covered(other.title, one)
    return round(100 * sqrt((there + back) / 2 * max(there, back)))


def _covered(title: tuple[str, ...], by: Words) -> float:
    """The share of a title's words, by weight, that stand in the other's text, in this or another form."""
    have = total = 0.0
    for word in title:
        weight = GENERIC_WEIGHT if word in _GENERIC else 1.0
        total += weight
        if word in by.text:
            have += weight
        elif len(word) >= _STEM and word not in _GENERIC:
            best = process.extractOne(
                word, by.inflected, processor=None, scorer=JaroWinkler.similarity, score_cutoff=SAME_WORD
            )
            have += weight * best[1] if best else 0.0
    return have / total if total else 0.0


def normalised(text: str) -> str:
    """Text as it is compared: one form for what looks the same, nothing invisible, no upper case."""
    if text.isascii():
        return _HUMP.sub(" ", text).casefold()
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return _HUMP.sub(" ", visible).casefold()


def _words(text: str, most: int) -> tuple[str, ...]:
    found: list[str] = _WORD.findall(normalised(text))
    telling = dict.fromkeys(w for w in found if w not in _SILENT)
    return tuple(islice(telling or dict.fromkeys(found), most))


def _stems(words: tuple[str, ...]) -> set[str]:
    return {w[:_STEM] for w in words}


def _drafts(state: RunState) -> Iterator[tuple[TaskId, TaskDraft]]:
    for task_id, task in state.tasks.items():
        yield task_id, task.draft
    for proposals in (state.proposals, state.rejected):
        for task_id, proposal in proposals.items():
            yield task_id, proposal.draft
