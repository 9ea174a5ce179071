"""How the transcript's parts are coloured, by the names that a theme has for them, and the look that is made of it."""

from __future__ import annotations

from textual.widget import Widget

from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.look import STYLE_NAMES, Look

COMPONENTS = {
    "transcript--title", "transcript--state", "transcript--notice", "transcript--pointer", "transcript--found",
    *(f"transcript--{name}" for name in STYLE_NAMES),
}  # fmt: skip
CSS = """
    & > .transcript--title { background: $panel; color: $text; text-style: bold; }
    & > .transcript--state { background: $panel; color: $text-muted; }
    & > .transcript--notice { background: $panel; color: $accent; }
    & > .transcript--pointer { color: $accent; text-style: bold; }
    & > .transcript--found { text-style: reverse; }
    & > .transcript--muted { color: $text-muted; }
    & > .transcript--faint { color: $text-disabled; }
    & > .transcript--accent { color: $accent; }
    & > .transcript--good { color: $success; }
    & > .transcript--bad { color: $error; }
    & > .transcript--warn { color: $warning; }
    & > .transcript--running { color: $primary; }
    & > .transcript--mine { color: $secondary; }
    & > .transcript--heading { color: $primary; }
    & > .transcript--code { color: $accent; }
    & > .transcript--added { color: $success; }
    & > .transcript--removed { color: $error; }
"""


def look_of(widget: Widget, glyphs: GlyphSet) -> Look:
    """The look that a widget with `COMPONENTS` has in the theme of the moment."""
    styles = {name: widget.get_component_rich_style(f"transcript--{name}") for name in STYLE_NAMES}
    return Look(glyphs, base=widget.rich_style, **styles)
