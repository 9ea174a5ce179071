"""Draws what a person did about a proposal, as the agent that made it was told: decided, taken back, asked."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip

from hephaestus_tui.domain.criterion import said
from hephaestus_tui.domain.decision import Change, Decision, Query, Verdict, verdict_words
from hephaestus_tui.ui.glyphs import Mark
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.blocks import Asked, Decided, Undone
from hephaestus_tui.ui.widgets.call_words import duration
from hephaestus_tui.ui.widgets.drawing import ROWS_LIMIT, Canvas

# rows of a reason or a question that are shown before it is unfolded
FOLDED_ROWS = 4


def gate_rows(block: Decided | Undone | Asked, canvas: Canvas, *, unfolded: bool) -> list[Strip]:
    """The head says who did what to which proposal; reason, question and changes stand behind a bar."""
    match block:
        case Decided(decision=decision):
            return _decided(decision, canvas, unfolded)
        case Undone(task_id=task_id, undoing=undoing):
            look = canvas.look
            told = [(f"{task_id}: decision taken back by {undoing.actor}", look.warn), ("proposed again", look.muted)]
            sign = (look.glyphs.marks[Mark.PROPOSED], look.warn)
            return [canvas.head(sign, told), *_behind_bar(undoing.reason, canvas, look.warn, unfolded)]
        case Asked(query=query):
            return _asked(query, canvas, unfolded)


def _decided(decision: Decision, canvas: Canvas, unfolded: bool) -> list[Strip]:
    look = canvas.look
    accepted = decision.verdict is not Verdict.REJECT
    style = look.good if accepted else look.mine if decision.merged_into else look.bad
    verdict = verdict_words(decision)
    title = decision.final.title if decision.final else ""
    waited = duration(decision.waited)
    rows = [
        canvas.head(
            (look.glyphs.marks[Mark.DONE if accepted else Mark.REJECTED], style),
            [(f"{decision.task_id} {verdict} by {decision.actor}", style), (title, look.muted)],
            (f"after {waited}" if waited and canvas.wide else "", look.faint),
        )
    ]
    if decision.reason != verdict:
        rows += _behind_bar(decision.reason, canvas, style, unfolded)
    return rows + [row for change in decision.changes for row in _change(change, canvas, style, unfolded)]


def _asked(query: Query, canvas: Canvas, unfolded: bool) -> list[Strip]:
    look = canvas.look
    about = f"{query.actor} asks about {query.task_id}" + (f", version {query.version}" if query.version > 1 else "")
    head = canvas.head((look.glyphs.marks[Mark.QUERIED], look.mine), [(about, look.mine)])
    return [head, *_behind_bar(query.text, canvas, look.mine, unfolded)]


def _behind_bar(text: str, canvas: Canvas, bar: Style, unfolded: bool) -> list[Strip]:
    if not text.strip():
        return []
    return canvas.text(text.strip(), canvas.look.base, bar=bar, rows=ROWS_LIMIT if unfolded else FOLDED_ROWS)


def _change(change: Change, canvas: Canvas, bar: Style, unfolded: bool) -> list[Strip]:
    look = canvas.look
    before, after = (
        v if isinstance(v, str) else ", ".join(map(said, v)) or "none" for v in (change.before, change.after)
    )
    name = change.field.replace("_", " ")
    if unfolded:
        return [
            canvas.row((f"{look.bar} ", bar), (name, look.muted)),
            *canvas.text(before, look.removed, bar=bar),
            *canvas.text(after, look.added, bar=bar),
        ]
    arrow = look.glyphs.arrow
    room = canvas.inner - 2 - len(name) - 2
    old = line(before, max(room // 2 - len(arrow) - 1, 0), ellipsis=look.glyphs.ellipsis)
    return [
        canvas.row(
            (f"{look.bar} ", bar), (f"{name}  ", look.muted), (f"{old} {arrow} ", look.muted),
            (line(after, max(room - len(old) - len(arrow) - 2, 1), ellipsis=look.glyphs.ellipsis), look.base),
        )
    ]  # fmt: skip
