"""The names of styles in which panes say things, resolved to the theme; without it each pane would colour them its own way."""

from __future__ import annotations

from textual.style import Style
from textual.widget import Widget

from hephaestus_tui.ui.widgets.lines import STYLES

# the rules of a widget that shows such lines: VIEW is its name, PREFIX that of its component classes
CSS = """
VIEW {
    .PREFIX--strong { text-style: bold; }
    .PREFIX--italic { text-style: italic; }
    .PREFIX--struck { text-style: strike; }
    .PREFIX--muted, .PREFIX--text-muted { color: $text-muted; }
    .PREFIX--heading { color: $text-muted; text-style: bold; }
    .PREFIX--key { color: $primary; text-style: bold; }
    .PREFIX--good, .PREFIX--success { color: $success; }
    .PREFIX--bad, .PREFIX--error { color: $error; }
    .PREFIX--careful, .PREFIX--warning { color: $warning; }
    .PREFIX--accent { color: $accent; }
    .PREFIX--primary { color: $primary; }
    .PREFIX--secondary { color: $secondary; }
    .PREFIX--panel { background: $panel; }
    .PREFIX--chosen { background: $block-cursor-background; color: $block-cursor-foreground; }
}
"""


def classes(prefix: str) -> set[str]:
    return {f"{prefix}--{name}" for name in (*STYLES, "panel")}


def named(widget: Widget, prefix: str, names: str) -> Style:
    """One style of several names, joined by spaces; what a name does not say is left to what lies under it."""
    style = Style.null()
    for name in names.split():
        rules = widget.get_component_styles(f"{prefix}--{name}")
        shown = widget.get_visual_style(f"{prefix}--{name}")
        # a partial style would do, but Textual gives one neither its background nor an automatic colour
        style += Style(
            background=shown.background if rules.has_rule("background") else None,
            foreground=shown.foreground if rules.has_rule("color") else None,
            bold=shown.bold or None,
            italic=shown.italic or None,
            strike=shown.strike or None,
        )
    return style
