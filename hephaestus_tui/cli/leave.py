"""`leave`: what was allowed for more than one call, and taking it back, also while the app is open."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace

from hephaestus_tui.cli import output
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import find
from hephaestus_tui.cli.submit import carry_out, person
from hephaestus_tui.cli.wording import age
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.commands import TakeBackLeave
from hephaestus_tui.domain.leave import what_words, where_words


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--take-back", metavar="ID", help="let what it allows ask again, such as L1")
    add_json(parser)


def run(arguments: Namespace) -> int:
    found = find(arguments, arguments.run)
    if arguments.take_back is not None:
        carry_out(arguments, found, TakeBackLeave(grant_id=arguments.take_back.strip().upper(), actor=person()))
        return 0
    grants = list(found.state.grants.values())
    if arguments.json:
        for grant in grants:
            output.data(to_data(grant))
        return 0
    if not grants:
        output.say("Nothing is allowed for more than once.")
        return 0
    rows = [(g.id, where_words(g), age(time.time() - g.given_at), str(g.actor), what_words(g)) for g in grants]
    output.table(("ID", "FOR", "SINCE", "BY", "WHAT"), rows)
    return 0
