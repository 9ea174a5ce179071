"""The words of `--plain`: what may be typed, and what is said of that which waits."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from hephaestus_tui.cli import main
from hephaestus_tui.cli.work import VERBS
from hephaestus_tui.domain.attention import Attention, AttentionKind
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.plain import one_line

HELP = """Type a line and press enter. TASK is an id such as T2.
inbox: all that waits for you. tasks: all tasks. show TASK: everything about one. read TASK: all that was said in it.
accept TASK. reject TASK WHY. ask TASK QUESTION. edit TASK --set FIELD=VALUE. undo TASK.
answer TASK WORDS. allow TASK. refuse TASK WHY. tell TASK WORDS: say something to its agent.
pause TASK, resume TASK, stop TASK; with --all in place of TASK for the whole run.
work: all that was made. work TASK --diff: its lines. work merge TASK. work send-back TASK WHAT. work discard TASK WHY.
notes, budget, decisions, rules and the other commands of `hephaestus --help` are typed as they are there, without RUN.
quit: stop the agents and leave; the run is stored. help: this."""
LONGEST = 300  # characters of what waits, since a file that is to be written may be long
_STANDARD_INPUT = re.compile(r"(--?[a-z][a-z-]*=)?-")  # to read it would wait for ever: the prompt has it
_OWN = ("allow", "refuse", "tell", "read")
# those that take more than one proposal, and those whose other words are none
MANY, ONE = ("accept", "reject", "edit"), ("ask", "merge", "split")
_HOW = {
    AttentionKind.PROPOSAL: "Type: accept {0}, or reject {0} WHY, or ask {0} QUESTION. show {0} tells all of it.",
    AttentionKind.QUESTION: "Type: answer {0} WORDS.",
    AttentionKind.PERMISSION: "Type: allow {0}, or refuse {0} WHY. show {0} tells all of it.",
    AttentionKind.CRITERION: "Type: answer {0} accept: REASON, or answer {0} back: A WORD, or answer {0} fail: REASON.",
    AttentionKind.BLOCKER_GONE: "Type: settle {0} drop, or settle {0} cancel, or settle {0} keep.",
    AttentionKind.FAILED: "Type: restart {0}, or settle {0} keep.",
    AttentionKind.BOUND: "Type: bound.",
    AttentionKind.BUDGET: "Type: budget.",
    AttentionKind.INTERRUPTED: "Type: resume {0}.",
    AttentionKind.STALLED: "Type: resume {0}.",
    AttentionKind.REVIEW: "Type: work {0} --diff to hear it, then work merge {0}, or work send-back {0} WHAT, or work discard {0} WHY.",
    AttentionKind.REPORT: "Type: answer {0} WORDS.",
}


def waiting_words(item: Attention) -> str:
    """One line: what waits, and what to type."""
    how = _HOW.get(item.kind, "Type: inbox.").format(item.task_id)
    text = one_line(item.text)
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]} and more."
    elif not text.endswith((".", "?", "!")):
        text = f"{text}."
    return one_line(f"{item.task_id} waits for you, {item.kind}: {text} {how}")


def command_of(line: str) -> list[str] | None:
    """The words of a command as the command line has them, without RUN; None asks for help. Raises UsageError."""
    words = _command_of(line)
    if words and any(_STANDARD_INPUT.fullmatch(word) for word in words):
        raise UsageError(
            "- is no file here: standard input is where you type. Give the words themselves, or name a file."
        )
    return words


def _command_of(line: str) -> list[str] | None:
    command, _, rest = line.strip().partition(" ")
    command, rest = command.lower(), rest.strip()
    if command in ("", "help", "?"):
        return None
    known = {name for group in ("look", "steer", "decide") for name in main.GROUPS[group]} - {"runs"}
    if command not in known and command not in _OWN:
        raise UsageError(f"{command!r} is no command. Type help for what can be typed.")
    if command == "work":
        return _work(rest)
    task, _, words = rest.partition(" ")
    words = words.strip()
    free = bool(words) and not task.startswith("-") and not words.startswith("-")  # it need not be put into quotes
    match command:
        case "read":
            return ["show", task, "--transcript"]
        case "allow":
            return ["answer", task, "--allow"]
        case "refuse":
            return ["answer", task, f"--refuse={words}"]
        case "tell" | "steer" if free:
            return ["steer", task, words]
        case "reject" if free:
            return ["reject", task, f"--reason={words}"]
        case "ask" | "answer" if free:
            return [command, task, words]
    return [command if command != "tell" else "steer", *_split(rest)]


def _work(rest: str) -> list[str]:
    verb, task, words = (*rest.split(maxsplit=2), "", "", "")[:3]
    why = {"send-back": "--text", "discard": "--reason"}.get(verb)
    if why and words and not words.startswith("-"):
        return ["work", verb, task, f"{why}={words}"]
    return ["work", *_split(rest)]


def _split(words: str) -> list[str]:
    try:
        return shlex.split(words)
    except ValueError as error:
        raise UsageError(f"A quotation mark is not closed ({error}).") from error


def with_run(words: Sequence[str], run_id: str) -> list[str]:
    """The same with the run where the command line has it: after the command, or after the verb of `work`."""
    place = 2 if words[0] == "work" and words[1:2] and words[1] in VERBS else 1
    return [*words[:place], run_id, *words[place:]]
