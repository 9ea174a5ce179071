"""What waits for a person, as the detail pane says it everywhere."""

from __future__ import annotations

from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of


def waits_for_you(what: str, style: str, since: str = "") -> Line:
    """The head of a panel; `since` is how long it has waited."""
    age = [Span(f"  {since}", "muted")] if since else []
    return line_of(Span(what, f"strong {style}"), Span(" waits for you", "strong"), *age)


def bullet(glyphs: GlyphSet, *parts: Span | str) -> Line:
    """An item of a list; a bare str is one without style."""
    spans = tuple(Span(part) if isinstance(part, str) else part for part in parts)
    return Line(spans, head=(Span(f"{glyphs.bullet} ", "muted"),))
