"""What was compacted stands in the transcript where it happened, unfolds, and looks the same when it is read again."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain.context import Cause, ContextUse
from hephaestus_tui.domain.context_words import compacted_words, use_words
from hephaestus_tui.domain.events import (
    ContextCompacted,
    MessageAdded,
    ModelSwitched,
    ProviderWaiting,
    Recorded,
    SummaryBegan,
    TurnCut,
)
from hephaestus_tui.domain.message import Message, Speaker, TextPart
from hephaestus_tui.session import Transcript
from hephaestus_tui.ui.widgets.blocks import Compacted, Cut, Prose, Summing, Switched, folds, unfolded_at_first
from hephaestus_tui.ui.widgets.conversation import Conversation

EMPTY = Transcript(task_id="T1", seq=0, messages=())


def said(ordinal: int) -> Message:
    return Message(ordinal=ordinal, speaker=Speaker.ASSISTANT, parts=(TextPart(f"turn {ordinal}"),), at=0.0)


def compacted(turn: int, cause: Cause = Cause.NEAR, **more) -> ContextCompacted:
    told: dict[str, Any] = {
        "summary": "Done: all of it.",
        "by": "a:m",
        "messages": 42,
        "upto": 40,
        "cleared": ("c1",),
    } | more
    return ContextCompacted(task_id="T1", turn=turn, before=180_000, after=60_000, cause=cause, **told)


def cut(turn: int) -> TurnCut:
    return TurnCut(task_id="T1", turn=turn, text="", reason="too long")


def switched(turn: int) -> ModelSwitched:
    return ModelSwitched(task_id="T1", turn=turn, before="a:x", model="b:y", reason="gone", fallback=True)


@pytest.mark.parametrize(
    "facts",
    [
        [said(0), compacted(1), said(1), compacted(2)],
        [said(0), cut(1), compacted(1, Cause.REFUSED), cut(1), said(1)],
        [said(0), compacted(1), cut(1), said(1), compacted(2), cut(2), compacted(2)],
        [compacted(0), cut(0), cut(0), said(0)],
        [said(0), cut(1), switched(1), compacted(1), cut(1), switched(1), said(1), switched(2), compacted(2)],
    ],
)
def test_what_is_read_is_what_was_watched(facts) -> None:
    live = Conversation(EMPTY)
    live.feed(
        [Recorded(n, 0.0, MessageAdded(task_id="T1", message=f) if isinstance(f, Message) else f)
         for n, f in enumerate(facts, 1)], (),
    )  # fmt: skip
    cuts = [f for f in facts if isinstance(f, TurnCut)]
    read = Transcript(
        task_id="T1", seq=99, messages=tuple(f for f in facts if isinstance(f, Message)), cuts=tuple(cuts),
        compactions=tuple(
            (sum(isinstance(b, TurnCut) for b in facts[:n]), f)
            for n, f in enumerate(facts) if isinstance(f, ContextCompacted)
        ),
        switches=tuple(
            (sum(isinstance(b, TurnCut | ContextCompacted) for b in facts[:n]), f)
            for n, f in enumerate(facts) if isinstance(f, ModelSwitched)
        ),
    )  # fmt: skip
    assert Conversation(read).blocks == live.blocks
    kinds = {Message: Prose, ContextCompacted: Compacted, TurnCut: Cut, ModelSwitched: Switched}
    assert [type(b) for b in live.blocks] == [kinds[type(f)] for f in facts]


def test_the_line_unfolds_to_what_the_model_gets_instead() -> None:
    talk = Conversation(EMPTY)
    talk.feed([Recorded(1, 0.0, compacted(0))], ())
    (block,) = talk.blocks
    assert isinstance(block, Compacted)
    assert (block.head, block.note) == ("42 messages compacted", "180k → 60k")
    assert folds(block)
    assert not unfolded_at_first(block)
    for words in (
        "near what the model takes",
        "stays stored",
        "180,000 tokens → 60,000",
        "Of 1 long result",
        "Summed up by a:m",
        "Done: all of it.",
    ):
        assert words in block.text


def test_other_compactions_say_what_they_are() -> None:
    shortened = compacted(0, upto=0, summary="", by="", messages=3)
    assert compacted_words(shortened) == "3 long results shortened here, 180,000 tokens → 60,000"
    assert compacted_words(compacted(0, messages=0)) == "nothing could be compacted here"


def test_that_it_is_being_summed_up_is_told_while_it_lasts() -> None:
    talk = Conversation(EMPTY)
    talk.feed((), [SummaryBegan("T1")])
    assert talk.blocks == [Summing()]
    talk.feed((), [ProviderWaiting("T1", "", 0.0)])
    assert talk.blocks == []


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (ContextUse(model="a:m", tokens=9_000, estimate=9_000, window=200_000, since=1_000), "10,000 of 200,000 tokens (5 %)"),
        (ContextUse(model="a:m", tokens=9_000, estimate=9_000, window=0), "9,000 tokens"),
        (
            ContextUse(model="a:m", tokens=8_000, estimate=4_000, window=32_000, assumed=True, since=4_000),
            '16,000 of 32,000 tokens (50 %), which is assumed: windows."a:m" in the settings would say it',
        ),
        (
            ContextUse(model="a:m", tokens=5_000, estimate=5_000, window=8_000, assumed=True, refused=8_000),
            "5,000 of 8,000 tokens (62 %); more was refused",
        ),
    ],
)  # fmt: skip
def test_how_full_it_is_is_told_with_what_is_only_assumed(use, words) -> None:
    assert use_words(use) == words
