"""One line for a tool call and its result: what a person wants to know without unfolding it."""

from __future__ import annotations

import json
import re
import shlex

from hephaestus_tui.domain.leave import CHANGE_ENDS, CHANGED
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.unmarked import unmarked

# the argument that says most, the first that is there; the tools' names for them differ
_TELLING = (
    "command", "pattern", "query", "glob", "path", "file", "title", "question", "summary", "url", "name",
)  # fmt: skip
_LOOKED_FOR = ("pattern", "query", "glob")
_OLD = ("old", "old_text", "old_string", "before", "search")
_NEW = ("new", "new_text", "new_string", "after", "replace", "replacement")
_WHOLE = ("content", "text", "new_content")
ANSWER_TOOL = "answer_about_proposal"
MESSAGE_TOOL, REVIEW_TOOL = "send_message", "request_review"
_IN_WORDS = ("complete_task", "ask_human", ANSWER_TOOL, MESSAGE_TOOL)
_STANDING = ("task_id", "id", "standing", "decision", "status")
# JSON longer than this is shown as text: parsing it for one line is not worth the time
_PARSE_LIMIT = 65_536
_EXIT = re.compile(r"exit(?:ed)?(?: with)?(?: code| status)?:? ?(-?\d{1,3})\b", re.IGNORECASE)
_STOPPED = re.compile(r"\[(stopped at its limit|ended by \w+)")
_TOOK = re.compile(r"after (\d+(?:\.\d+)?) s\]")
_LINES = re.compile(r"\(([\d,]+ lines)\)")
# a result of one line that is short enough to stand beside its call
_SHORT = 32


def arguments_of(text: str) -> dict[str, object]:
    """The arguments as an object; text that is none stands under "arguments"."""
    if len(text) <= _PARSE_LIMIT:
        try:
            value = json.loads(text or "{}")
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            return value
    return {"arguments": text}


def short_arguments(arguments: dict[str, object]) -> str:
    """The most telling argument, and where to look for a pattern."""
    for key in _TELLING:
        if (value := arguments.get(key)) not in (None, "", []):
            told = value_text(value)
            where = arguments.get("path")
            return f"{told} in {where}" if key in _LOOKED_FOR and isinstance(where, str) and where != "." else told
    return next((value_text(v) for v in arguments.values() if isinstance(v, str)), "")


def told_of(name: str, arguments: dict[str, object]) -> str:
    """What a call says of itself in one line: an answer about a proposal, or else its most telling argument.

    Words to people and other agents, which are Markdown, come without its marks.
    """
    told = _told_of(name, arguments)
    return unmarked(told) if name in _IN_WORDS else told


def _told_of(name: str, arguments: dict[str, object]) -> str:
    if name == MESSAGE_TOOL and isinstance(text := arguments.get("text"), str):
        return f"to {value_text(arguments.get('to', ''))}: {text}"
    answer = arguments.get("answer")
    if name != ANSWER_TOOL or not isinstance(answer, str):
        return short_arguments(arguments)
    changed = [field.replace("_", " ") for field in arguments if field not in ("task_id", "answer")]
    proposal = value_text(arguments.get("task_id", ""))
    return f"{proposal}: {answer}" if not changed else f"{proposal}, with a new {' and '.join(changed)}: {answer}"


def proposes(name: str) -> bool:
    """Whether a call of this tool makes a proposal."""
    return name.startswith("spawn_") or name == REVIEW_TOOL


def proposed_by(name: str, result: str) -> str:
    """The id of what a call has proposed, as its result says; empty where it has not."""
    made = arguments_of(result).get("task_id") if proposes(name) else None
    return made if isinstance(made, str) else ""


def value_text(value: object) -> str:
    """An argument's value as a person would write it."""
    match value:
        case str():
            return value
        case list() if all(isinstance(v, str) for v in value):
            return shlex.join(map(str, value))
        case list() if value and all(_is_evidence(v) for v in value):
            return "\n".join(f"- {v['criterion']}\n  {v['evidence']}" for v in value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _is_evidence(value: object) -> bool:
    """Whether it says of one criterion what shows that it holds, and nothing else."""
    return (
        isinstance(value, dict)
        and value.keys() == {"criterion", "evidence"}
        and all(isinstance(v, str) for v in value.values())
    )


def replacement(arguments: dict[str, object]) -> tuple[str, str, frozenset[str]] | None:
    """Old and new text of an edit (old is empty for a whole file), and the arguments that they stand in."""
    new_key = next((k for k in _NEW if isinstance(arguments.get(k), str)), None)
    old_key = next((k for k in _OLD if isinstance(arguments.get(k), str)), None)
    if new_key and old_key:
        return str(arguments[old_key]), str(arguments[new_key]), frozenset((old_key, new_key))
    whole = next((k for k in _WHOLE if isinstance(arguments.get(k), str)), None)
    if whole and isinstance(arguments.get("path"), str):
        return "", str(arguments[whole]), frozenset((whole,))
    return None


def short_result(result: str, *, failed: bool = False) -> str:
    """What came of it: how a command ended, lines added and removed, an id and its standing, or the size.

    Of a call that failed, the words are told however many they are.
    """
    text = result.strip()
    if not text:
        return "empty"
    if (own := _without_change(text)) is not text:
        return f"changed by a person · {short_result(own, failed=failed)}"
    if text.startswith("{") and (told := _short_json(text)):
        return told
    rows = text.count("\n") + 1
    size = f"{rows:,} lines" if rows > 1 else amount(len(text))
    first, last = text[:200].partition("\n")[0], text[-200:].rpartition("\n")[2]
    if stopped := _STOPPED.search(first):
        return f"{stopped[1]} · {size}"
    if ended := _EXIT.search(first) or _EXIT.search(last):
        return size if ended[1] == "0" else f"exit {ended[1]} · {size}"
    if "\n@@ " in text[:4_000]:
        return _changes(text)
    if rows == 1 and (counted := _LINES.search(text)):
        return counted[1]
    return line(text) if rows == 1 and (failed or len(text) <= _SHORT) else size


def error_words(result: str) -> str:
    """The words of a call that failed; empty where `short_result` says all: how a command ended, or where it stands."""
    text = _without_change(result.strip())
    first, last = text[:200].partition("\n")[0], text[-200:].rpartition("\n")[2]
    told = _STOPPED.search(first) or _EXIT.search(first) or _EXIT.search(last)
    return "" if told or (text.startswith("{") and _short_json(text)) else text


def own_time(result: str) -> float | None:
    """The seconds that a command says it took, without the time that a person took to allow it."""
    took = _TOOK.search(_without_change(result)[:200])
    return float(took[1]) if took else None


def _without_change(text: str) -> str:
    """What a command said, without the words that it is another one than the agent's; the same text where it is not."""
    if not text.startswith(CHANGED):
        return text
    return f"[{text.partition(f'{CHANGE_ENDS}[')[2]}"


def _changes(diff: str) -> str:
    rows = [row for row in diff.split("\n") if not row.startswith(("+++", "---"))]
    return f"+{sum(row.startswith('+') for row in rows)} -{sum(row.startswith('-') for row in rows)}"


def _short_json(text: str) -> str:
    value = arguments_of(text)
    told = [str(value[k]) for k in _STANDING if isinstance(value.get(k), str)]
    return line(" ".join(told), 32)


def amount(characters: int) -> str:
    """A size in characters, in at most six of them."""
    if characters < 1_000:
        return f"{characters} B"
    return f"{characters / 1_000:.1f} KB" if characters < 1_000_000 else f"{characters / 1_000_000:.1f} MB"


def duration(seconds: float) -> str:
    """Seconds as a person says them; empty below one, which nobody needs to know."""
    if seconds < 1:
        return ""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
