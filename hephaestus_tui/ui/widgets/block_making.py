"""Makes blocks of a stored message, so that one that is read later gives those that were watched."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.message import (
    DecisionPart,
    LetterPart,
    Message,
    OverlapPart,
    QueryPart,
    ReasoningPart,
    ReviewPart,
    Speaker,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    UndonePart,
    UnreadPart,
    WordsPart,
)
from hephaestus_tui.domain.review_words import review_text
from hephaestus_tui.ui.widgets.blocks import (
    Asked,
    Block,
    Call,
    Decided,
    Heard,
    Instructions,
    Overlapping,
    Thought,
    Undone,
    Words,
    prose,
    words_of,
)


def message_blocks(message: Message, *, begun: bool) -> Iterator[Block]:
    """The blocks of one message but for tool results; `begun` says that the agent has spoken before."""
    for part in message.parts:
        match part:
            case TextPart(text=text) if text.strip():
                yield from _spoken(message.speaker, text, begun=begun)
            case ReasoningPart(text=text) if text.strip():
                yield Thought(text)
            case DecisionPart(decision=decision):
                yield Decided(decision)
            case UndonePart(task_id=task_id, undoing=undoing):
                yield Undone(task_id, undoing)
            case QueryPart(query=query):
                yield Asked(query)
            case LetterPart(letter=letter):
                yield Heard(letter)
            case UnreadPart(letter=letter, reader=reader):
                yield Heard(letter, unread_by=reader)
            case OverlapPart(other=other, title=title, paths=paths):
                yield Overlapping(other, title, paths)
            case WordsPart(word=word):
                yield words_of(word)
            case ReviewPart(review=review, number=number):
                yield Words(review_text(review, number))
            case ToolCallPart(name=name, arguments=arguments):
                yield Call(name, arguments)
            case TextPart() | ReasoningPart() | ToolResultPart():
                pass


def _spoken(speaker: Speaker, text: str, *, begun: bool) -> Iterator[Block]:
    if speaker is Speaker.SYSTEM:
        yield Instructions("system prompt", text)
    elif speaker is Speaker.ASSISTANT:
        yield from prose(text)
    elif begun:
        yield Words(text)
    else:
        yield Instructions("brief", text)
