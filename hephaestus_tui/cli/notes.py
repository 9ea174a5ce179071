"""`notes`: the run's shared memory, listed, searched, and added to, changed or struck by a person."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace

from hephaestus_tui.cli import output
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import Found, find
from hephaestus_tui.cli.submit import carry_out, person
from hephaestus_tui.cli.wording import age
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.talk import Note
from hephaestus_tui.domain.talk_commands import AddNote, ChangeNote, StrikeNote
from hephaestus_tui.store.reader import Reader

_FOUND = 50


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--search", metavar="WORDS", help="those that share a word with WORDS, the nearest first")
    what.add_argument("--add", metavar="TEXT", help="write a note: agents of tasks that it may help are given it")
    what.add_argument("--change", nargs=2, metavar=("NOTE", "TEXT"), help="give a note such as N3 other words")
    what.add_argument("--strike", metavar="NOTE", help="take a note out of use; the record keeps it")
    parser.add_argument(
        "--tag", metavar="TAG", action="append", default=None, help="a word to find it by, with --add or --change"
    )
    add_json(parser, "one JSON object a line")


def run(arguments: Namespace) -> int:
    found = find(arguments, arguments.run)
    tags = tuple(arguments.tag or ())
    if tags and not (arguments.add or arguments.change):
        raise UsageError("--tag goes with --add or --change.")
    if arguments.add is not None:
        carry_out(arguments, found, AddNote(text=arguments.add, tags=tags, actor=person()))
    elif arguments.change:
        note_id, text = arguments.change
        known = found.state.notes.get(note_id.upper())
        kept = known.tags if known and arguments.tag is None else tags
        carry_out(arguments, found, ChangeNote(note_id=note_id.upper(), text=text, tags=kept, actor=person()))
    elif arguments.strike is not None:
        carry_out(arguments, found, StrikeNote(note_id=arguments.strike.upper(), actor=person()))
    else:
        _list(arguments, _searched(found, arguments.search))
    return 0


def _searched(found: Found, words: str | None) -> list[Note]:
    if words is None:
        return list(found.state.notes.values())
    with Reader(found.store) as reader:
        ids = reader.search_notes(found.run_id, words, _FOUND)
    return [note for note_id in ids if (note := found.state.notes.get(note_id))]


def _list(arguments: Namespace, notes: list[Note]) -> None:
    if arguments.json:
        for note in notes:
            output.data(to_data(note))
        return
    if not notes:
        output.say("There are no such notes." if arguments.search is not None else "There are no notes in this run.")
        return
    output.table(
        ("NOTE", "AGE", "BY", "TAGS", "TEXT"),
        [(n.id, age(time.time() - n.at), _by(n), ", ".join(n.tags) or "-", _text(n)) for n in notes],
    )


def _by(note: Note) -> str:
    agent = f"{note.task_id} {note.role}" if note.task_id else ""
    return f"{agent}, {note.by}" if agent and note.by else agent or str(note.by)


def _text(note: Note) -> str:
    return f"(struck by {note.struck}) {note.text}" if note.struck else note.text
