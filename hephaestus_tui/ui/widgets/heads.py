"""The one-line blocks of a transcript of many tasks: whose words follow, and who is still talking."""

from __future__ import annotations

from textual.strip import Strip

from hephaestus_tui.ui.glyphs import Mark
from hephaestus_tui.ui.widgets.blocks import Head, Talking
from hephaestus_tui.ui.widgets.drawing import Canvas

# agents that are still talking and have a line each; of more the number is told
TALKING_MOST = 8


def head_row(head: Head, canvas: Canvas) -> Strip:
    """It stands where another agent goes on, and is not repeated while the same one does."""
    look = canvas.look
    told = [(head.task_id, look.heading), (head.role, look.muted), (head.title, look.muted)]
    return canvas.head((look.glyphs.bullet, look.heading), told)


def talking_row(talking: Talking, canvas: Canvas) -> Strip:
    """What it does, and the first words of its paragraph: they stand still while the rest of it streams."""
    look = canvas.look
    if not talking.task_id:
        return canvas.head((" ", look.muted), [(talking.doing, look.faint)])
    told = [(talking.task_id, look.muted), (talking.doing, look.faint), (talking.text, look.faint)]
    return canvas.head((look.glyphs.marks[Mark.RUNNING], look.running), told)
