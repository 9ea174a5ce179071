"""`work`: what tasks have made, looked at and merged, sent back, given up or resolved, also while the app is open."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from hephaestus_tui.cli import output
from hephaestus_tui.cli.looking import Looked, cleaned, look, quoted
from hephaestus_tui.cli.options import add_json
from hephaestus_tui.cli.places import Found, find
from hephaestus_tui.cli.submit import carry_out, owned, person
from hephaestus_tui.cli.work_words import diff_lines, work_data, work_lines, work_rows
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import LineComment, Side
from hephaestus_tui.domain.work_commands import DiscardWork, MergeWork, ResolveConflict, SendBack, WorkCommand

VERBS = ("merge", "send-back", "discard", "resolve", "clean")
_COMMENT = re.compile(r"(.+?):(-?[1-9]\d{0,8}):(.+)", re.DOTALL)
USAGE = (
    "Say which run: hephaestus work RUN [TASK] to look, hephaestus work merge|send-back|discard|resolve RUN TASK to decide, "
    "hephaestus work clean RUN to remove folders."
)


def add_options(parser: ArgumentParser) -> None:
    parser.usage = (
        "hephaestus work RUN [TASK] [--diff | --patch] [--json]\n"
        "       hephaestus work merge RUN TASK\n"
        "       hephaestus work send-back RUN TASK [--text TEXT] [--comment FILE:LINE:TEXT …]\n"
        "       hephaestus work discard RUN TASK [--reason TEXT]\n"
        "       hephaestus work resolve RUN TASK\n"
        "       hephaestus work clean RUN"
    )
    parser.add_argument("words", nargs="*", metavar="[VERB] RUN [TASK]", help="a run's id, a prefix of it, or `last`")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--diff", action="store_true", help="with the lines of each file")
    shape.add_argument("--patch", action="store_true", help="nothing but what `git apply` takes")
    parser.add_argument("--text", default="", help="with send-back: what is to change")
    parser.add_argument(
        "--comment", action="append", default=[], metavar="FILE:LINE:TEXT",
        help="with send-back: about one line; FILE:-LINE:TEXT for a line that was removed",
    )  # fmt: skip
    parser.add_argument("--reason", default="", help="with discard: why, for the record")
    add_json(parser, "as JSON")


def run(arguments: Namespace) -> int:
    verb, words = (
        (arguments.words[0], arguments.words[1:])
        if arguments.words[:1] in [[v] for v in VERBS]
        else ("", arguments.words)
    )
    most = 1 if verb == "clean" else 2
    if not 1 <= len(words) <= most or (verb and verb != "clean" and len(words) != 2):
        raise UsageError(USAGE)
    if (arguments.text or arguments.comment) and verb != "send-back":
        raise UsageError("--text and --comment go with send-back.")
    if arguments.reason and verb != "discard":
        raise UsageError("--reason goes with discard; say why work is sent back with --text.")
    if (arguments.diff or arguments.patch) and (verb or len(words) != 2):
        raise UsageError("--diff and --patch show the work of one task: hephaestus work RUN TASK --diff.")
    found = find(arguments, words[0])
    task_id = words[1].strip().upper() if len(words) == 2 else ""
    if verb == "clean":
        return _clean(found)
    if verb:
        carry_out(arguments, found, _command(verb, arguments, found, task_id))
    elif task_id:
        _show(arguments, found, task_id)
    else:
        _list(arguments, found)
    return 0


def _command(verb: str, arguments: Namespace, found: Found, task_id: TaskId) -> WorkCommand:
    # what a person decides about without having looked is what stands there now
    work = found.state.works.get(task_id)
    tip, actor = work.tip if work else "", person()
    match verb:
        case "merge":
            return MergeWork(task_id=task_id, tip=tip, actor=actor)
        case "discard":
            return DiscardWork(task_id=task_id, tip=tip, reason=arguments.reason, actor=actor)
        case "resolve":
            return ResolveConflict(task_id=task_id, actor=actor)
        case _:
            comments = _comments(found, task_id, arguments.comment)
            return SendBack(task_id=task_id, tip=tip, text=arguments.text, comments=comments, actor=actor)


def _comments(found: Found, task_id: TaskId, words: Sequence[str]) -> tuple[LineComment, ...]:
    if not words:
        return ()
    parsed = []
    for word in words:
        parts = _COMMENT.fullmatch(word)
        if parts is None:
            raise UsageError(f"{word!r} is no comment on a line: write FILE:LINE:TEXT, as in app.py:12:Why twice?")
        number = int(parts[2])
        parsed.append((parts[1], Side.OLD if number < 0 else Side.NEW, abs(number), parts[3].strip()))
    lines = asyncio.run(quoted(found, task_id, [path for path, *_ in parsed]))
    comments = []
    for path, side, number, text in parsed:
        if (line := lines.get((path, side, number))) is None:
            raise UsageError(
                f"Line {number} of {path} is not in what {task_id} changed: `hephaestus work {found.run_id} {task_id} --diff` "
                "shows its lines. Say with --text what is about another place."
            )
        comments.append(LineComment(path=path, side=side, line=number, quoted=line, text=text))
    return tuple(comments)


def _list(arguments: Namespace, found: Found) -> None:
    state = found.state
    if arguments.json:
        for work in state.works.values():
            output.data({"run": found.run_id, **to_data(work)})
        return
    if (chosen := state.workspaces_chosen) and chosen.why:
        output.say(f"Tasks of this run work {_WHERE[chosen.mode]}: {chosen.why.rstrip('.')}.")
    if not state.works:
        output.say("No task of this run has finished work to look at.")
        return
    output.table(("TASK", "WORK", "FILES", "LINES", "BRANCH", "TITLE"), work_rows(state))
    output.say(
        f"Look with: hephaestus work {found.run_id} TASK --diff. Decide with: hephaestus work merge|send-back|discard"
    )


_WHERE = {"git": "in git worktrees", "copy": "in copies", "off": "in the project itself"}


def _show(arguments: Namespace, found: Found, task_id: TaskId) -> None:
    looked: Looked = asyncio.run(look(found, task_id, diffs=arguments.diff or arguments.json, patch=arguments.patch))
    if arguments.patch:
        sys.stdout.buffer.write(looked.patch)
        sys.stdout.buffer.flush()
    elif arguments.json:
        output.data(work_data(found, looked))
    else:
        for line in work_lines(found.state, looked):
            output.text(line)
        for change, diff in looked.diffs if arguments.diff else ():
            for line in diff_lines(change, diff):
                output.text(line)


def _clean(found: Found) -> int:
    if owned(found):
        raise UsageError("The run is open in another process, which has its folders: close it, then clean.")
    removed, left = asyncio.run(cleaned(found, os.environ))
    for record in removed:
        output.say(f"Removed {record.root}" + (f"; its branch {record.branch} stays." if record.branch else "."))
    for record in left:
        why = "its work is neither merged nor given up" if record.branch else "it only reads, and is not done"
        output.say(f"Left {record.root} of {record.task}: {why}.")
    if not removed:
        output.say("There is no folder that nobody needs.")
    return 0
