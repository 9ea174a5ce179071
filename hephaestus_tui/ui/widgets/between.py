"""What stands between the messages of a stored transcript, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from hephaestus_tui.domain.context_words import compaction_text, what_words
from hephaestus_tui.domain.events import ContextCompacted, ModelSwitched, TurnCut
from hephaestus_tui.session import Transcript
from hephaestus_tui.ui.widgets.blocks import Block, Compacted, Cut, Switched
from hephaestus_tui.ui.words import thousands

Between: TypeAlias = TurnCut | ContextCompacted | ModelSwitched


def between_messages(transcript: Transcript) -> Iterator[Between]:
    switches = list(transcript.switches)
    for number, fact in enumerate(_cuts_and_compactions(transcript)):
        while switches and switches[0][0] <= number:
            yield switches.pop(0)[1]
        yield fact
    yield from (switch for _, switch in switches)


def _cuts_and_compactions(transcript: Transcript) -> Iterator[TurnCut | ContextCompacted]:
    compactions = list(transcript.compactions)
    for number, cut in enumerate(transcript.cuts):
        while compactions and compactions[0][0] <= number:
            yield compactions.pop(0)[1]
        yield cut
    yield from (compaction for _, compaction in compactions)


def block_of(fact: Between) -> Block:
    """What of it is seen."""
    match fact:
        case TurnCut():
            return Cut(fact.text, fact.reason)
        case ContextCompacted():
            note = f"{_short(fact.before)} → {_short(fact.after)}" if fact.messages else ""
            return Compacted(what_words(fact), note, compaction_text(fact))
        case ModelSwitched():
            return Switched(fact.before, fact.model, fact.reason, fact.fallback)


def _short(tokens: int) -> str:
    return f"{tokens / 1_000:.0f}k" if tokens >= 10_000 else thousands(tokens)
