"""Draws that another model takes an agent's turns from here on: a person must see that it is not the one that they chose."""

from __future__ import annotations

from textual.strip import Strip

from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.ui.glyphs import Mark
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.blocks import Switched
from hephaestus_tui.ui.widgets.drawing import Canvas


def switched_rows(block: Switched, canvas: Canvas) -> list[Strip]:
    look = canvas.look
    told = f"{line(short_model(block.model))} takes over"
    before = line(short_model(block.before))
    if not block.fallback:
        return [canvas.head((look.glyphs.bullet, look.muted), [(told, look.base), (f"from {before}", look.muted)])]
    sign = (look.glyphs.marks[Mark.AMENDED], look.warn)
    return [canvas.head(sign, [(told, look.warn)]), *canvas.brief(f"{before} was given up: {block.reason}", look.muted)]
