"""`accept`, `edit`, `reject`: one proposal or many, all of them in one transaction or none."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import replace

from hephaestus_tui.cli import output
from hephaestus_tui.cli.confirm import confirmed, require_someone
from hephaestus_tui.cli.fields import FIELDS, changes
from hephaestus_tui.cli.named import HELP, Named, each
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import Found, find
from hephaestus_tui.cli.submit import carry_out, person
from hephaestus_tui.cli.wording import change_lines
from hephaestus_tui.cli.written import Writing, read_file
from hephaestus_tui.domain.commands import Command, Decide, DecideMany, Ruling
from hephaestus_tui.domain.decision import Verdict, draft_changes
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskDraft, TaskId

DONE, DECLINED = 0, 1
VERDICTS = {"accept": Verdict.ACCEPT, "edit": Verdict.EDIT, "reject": Verdict.REJECT}


def add_options(parser: ArgumentParser) -> None:
    command = parser.prog.rpartition(" ")[2]
    add_run(parser)
    parser.add_argument("tasks", metavar="TASK", nargs="+", help=f"{HELP}; all of them or none")
    match command:
        case "accept":
            parser.add_argument("--chain", action="store_true", help="with the proposals that block it, first to last")
        case "edit":
            how = parser.add_mutually_exclusive_group(required=True)
            how.add_argument(
                "--set", metavar="FIELD=VALUE", action="append", default=[], dest="changes",
                help=f"a field to change ({', '.join(FIELDS)}); may be repeated, done_criteria once a criterion",
            )  # fmt: skip
            how.add_argument("--file", metavar="FILE", help="as `show --draft` prints it; - for standard input")
            how.add_argument(
                "--editor", action="store_true", help="in $VISUAL or $EDITOR; you are asked before it counts"
            )
            parser.add_argument("--yes", action="store_true", help="with --editor: do not ask")
        case _:
            parser.add_argument("--reason", required=True, help="why: the agent learns from it")
    add_json(parser)


def run(arguments: Namespace) -> int:
    changed = changes(arguments.changes) if arguments.command == "edit" else {}
    if arguments.command == "reject" and not arguments.reason.strip():
        raise UsageError("--reason is empty: say why, the agent learns from it.")
    written = arguments.command == "edit" and not changed
    if written and arguments.editor:
        require_someone(arguments.yes)
    found = find(arguments, arguments.run)
    chosen = each(found.state, arguments.tasks)
    if arguments.command == "accept" and arguments.chain:
        chosen = with_chains(found.state, chosen)
    if written:
        return _written(arguments, found, chosen)
    finals = {one.task_id: replace(one.proposal.draft, **changed) for one in chosen if one.proposal and changed}
    _carry_out(arguments, found, chosen, finals)
    return DONE


def _carry_out(
    arguments: Namespace, found: Found, chosen: list[Named], finals: Mapping[TaskId, TaskDraft] | None = None
) -> None:
    carry_out(arguments, found, decision(arguments, chosen, finals or {}), [one.task_id for one in chosen])


def _written(arguments: Namespace, found: Found, chosen: list[Named]) -> int:
    """`edit` by way of a file or an editor: one proposal at a time."""
    if len(chosen) > 1:
        raise UsageError("A file is about one proposal: name one TASK, or change several with --set.")
    (one,) = chosen
    if one.proposal is None or one.version != one.proposal.version:
        _carry_out(arguments, found, chosen)  # which the gate refuses, and says why
        return DONE
    if arguments.file is not None:
        final = read_file(found.state, one.proposal, arguments.file)
        _carry_out(arguments, found, chosen, {one.task_id: final})
        return DONE
    writing = Writing.of(found.state, one.proposal)
    elsewhere = ["--db", str(found.store)] if arguments.db is not None else []
    again = shlex.join(["hephaestus", "edit", *elsewhere, found.run_id, one.task_id])
    with writing.kept(again):
        final = writing.edit(found.state)
        for line in change_lines(draft_changes(one.proposal.draft, final)):
            output.say(line)
        if not confirmed(f"Accept {one.task_id} with these changes?", arguments.yes):
            writing.keep(again)
            return DECLINED
        _carry_out(arguments, found, chosen, {one.task_id: final})
    return DONE


def decision(arguments: Namespace, chosen: list[Named], finals: Mapping[str, TaskDraft]) -> Command:
    """One `Decide`, or for more than one proposal a `DecideMany`."""
    verdict, reason = VERDICTS[arguments.command], getattr(arguments, "reason", "")
    rulings = tuple(
        Ruling(
            task_id=one.task_id, verdict=verdict, version=one.version, final=finals.get(one.task_id), reason=reason
        )
        for one in chosen
    )  # fmt: skip
    if len(rulings) > 1:
        return DecideMany(rulings=rulings, actor=person())
    (one,) = rulings
    return Decide(
        task_id=one.task_id, verdict=verdict, version=one.version, final=one.final, reason=reason, actor=person()
    )  # fmt: skip


def with_chains(state: RunState, chosen: list[Named]) -> list[Named]:
    """What was named, after every open proposal that blocks it, directly or not."""
    found = {one.task_id for one in chosen}
    stack = list(found)
    while stack:
        new = [blocker for blocker in state.blockers.get(stack.pop(), ()) if blocker not in found]
        found.update(new)
        stack += new
    named_ids = {one.task_id for one in chosen}
    return [*each(state, [t for t in state.proposals if t in found and t not in named_ids]), *chosen]
