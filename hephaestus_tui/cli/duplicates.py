"""`duplicates`: proposals that say much the same as something else, and from when on they say so."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace

from hephaestus_tui.cli import output
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import find
from hephaestus_tui.cli.submit import carry_out, person
from hephaestus_tui.cli.wording import count, stands, title
from hephaestus_tui.domain.commands import SetDuplicateScore
from hephaestus_tui.domain.rule import LEAST_SCORE


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument(
        "--score",
        metavar="N",
        type=_score,
        help=f"from this similarity on ({LEAST_SCORE} to 100) call one a likely duplicate",
    )
    add_json(parser, "one JSON object a pair; with --score the receipt")


def _score(word: str) -> int:
    if not (word.isascii() and word.isdigit() and LEAST_SCORE <= int(word) <= 100):
        raise ArgumentTypeError(f"{word!r} is no number from {LEAST_SCORE} to 100")
    return int(word)


def run(arguments: Namespace) -> int:
    found = find(arguments, arguments.run)
    state = found.state
    if arguments.score is not None:
        carry_out(arguments, found, SetDuplicateScore(score=arguments.score, actor=person()))
        return 0
    pairs = [(proposal, near) for proposal in state.proposals.values() for near in proposal.near]
    if arguments.json:
        for proposal, near in pairs:
            output.data(
                {
                    "run": found.run_id, "task_id": proposal.task_id, "near": near.task_id, "score": near.score,
                    "likely": near.score >= state.duplicate_score, "stands": stands(state, near.task_id),
                }
            )  # fmt: skip
        return 0
    if pairs:
        output.table(
            ("TASK", "NEAR", "SCORE", "LIKELY", "WHICH IS", "TITLE OF THAT ONE"),
            [
                (
                    proposal.task_id, near.task_id, str(near.score),
                    "yes" if near.score >= state.duplicate_score else "-",
                    stands(state, near.task_id), title(state, near.task_id),
                )
                for proposal, near in pairs
            ],
        )  # fmt: skip
    likely = sum(near.score >= state.duplicate_score for _, near in pairs)
    output.say(
        f"{count(likely, 'likely duplicate')}: from {state.duplicate_score} of 100 up in this run "
        f"(hephaestus duplicates {found.run_id} --score N changes that)."
    )
    return 0
