"""Markdown for every pane: rendered where that is safe and quick, and not loaded before the first text is drawn."""

from __future__ import annotations

import logging
from functools import lru_cache
from importlib import import_module

from rich.segment import Segment
from rich.style import Style

from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.widgets.look import Look

log = logging.getLogger(__name__)

_NAME = "name"
_NAMES = {
    "muted": "muted", "faint": "muted", "accent": "accent", "good": "good", "bad": "bad", "warn": "careful",
    "running": "primary", "mine": "secondary", "heading": "primary", "code": "accent", "added": "good", "removed": "bad",
}  # fmt: skip


def markdown(text: str, width: int, look: Look) -> list[list[Segment]] | None:
    """Rows of at most `width` cells of a text that is clean; None where it must be shown as it is."""
    # loaded with the first finished paragraph, because it takes as long as a quarter of the first frame
    lines = import_module("hephaestus_tui.ui.widgets.markdown_lines")
    try:
        return None if lines.too_hard(text) else lines.render(text, width, look)
    except Exception:
        # text that breaks the parser must not break the app: it is shown as it is
        log.info("a paragraph of %d characters could not be rendered as Markdown", len(text), exc_info=True)
        return None


@lru_cache(256)
def named_rows(text: str, width: int, glyphs: str) -> tuple[tuple[tuple[str, str], ...], ...] | None:
    """The same as pieces of text with the names of their styles, for what is drawn by name. `glyphs` names the set."""
    rows = markdown(text, width, _named_look(glyphs))
    return None if rows is None else tuple(tuple((s.text, _names(s.style)) for s in row) for row in rows)


@lru_cache(2)
def _named_look(glyphs: str) -> Look:
    """A look whose styles carry nothing but their names."""
    styles = {field: Style(meta={_NAME: name}) for field, name in _NAMES.items()}
    return Look(ASCII if glyphs == ASCII.name else UNICODE, **styles)


def _names(style: Style | None) -> str:
    if style is None:
        return ""
    signs = (("strong", style.bold), ("italic", style.italic), ("struck", style.strike))
    return " ".join((style.meta.get(_NAME, ""), *(name for name, on in signs if on))).strip()
