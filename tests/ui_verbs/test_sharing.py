"""What agents share is seen and handled by keys alone: reports answered, notes kept, overlaps found; letters read as an agent's."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.message import LetterPart, Message, OverlapPart, Speaker, UnreadPart
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Letter, Note, Report
from hephaestus_tui.domain.talk_commands import AddNote, AnswerReport, ChangeNote, StrikeNote
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.overlap_notices import OverlapNotices
from hephaestus_tui.ui.screens.note_rows import note_rows
from hephaestus_tui.ui.widgets.block_making import message_blocks
from hephaestus_tui.ui.widgets.blocks import Heard, Overlapping
from hephaestus_tui.ui.widgets.detail_text import detail

ADA = Actor(ActorKind.HUMAN, "Ada")
SIZES = [(80, 24), (120, 40)]


def report(waits: bool = False, text: str = "The index is not reachable.") -> e.ReportMade:
    return e.ReportMade(report=Report(id="T1.2.0", task_id="T1", text=text, waits=waits, at=1_000.0))


def note(number: int, text: str, *tags: str, task_id: str | None = "T1") -> e.NoteAdded:
    by = None if task_id else ADA
    role = "backend_developer" if task_id else ""
    return e.NoteAdded(note=Note(id=f"N{number}", text=text, tags=tags, at=1_000.0, task_id=task_id, role=role, by=by))


# -- reports


@pytest.mark.parametrize("size", SIZES)
async def test_a_report_is_answered_with_words(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    tale.record(report())

    async def does(desk: Any) -> None:
        await desk.press("3")
        await desk.reads("IN ITS WAY waits for you", "The index is not reachable.", "y answer or note")
        await desk.press("y")
        await desk.sees("In the way of T1", "It goes on meanwhile.")
        await desk.press("enter")
        await desk.sees("write something, or press ctrl+g")
        await desk.press(*"back", "ctrl+g")
        await desk.sees("enter sends it; empty the box first")
        await desk.press("enter")
        assert await desk.submitted() == [AnswerReport(report_id="T1.2.0", words="back", actor=ADA)]

    await at_desk(does, size)


async def test_a_report_is_only_noted_and_never_by_a_key_that_overtakes_its_dialog(tale: Any, at_desk: Any) -> None:
    tale.record(report(waits=True))

    async def does(desk: Any) -> None:
        desk.clock.hold()
        await desk.press("y")
        await desk.sees("It waits for your word.")
        await desk.until(lambda: desk.app.screen.guarded, "the dialog counts its first moments")
        await desk.press("ctrl+g")
        assert desk.session.commands == []
        desk.clock.let_go()
        await desk.press("ctrl+g")
        assert await desk.submitted() == [AnswerReport(report_id="T1.2.0", words="", actor=ADA)]

    await at_desk(does)


async def test_words_for_a_report_that_was_answered_elsewhere_are_not_lost(
    tale: Any, at_desk: Any, session: Any
) -> None:
    tale.record(report())
    session.refusals.append(CommandRefused("The report of T1 was already answered by Bob."))

    async def does(desk: Any) -> None:
        await desk.press("y")
        await desk.sees("In the way of T1")
        await desk.press(*"ok", "enter")
        await desk.sees("already answered by Bob", "ok")

    await at_desk(does)


# -- notes


@pytest.mark.parametrize("size", SIZES)
async def test_a_note_is_written_changed_and_struck(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    tale.record(note(1, "Tests need [b]a database[/b] in memory.", "tests"))

    async def does(desk: Any) -> None:
        await desk.press("N")
        await desk.sees("Notes of this run: 1 note", "T1's backend developer", "[b]a database[/b]")
        await desk.press("n")
        await desk.sees("A note for all agents")
        await desk.press("enter")
        await desk.sees("the note is empty")
        await desk.press(*"Use tox", "tab", *"tests, ci", "enter")
        await desk.until(lambda: len(desk.session.commands) == 1, "it is noted")
        await desk.sees("Notes of this run")
        await desk.press("e")
        await desk.sees("Change N1")
        await desk.press("end", "!", "enter")
        await desk.until(lambda: len(desk.session.commands) == 2, "it is changed")
        await desk.sees("Notes of this run")
        await desk.press("x")
        await desk.sees("Strike N1?")
        await desk.press("y")
        await desk.until(lambda: len(desk.session.commands) == 3, "it is struck")
        await desk.sees("Notes of this run")
        await desk.press("escape")
        await desk.back()
        assert desk.session.commands == [
            AddNote(text="Use tox", tags=("tests", "ci"), actor=ADA),
            ChangeNote(note_id="N1", text="Tests need [b]a database[/b] in memory.!", tags=("tests",), actor=ADA),
            StrikeNote(note_id="N1", actor=ADA),
        ]

    await at_desk(does, size)


async def test_notes_are_searched_followed_and_stay_live(tale: Any, at_desk: Any) -> None:
    tale.record(note(1, "Sessions live in redis."))
    tale.record(note(2, "Use tabs.", task_id=None))

    async def does(desk: Any) -> None:
        await desk.press("N")
        await desk.sees("2 notes", "Ada")
        await desk.press("slash", *"redis", "enter")
        await desk.until(lambda: "Use tabs." not in desk.text, "the others are gone")
        tale.record(note(3, "Redis is off in tests."))
        await desk.sees("3 notes", "Redis is off")
        tale.record(e.NoteStruck(note_id="N3", actor=ADA))
        await desk.sees("2 notes, 1 struck", "STRUCK by Ada")
        await desk.press("g")
        await desk.back()
        assert desk.run.selected == "T1"

    await at_desk(does)


async def test_what_was_written_is_not_thrown_away_unasked(tale: Any, at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        await desk.press("N")
        await desk.sees("There are no notes yet.")
        await desk.press("n")
        await desk.sees("A note for all agents")
        await desk.press(*"Mind", "escape")
        await desk.sees("Throw away your note?")
        await desk.press("n")
        await desk.sees("Mind")

    await at_desk(does)


def test_a_row_of_a_note_keeps_to_its_width_whatever_is_in_it() -> None:
    hostile = Note(id="N1", text="a\x1b[31m\n" * 50, tags=("t\n",) * 8, at=0.0, task_id="T1", role="x" * 60, struck=ADA)
    for glyphs in (UNICODE, ASCII):
        for width in (20, 60, 100):
            for row in note_rows(hostile, 60.0, width, glyphs):
                words = "".join(piece.text for piece in row)
                assert "\x1b" not in words
                assert "\n" not in words


# -- overlaps


def overlap(tale: Any, *paths: str) -> None:
    tale.record(e.FilesTouched(task_id="T1", paths=paths))
    tale.record(e.FilesTouched(task_id=tale.start(tale.task("Cache the tokens")), paths=paths))


@pytest.mark.parametrize("size", SIZES)
async def test_two_tasks_on_one_file_are_marked_told_once_and_gone_through(
    tale: Any, at_desk: Any, size: tuple[int, int]
) -> None:
    async def does(desk: Any) -> None:
        overlap(tale, "rollcall/auth.py")
        await desk.knows_all()
        await desk.is_told("T1 and T2 both change rollcall/auth.py. O goes there.")
        await desk.sees("≈T2", "≈T1", "≈ 1 overlap")
        await desk.press("O")
        await desk.until(lambda: desk.run.selected == "T2", "the other one is selected")
        await desk.press("3")
        await desk.reads("Changes the same files as", "T1 Look at the routes", "rollcall/auth.py")
        await desk.press("O")
        await desk.until(lambda: desk.run.selected == "T1", "it goes round")
        tale.record(e.TaskCompleted(task_id="T2", summary="done", evidence=()))
        await desk.knows_all()
        await desk.until(lambda: "≈" not in desk.text, "the mark is gone")
        await desk.press("O")
        await desk.is_told("overlaps: no two tasks change the same file")

    await at_desk(does, size)


def test_an_overlap_that_stood_when_the_run_was_opened_is_no_news(tale: Any) -> None:
    overlap(tale, "a.py", "b.py")
    notices = OverlapNotices("O")
    assert notices.words(RunState()) == ""
    assert notices.words(tale.state()) == "T1 and T2 both change a.py and 1 more. O goes there."
    assert notices.words(tale.state()) == ""
    opened = OverlapNotices("O")
    assert opened.words(tale.state()) == ""
    third = tale.start(tale.task("Third"))
    tale.record(e.FilesTouched(task_id=third, paths=("a.py",)))
    assert opened.words(tale.state()) == "2 pairs of tasks change the same files. O goes through them."


def test_the_detail_lists_a_few_of_many_files(tale: Any) -> None:
    overlap(tale, *(f"f{number}.py" for number in range(20)))
    text = "\n".join(row.plain for row in detail(tale.state(), "T1", 0.0, UNICODE))
    assert "f0.py" in text
    assert "and 12 more" in text


# -- what an agent hears from others


def test_a_letter_and_an_overlap_are_blocks_of_their_own_and_no_persons_words() -> None:
    letter = Letter(id="T2.1.0", sender="T2", role="qa_tester", turn=1, to=("T1",), text="Mind the cache.", at=0.0)
    parts = (LetterPart(letter), UnreadPart(letter, "T1"), OverlapPart("T2", "Test it", ("a.py",)))
    message = Message(ordinal=4, speaker=Speaker.USER, parts=parts, at=0.0)
    assert list(message_blocks(message, begun=True)) == [
        Heard(letter), Heard(letter, unread_by="T1"), Overlapping("T2", "Test it", ("a.py",)),
    ]  # fmt: skip


async def test_a_letter_that_waits_for_its_reader_is_seen_in_the_transcript_of_both(tale: Any, at_desk: Any) -> None:
    other = tale.start(tale.task("Cache the tokens"))
    letter = Letter(id="T2.1.0", sender=other, role="qa_tester", turn=1, to=("T1",), text="Mind the cache.", at=1_000.0)
    tale.record(e.LetterSent(letter=letter))

    async def does(desk: Any) -> None:
        await desk.press("2")
        await desk.sees("message from T2's", "at its next turn", "Mind the cache.")
        later = Letter(
            id="T2.2.0", sender=other, role="qa_tester", turn=2, to=("T1",), text="And the test.", at=1_001.0
        )
        tale.record(e.LetterSent(letter=later))
        await desk.sees("And the test.")
        assert desk.text.count("Mind the cache.") == 1
        parts = (LetterPart(letter), LetterPart(later))
        said = Message(ordinal=0, speaker=Speaker.USER, parts=parts, at=1_002.0)
        tale.record(e.MessageAdded(task_id="T1", message=said))
        await desk.until(lambda: "at its next turn" not in desk.text, "both are read")
        assert (desk.text.count("Mind the cache."), desk.text.count("And the test.")) == (1, 1)

    await at_desk(does)
