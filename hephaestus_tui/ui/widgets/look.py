"""The styles in which a transcript is drawn: theme tokens, resolved once a theme, so that kept rows need no CSS."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.style import Style

from hephaestus_tui.ui.glyphs import GlyphSet

NO_STYLE = Style.null()
# the component classes of the widget, and the fields of Look
STYLE_NAMES = (
    "muted", "faint", "accent", "good", "bad", "warn", "running", "mine", "heading", "code", "added", "removed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """`base` has the background; every other style stands on it. Equal looks draw equal rows."""

    glyphs: GlyphSet = field(hash=False)
    base: Style = NO_STYLE
    muted: Style = NO_STYLE
    faint: Style = NO_STYLE
    accent: Style = NO_STYLE
    good: Style = NO_STYLE
    bad: Style = NO_STYLE
    warn: Style = NO_STYLE
    running: Style = NO_STYLE
    mine: Style = NO_STYLE
    heading: Style = NO_STYLE
    code: Style = NO_STYLE
    added: Style = NO_STYLE
    removed: Style = NO_STYLE

    @property
    def bar(self) -> str:
        return "│" if self.glyphs.name == "unicode" else "|"
