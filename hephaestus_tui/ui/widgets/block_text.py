"""What a block says, as plain text: that in which words are found, and what is copied. It is not cleaned."""

from __future__ import annotations

from typing import assert_never

from hephaestus_tui.ui.widgets.blocks import (
    Asked,
    Block,
    Call,
    Compacted,
    Cut,
    Decided,
    Heard,
    Instructions,
    Overlapping,
    Prose,
    Summing,
    Switched,
    Thought,
    Undone,
    Unfinished,
    Waiting,
    Words,
)
from hephaestus_tui.ui.widgets.call_words import arguments_of, value_text


def said_by(block: Block) -> str:
    """The text of one block, whole; empty where it has none of its own."""
    match block:
        case Call(name=name, arguments=arguments, result=result, output=output):
            given = arguments_of(arguments) if arguments else {}
            said = "\n".join(f"{key}: {value_text(value)}" for key, value in given.items())
            return "\n".join(part for part in (name, said, result or output) if part)
        case Decided(decision=decision):
            return f"{decision.task_id} {decision.verdict} {decision.reason}".strip()
        case Undone(task_id=task_id, undoing=undoing):
            return f"{task_id} {undoing.reason}".strip()
        case Asked(query=query):
            return query.text
        case Heard(letter=letter):
            return letter.text
        case Overlapping(other=other, title=title, paths=paths):
            return "\n".join((f"{other} {title}", *paths))
        case Switched(before=before, model=model, reason=reason):
            return f"{before} {model} {reason}"
        case Compacted(head=head, text=text):
            return f"{head}\n{text}"
        case Cut(text=text, reason=reason):
            return f"{reason}\n{text}"
        case Waiting(reason=reason):
            return reason
        case Instructions(text=text) | Words(text=text) | Thought(text=text) | Prose(text=text) | Unfinished(text=text):
            return text
        case Summing():
            return ""
        case _:
            assert_never(block)
