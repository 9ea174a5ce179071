"""When something was said, by which model and for how much, for those who ask: without it a long pause looks like none."""

from __future__ import annotations

import time
from dataclasses import dataclass

from hephaestus_tui.domain.message import Message, Usage
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.words import cost, thousands


@dataclass(frozen=True, slots=True)
class Stamp:
    """`at` is Unix time; `model` is empty for what no model said, and `usage` None where nobody told."""

    at: float
    model: str = ""
    usage: Usage | None = None

    def told(self, room: int) -> str:
        """The second in this machine's own time zone, then model, tokens and cost; the day where there is room for it."""
        when = time.localtime(self.at)
        words = [time.strftime("%H:%M:%S", when)]
        if self.model:
            words.append(line(short_model(self.model)))
        if self.usage:
            words += [_tokens(self.usage), cost(self.usage)]
        full = [f"{time.strftime('%Y-%m-%d', when)} {words[0]}", *words[1:]]
        return "  ".join(full if len("  ".join(full)) <= room else words)


def stamp(message: Message, usage: Usage | None = None) -> Stamp:
    return Stamp(message.at, message.model, usage)


def _tokens(usage: Usage) -> str:
    """What went in, of which so much had been sent before, and what came out."""
    sent = usage.input + usage.cache_read + usage.cache_write
    cached = f" ({thousands(usage.cache_read)} cached)" if usage.cache_read else ""
    return f"{thousands(sent)} in{cached}, {thousands(usage.output)} out"
