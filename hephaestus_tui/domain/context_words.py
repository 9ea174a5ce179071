"""How full a context is and what was compacted, in words: the same on the screen and in listings."""

from __future__ import annotations

from hephaestus_tui.domain.context import Cause, ContextUse
from hephaestus_tui.domain.facts.context import ContextCompacted


def use_words(use: ContextUse) -> str:
    """ "12,345 of 200,000 tokens (6 %)"; a window that is but assumed is said to be, and how to name it."""
    if not use.window:
        return f"{use.used:,} tokens"
    words = f"{use.used:,} of {use.window:,} tokens ({100 * use.used // use.window} %)"
    if use.refused and use.window <= use.refused:
        return f"{words}; more was refused"
    if use.assumed:
        return f'{words}, which is assumed: windows."{use.model}" in the settings would say it'
    return words


def compacted_words(fact: ContextCompacted) -> str:
    """ "42 messages compacted here, 180,000 tokens → 60,000"."""
    if not fact.messages:
        return what_words(fact)
    return f"{what_words(fact)} here, {fact.before:,} tokens → {fact.after:,}"


def what_words(fact: ContextCompacted) -> str:
    """The same in short."""
    if not fact.messages:
        return "nothing could be compacted here"
    summed_up = bool(fact.by or fact.summary) and fact.upto > 0
    what = "message" if summed_up else "long result"
    done = "compacted" if summed_up else "shortened"
    many = f"{fact.messages:,} {what}{'' if fact.messages == 1 else 's'}"
    return f"{many} {done}"


def compaction_text(fact: ContextCompacted) -> str:
    """What stands behind the line: why, by whom, what still goes to the model, and the summary."""
    why = {
        Cause.NEAR: "The conversation came near what the model takes.",
        Cause.REFUSED: "The provider refused the conversation as too long.",
        Cause.ASKED: "A person asked for it.",
    }[fact.cause]
    kept = "All of it stays stored and shown here. The model still gets the task, and what people said, word for word"
    parts = [f"{why} {kept}.", f"{fact.before:,} tokens → {fact.after:,}, as estimated."]
    if fact.cleared:
        count = len(fact.cleared)
        parts.append(f"Of {count} long {'result' if count == 1 else 'results'} it gets the beginning and the end.")
    if fact.summary:
        by = f"by {fact.by}" if fact.by else "without a model: it had no budget, or could not be asked"
        parts.append(f"Summed up {by}:\n\n{fact.summary}")
    return "\n\n".join(parts)
