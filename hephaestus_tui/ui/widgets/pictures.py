"""Calls that found an image: no error of an agent is told there, but a picture that a person may want to see."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hephaestus_tui.ui.widgets.blocks import Block, Call
from hephaestus_tui.ui.widgets.call_words import arguments_of

# what read_file says of an image (tools/workspace.py); lines of a text that it gives begin with their number
_SAYS = re.compile(r" is an image · (\w+)(?: (\d+×\d+))? · ([\d,]+ KB)(?: \(([\d,]+ bytes)\))?\. ")


@dataclass(frozen=True, slots=True)
class Picture:
    """An image in the workspace of a task, as it was when it was read; `pixels` and `exact` are empty where not told."""

    path: str
    kind: str
    pixels: str
    size: str
    exact: str

    @property
    def words(self) -> str:
        return f"{self.kind} {self.pixels}".strip()


def picture_of(block: Block) -> Picture | None:
    """The image that a call has found."""
    if not isinstance(block, Call) or block.name != "read_file" or " is an image · " not in block.result:
        return None
    path = arguments_of(block.arguments).get("path")
    if not isinstance(path, str) or not block.result.startswith(path):
        return None
    told = _SAYS.match(block.result, len(path))
    return Picture(path, told[1], told[2] or "", told[3], told[4] or "") if told else None
