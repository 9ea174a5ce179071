"""`undo`, `merge`, `split`: what becomes of a decision, or of a proposal, besides accepting or rejecting it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from hephaestus_tui.cli.named import Named, add_task, named
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import Found, find
from hephaestus_tui.cli.submit import carry_out, person
from hephaestus_tui.cli.text import named_file, read_text
from hephaestus_tui.domain.commands import Command, Merge, Split, Undo
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.splitting import parse_parts, split_drafts, split_faults
from hephaestus_tui.domain.task import TaskDraft


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    command = parser.prog.rpartition(" ")[2]
    if command == "undo":
        parser.add_argument("task", metavar="TASK", help="the id of what was decided, such as T3")
    else:
        add_task(parser)
    if command == "merge":
        parser.add_argument("--into", metavar="TASK", required=True, help="the task or proposal that takes it over")
    if command == "split":
        parser.add_argument(
            "--file", metavar="FILE", required=True,
            help="the parts, each a line '# title' and its description; - for standard input",
        )  # fmt: skip
        parser.add_argument("--chained", action="store_true", help="each part is blocked by the one before")
    else:
        parser.add_argument("--reason", default="", help="why, for the record")
    add_json(parser)


def run(arguments: Namespace) -> int:
    text = read_text(arguments.file) if arguments.command == "split" else ""
    found = find(arguments, arguments.run)
    one = named(found.state, arguments.task)
    carry_out(arguments, found, _command(arguments, found, one, text))
    return 0


def _command(arguments: Namespace, found: Found, one: Named, text: str) -> Command:
    match arguments.command:
        case "undo":
            return Undo(task_id=one.task_id, actor=person(), reason=arguments.reason)
        case "merge":
            into = arguments.into.strip().upper()
            return Merge(
                task_id=one.task_id, version=one.version, into=into, actor=person(), reason=arguments.reason
            )  # fmt: skip
        case _:
            return _split(arguments, found, one, text)


def _split(arguments: Namespace, found: Found, one: Named, text: str) -> Split:
    parts = parse_parts(text)
    drafts: tuple[TaskDraft, ...] = ()
    if one.proposal:  # else the gate says why there is none
        drafts = split_drafts(one.proposal.draft, parts)
        if faults := split_faults(drafts, found.state.roles):
            raise UsageError(f"{named_file(arguments.file)}: {'; '.join(faults)}. Nothing was split.")
    return Split(
        task_id=one.task_id, version=one.version, parts=drafts, chained=arguments.chained, actor=person()
    )  # fmt: skip
