"""Gives a text to the clipboard of a person's own terminal, on their key alone: no text from a model may ask for that."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable

from hephaestus_tui.domain.errors import EditorFailed
from hephaestus_tui.ui.text import TEXT_LIMIT, line
from hephaestus_tui.ui.widgets.wrapping import clean_rows
from hephaestus_tui.ui.words import count

_MOST = 74_000  # bytes in base64: some terminals take no more at once


class Copying:
    """`write` goes to the terminal past every filter, `keep` stores a text in a file of its own and gives its path.

    Whether a terminal has taken a text it does not say. So the same text once more goes to a file.
    """

    def __init__(self, write: Callable[[str], None], keep: Callable[[str, str], Awaitable[str]]) -> None:
        self._write, self._keep = write, keep
        self._last = ""

    async def copy(self, text: str, name: str, key: str) -> str:
        """What was done, in words; `name` is a part of the file's, `key` is the one that was pressed. Raises nothing."""
        told = f"{count(text.count(chr(10)) + 1, 'line')}, {line(text.strip(), 30)}"
        code = base64.b64encode(clean_rows(text[:TEXT_LIMIT]).encode("utf-8", "replace")).decode()
        if text != self._last and len(code) <= _MOST and len(text) <= TEXT_LIMIT:
            self._last = text
            self._write(f"\x1b]52;c;{code}\x07")
            return f"copied, if the terminal lets us: {told}; {key} again writes it to a file"
        self._last = ""
        try:
            return f"{told} is in {line(await self._keep(text, name))}"
        except EditorFailed as error:
            return f"It could not be copied: {error}"
