"""How a diff looks in every theme: grounds for what came and went, colours for words; signs say the same without them."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget

from hephaestus_tui.ui.widgets.named import CSS as NAMED_CSS

# the component classes of the view
NAMES = (
    "text", "added", "removed", "added-word", "removed-word", "number", "hunk", "head", "absent", "faint", "careful",
    "added-sign", "removed-sign", "remark", "sent", "bar", "pointer", "cursor", "keyword", "string", "number-word", "comment", "name", "builtin",
)  # fmt: skip
_GROUNDS = ("text", "added", "removed", "absent", "hunk", "head", "remark", "sent", "cursor")
CSS = """
DiffCanvas {
    overflow-x: hidden; overflow-y: auto; scrollbar-size: 0 1; scrollbar-gutter: stable; background: $background;
    .diff--added { background: $success 14%; }
    .diff--removed { background: $error 14%; }
    .diff--added-word { background: $success 38%; text-style: bold; }
    .diff--removed-word { background: $error 38%; text-style: bold; }
    .diff--added-sign { color: $text-success; text-style: bold; }
    .diff--removed-sign { color: $text-error; text-style: bold; }
    .diff--absent { background: $surface; }
    .diff--number, .diff--faint, .diff--bar { color: $text-muted 70%; }
    .diff--hunk { color: $text-muted; background: $surface; }
    .diff--head { background: $panel; }
    .diff--remark, .diff--sent { background: $surface; }
    .diff--careful { color: $warning; }
    .diff--pointer { color: $accent; text-style: bold; }
    .diff--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    .diff--keyword { color: $text-accent; }
    .diff--string { color: $text-success; }
    .diff--number-word { color: $text-warning; }
    .diff--comment { color: $text-muted; text-style: italic; }
    .diff--name { color: $text-primary; text-style: bold; }
    .diff--builtin { color: $text-secondary; }
}
""" + NAMED_CSS.replace("VIEW", "DiffCanvas").replace("PREFIX", "diff-said")


def resolved(widget: Widget, name: str) -> Style:
    """A style of the theme: whole for a ground, and for what stands on one only what it says itself."""
    shown = widget.get_component_rich_style(f"diff--{name}")
    if name in _GROUNDS:
        return shown
    rules = widget.get_component_styles(f"diff--{name}")
    ground = shown.bgcolor if rules.has_rule("background") else None
    colour = shown.color if rules.has_rule("color") else None
    return Style(color=colour, bgcolor=ground, bold=shown.bold or None, italic=shown.italic or None)
