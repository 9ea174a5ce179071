"""What a block says, as plain text: that in which words are found, and what is copied. It is not cleaned."""

from __future__ import annotations

from typing import assert_never

from hephaestus_tui.ui.colours import without_colours
from hephaestus_tui.ui.widgets import blocks as b
from hephaestus_tui.ui.widgets.call_words import arguments_of, told_of, value_text
from hephaestus_tui.ui.widgets.viewport import Viewport


def longest(view: Viewport) -> int | None:
    """The block that is pointed at, else the longest in view."""
    blocks = view.rows.blocks
    index = view.chosen if view.chosen is not None and view.pointed(lambda _: True) == view.chosen else None
    if index is None:
        in_view = {place.block for place, _ in view.shown()}
        index = max(in_view, key=lambda i: len(said_by(blocks[i])), default=None)
    return index


def whole(block: b.Block) -> tuple[str, str]:
    """What it is and what it says; of a call, its output as it came."""
    if isinstance(block, b.Call) and (block.result or block.output):
        given = arguments_of(block.arguments) if block.arguments else {}
        return f"{block.name}  {told_of(block.name, given)}".strip(), block.result or block.output
    return type(block).__name__.lower(), said_by(block)


def copied(view: Viewport) -> str:
    """What a person means: the block that is pointed at, else all of what was said last in view."""
    blocks = view.rows.blocks
    if (chosen := view.pointed(said_by)) is None:
        return ""
    if chosen != view.chosen and (spoken := view.pointed(_is_prose)) is not None:
        first = last = spoken
        while first and _is_prose(blocks[first - 1]):
            first -= 1
        while last + 1 < len(blocks) and _is_prose(blocks[last + 1]):
            last += 1
        return "\n\n".join(said_by(block) for block in blocks[first : last + 1])
    return said_by(blocks[chosen])


def _is_prose(block: b.Block) -> bool:
    return isinstance(block, b.Prose)


def said_by(block: b.Block) -> str:
    """The text of one block, whole; empty where it has none of its own."""
    match block:
        case b.Call(name=name, arguments=arguments, result=result, output=output):
            given = arguments_of(arguments) if arguments else {}
            said = "\n".join(f"{key}: {value_text(value)}" for key, value in given.items())
            return "\n".join(part for part in (name, said, without_colours(result or output)) if part)
        case b.Decided(decision=decision):
            return f"{decision.task_id} {decision.verdict} {decision.reason}".strip()
        case b.Undone(task_id=task_id, undoing=undoing):
            return f"{task_id} {undoing.reason}".strip()
        case b.Asked(query=query):
            return query.text
        case b.Heard(letter=letter):
            return letter.text
        case b.Overlapping(other=other, title=title, paths=paths):
            return "\n".join((f"{other} {title}", *paths))
        case b.Switched(before=before, model=model, reason=reason):
            return f"{before} {model} {reason}"
        case b.Compacted(head=head, text=text):
            return f"{head}\n{text}"
        case b.Cut(text=text, reason=reason):
            return f"{reason}\n{text}"
        case b.Waiting(reason=reason):
            return reason
        case (
            b.Instructions(text=text)
            | b.Words(text=text)
            | b.Thought(text=text)
            | b.Prose(text=text)
            | b.Unfinished(text=text)
        ):
            return text
        case b.Head(task_id=task_id, role=role, title=title):
            return f"{task_id} {role} {title}"
        case b.Summing() | b.Talking():
            return ""
        case _:
            assert_never(block)
