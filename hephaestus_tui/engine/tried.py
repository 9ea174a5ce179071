"""What earlier attempts at a task did, in a few lines: for an agent that begins anew and must not repeat them blindly."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from hephaestus_tui.domain.message import Message, Speaker, TextPart, ToolCallPart, ToolResultPart

_TARGETS = ("path", "command", "title", "question")  # the argument that says what a call was about
_SHOWN = 12  # calls that changed something, or failed
_WORDS = 800  # characters of the last words
_TARGET = 120
_RESULT = 160


def tried(messages: Sequence[Message], ended: str) -> str:
    """For the brief; empty where nothing was said. `ended` is how the last attempt ended."""
    spoken = [m for m in messages if m.speaker is Speaker.ASSISTANT]
    if not spoken:
        return ""
    results = {p.call_id: p for m in messages for p in m.parts if isinstance(p, ToolResultPart)}
    calls = [call for m in spoken for call in m.calls()]
    lines = [f"What was tried before, in {len(spoken)} {'turn' if len(spoken) == 1 else 'turns'}:"]
    if calls:
        lines.append(f"- calls: {_counted(calls)}")
    failed = [c for c in calls if (r := results.get(c.call_id)) is None or r.is_error]
    lines += _listed("failed or had no result", failed, results)
    lines += _listed(
        "changed files by", [c for c in calls if c.name in ("write_file", "edit_file") and c not in failed], {}
    )
    if words := _last_words(spoken):
        lines.append(f"- its last words: {words}")
    if ended:
        lines.append(f"- it ended: {_short(ended, _RESULT)}")
    lines.append("What it did to the files is still there. Look at the present state before you build on it.")
    return "\n".join(lines)


def _counted(calls: Iterable[ToolCallPart]) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(c.name for c in calls).most_common())


def _listed(what: str, calls: Sequence[ToolCallPart], results: dict[str, ToolResultPart]) -> list[str]:
    if not calls:
        return []
    lines = [f"- {what}:"]
    for call in calls[-_SHOWN:]:
        result = results.get(call.call_id)
        told = f": {_short(result.content, _RESULT)}" if result else ""
        lines.append(f"  - {call.name} {_target(call)}{told}")
    if len(calls) > _SHOWN:
        lines.append(f"  - and {len(calls) - _SHOWN} before")
    return lines


def _target(call: ToolCallPart) -> str:
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        return ""
    found = (arguments.get(name) for name in _TARGETS) if isinstance(arguments, dict) else ()
    return _short(next((value for value in found if isinstance(value, str)), ""), _TARGET)


def _last_words(spoken: Sequence[Message]) -> str:
    for message in reversed(spoken):
        if text := " ".join(p.text for p in message.parts if isinstance(p, TextPart)).strip():
            return _short(text, _WORDS)
    return ""


def _short(text: str, width: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"
