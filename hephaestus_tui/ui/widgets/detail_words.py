"""What was said to an agent and is not read yet, with who said it, when it will be read, and the key that takes it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hephaestus_tui.domain.words import Word
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.blocks import WAITS
from hephaestus_tui.ui.widgets.detail_keys import Keys, key_row
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of, paragraphs


def unread_lines(words: Sequence[Word], keys: Keys) -> Iterator[Line]:
    for word in words:
        yield line_of(Span(f"{line(str(word.actor))} said, to be read {WAITS[word.when]}:", "muted"))
        yield from paragraphs(word.text)
    if words:
        yield key_row((keys.unsay, "take it back" if len(words) == 1 else "take one back"))
