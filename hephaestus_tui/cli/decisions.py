"""`decisions`: the record of a run: who decided or asked what, when and why; and how proposals fared."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace

from hephaestus_tui.cli import output
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import find
from hephaestus_tui.cli.wording import age, count
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.record import By, Entry, Rate, entries, rates


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--rates", action="store_true", help="with --json: the rates instead, by role, model and phase")
    add_json(parser, "one JSON object a decision or question, with all its fields")


def run(arguments: Namespace) -> int:
    found = find(arguments, arguments.run)
    record = entries(found.state)
    if arguments.json:
        if arguments.rates:
            for by, rate in _all_rates(record):
                output.data({"run": found.run_id, "by": by, **_rate_data(rate)})
        else:
            for entry in reversed(record):
                output.data({"run": found.run_id, **to_data(entry)})
        return 0
    if not record:
        output.say("Nothing has been decided yet.")
        return 0
    if not arguments.rates:
        output.table(
            ("AT", "TASK", "WHAT", "BY", "WAITED", "PHASE", "FROM", "REASON, QUESTION OR CHANGE"),
            [_row(entry) for entry in reversed(record)],
        )
        output.text("")
    _tell_rates(record)
    return 0


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.at)),
        entry.task_id if entry.version == 1 else f"{entry.task_id}@{entry.version}",
        f"{entry.act} into {entry.merged_into}" if entry.merged_into else entry.act,
        str(entry.actor),
        age(entry.waited),
        entry.phase,
        entry.role or "a human",
        _words(entry) or "-",
    )


def _words(entry: Entry) -> str:
    found = [entry.text] if entry.text not in ("", f"merged into {entry.merged_into}") else []
    if entry.changes:
        found.append(f"changed: {', '.join(change.field for change in entry.changes)}")
    if reply := entry.reply:
        found.append(f"{'no answer' if reply.failed else 'answer'}: {reply.text}")
    if undone := entry.undone:
        found.append(f"taken back by {undone.actor}" + (f": {undone.reason}" if undone.reason else ""))
    return "; ".join(found)


def _all_rates(record: list[Entry]) -> list[tuple[By, Rate]]:
    return [(by, rate) for by in By for rate in rates(record, by)]


def _rate_data(rate: Rate) -> dict[str, object]:
    return {
        **to_data(rate), "total": rate.total, "accept_rate": rate.share(rate.accepted),
        "edit_rate": rate.share(rate.edited), "reject_rate": rate.share(rate.rejected),
    }  # fmt: skip


def _tell_rates(record: list[Entry]) -> None:
    told = _all_rates(record)
    if not told:
        output.say("None of it was about what an agent proposed, so there are no rates.")
        return
    output.table(
        ("BY", "NAME", "ANSWERS", "ACCEPTED", "EDITED", "REJECTED", "ASKED", "BY RULES", "WAITED", "NINE OF TEN"),
        [
            (
                by, short_model(rate.name), str(rate.total), _share(rate, rate.accepted), _share(rate, rate.edited),
                _share(rate, rate.rejected), _share(rate, rate.asked), str(rate.by_rules), _wait(rate.median),
                _wait(rate.p90),
            )
            for by, rate in told
        ],
    )  # fmt: skip
    undone = sum(entry.undone is not None for entry in record)
    if undone:
        output.say(f"Not counted: {count(undone, 'decision')} that {'was' if undone == 1 else 'were'} taken back.")


def _share(rate: Rate, number: int) -> str:
    return f"{number} ({rate.share(number):.0%})" if number else "-"


def _wait(seconds: float | None) -> str:
    return "-" if seconds is None else age(seconds)
