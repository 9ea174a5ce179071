"""Finished work is reviewed by keys alone: read, commented on, merged, sent back, given up; enter and haste decide nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.attention import attention
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.work import Conflict, LineComment, Side
from hephaestus_tui.domain.work_commands import DiscardWork, MergeWork, ResolveConflict, SendBack
from hephaestus_tui.ui.glyphs import UNICODE, Mark
from hephaestus_tui.ui.marks import mark_of
from hephaestus_tui.ui.standing import standing
from hephaestus_tui.ui.widgets.detail_text import detail
from tests.ui_work.conftest import CACHE, caching

ADA, BOB = Actor(ActorKind.HUMAN, "Ada"), Actor(ActorKind.HUMAN, "Bob")
GET = "        return self._kept.get(key, 0)"
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])


@pytest.fixture
def done(tale: Any, session: Any) -> str:
    task_id: str = tale.finished("Keep answers", session, caching)
    tale.task("Use what is kept", task_id)
    return task_id


# -- what waits


def test_finished_work_waits_for_a_person_and_is_counted(tale: Any, done: str) -> None:
    state = tale.state()
    assert [item.task_id for item in attention(state)] == [done]
    stand = standing(state)
    assert (stand.waiting, stand.to_merge, stand.finished) == (1, 1, False)
    assert (stand.completed, stand.done) == (1, 0), "what waits to be merged is not done"


@SIZES
async def test_the_inbox_opens_it_and_it_is_merged_by_keys(
    reviewing: Any, session: Any, done: str, size: tuple[int, int]
) -> None:
    async def does(desk: Any) -> None:
        await desk.sees("1 to merge")
        await desk.press("i")
        await desk.sees("review", "2 files changed")
        await desk.press("enter")
        await desk.sees(f"{done}  Keep answers", "2 files", "src/cache.py", "1 of 1 criterion", "_kept.get(key, 0)")
        await desk.press("m")
        await desk.reads("y merge it into main", "T3 Use what is kept")
        await desk.press("enter", "space", "m")
        assert session.commands == []
        await desk.press("y")
        tip = session.made[done].tip
        assert await desk.submitted() == [MergeWork(task_id=done, tip=tip, actor=ADA)]
        await desk.sees("merged")

    await reviewing(does, size)


async def test_no_key_merges_before_the_preview_was_in_sight(reviewing: Any, session: Any, done: str) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        desk.clock.hold()
        await desk.press("m")
        await desk.sees("merge it into main")
        await desk.press("y", "y")
        assert session.commands == []
        desk.clock.let_go()
        await desk.press("y")
        await desk.submitted()

    await reviewing(does)


async def test_after_it_the_cursor_is_on_what_waits_next(reviewing: Any, tale: Any, session: Any, done: str) -> None:
    question = tale.propose("Ask for it")

    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.press("m")
        await desk.sees("merge it into main")
        await desk.press("y")
        await desk.submitted()
        await desk.until(lambda: desk.run.selected == question, "the cursor is on the proposal")

    await reviewing(does)


# -- comments and sending back


async def test_comments_on_lines_go_back_with_words(reviewing: Any, session: Any, done: str) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.to_line(GET)
        await desk.press("c")
        await desk.sees("src/cache.py, line 11")
        await desk.writes("raise it")
        await desk.press("enter")
        await desk.sees("raise it", "1 comment not sent")
        await desk.to_line("        return self._kept.get(key)")
        await desk.press("c")
        await desk.sees("as it was")
        await desk.writes("why not this")
        await desk.press("enter")
        await desk.sees("2 comments not sent")
        await desk.press("r")
        await desk.reads("Send T2 back with 2 comments", "src/cache.py:11")
        await desk.writes("Almost.")
        await desk.press("enter")
        old = LineComment(
            path="src/cache.py",
            side=Side.OLD,
            line=11,
            quoted="        return self._kept.get(key)",
            text="why not this",
        )
        new = LineComment(path="src/cache.py", side=Side.NEW, line=11, quoted=GET, text="raise it")
        tip = session.made[done].tip
        assert await desk.submitted() == [
            SendBack(task_id=done, tip=tip, text="Almost.", comments=(old, new), actor=ADA)
        ]
        assert desk.run.unsent() == ""

    await reviewing(does)


async def test_comments_stay_when_the_review_is_left_and_quitting_asks(reviewing: Any, done: str) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.to_line(GET)
        await desk.press("c")
        await desk.sees("line 11")
        await desk.writes("raise it")
        await desk.press("enter")
        await desk.sees("1 comment not sent")
        await desk.press("escape")
        await desk.back()
        await desk.press("q")
        await desk.reads("what you wrote about the work of T2")
        await desk.press("n")
        await desk.back()
        await desk.opens(done)
        await desk.sees("1 comment not sent", "raise it")

    await reviewing(does)


async def test_a_comment_is_changed_and_taken_away(reviewing: Any, done: str) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.to_line(GET)
        await desk.press("c")
        await desk.sees("line 11")
        await desk.writes("raise")
        await desk.press("enter", "j")
        await desk.sees("c change", "x take away")
        await desk.press("c")
        await desk.sees("line 11")
        await desk.writes(" it")
        await desk.press("enter")
        await desk.sees("raise it")
        await desk.press("x")
        await desk.sees("Take this comment away?")
        await desk.press("y")
        await desk.until(lambda: "not sent" not in desk.text, "no comment is left")

    await reviewing(does)


async def test_nothing_is_sent_back_without_words_or_comments(reviewing: Any, session: Any, done: str) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.press("r")
        await desk.sees("What is to be done?")
        await desk.press("enter")
        await desk.reads("nothing is said yet")
        await desk.writes("Try again")
        await desk.press("escape")
        await desk.sees("send back")
        await desk.press("r")
        await desk.sees("Try again")
        await desk.press("enter")
        (sent,) = await desk.submitted()
        assert (sent.text, sent.comments) == ("Try again", ())

    await reviewing(does)


async def test_the_next_round_shows_what_was_said_and_whether_its_line_stands(
    reviewing: Any, tale: Any, session: Any, done: str
) -> None:
    stays = LineComment(path="src/new.py", side=Side.NEW, line=1, quoted="FRESH = 1", text="a better name")
    gone = LineComment(path="src/cache.py", side=Side.NEW, line=11, quoted=GET, text="raise it")
    tale.record(e.WorkSentBack(task_id=done, tip="1" * 40, text="Almost.", comments=(stays, gone), actor=ADA))
    tale.start(done)
    after = CACHE.replace("_kept.get(key)", "_kept[key]")
    tale.hand_in(
        session,
        replace(
            caching(done), files={"src/cache.py": (CACHE, after), "src/new.py": (None, "FRESH = 1\n")}, tip="2" * 40
        ),
    )

    async def does(desk: Any) -> None:
        await desk.sees("Round 2, after what you sent back.")
        await desk.opens(done)
        await desk.reads("round 2", "Round 1 sent back by Ada", "Almost.", "raise it", "the line is changed or gone")
        await desk.sees("the line still stands")
        await desk.sees("round 1: a better name")  # under its line too

    await reviewing(does, (120, 60))


# -- giving up


async def test_discarding_asks_why_and_says_that_the_branch_stays(reviewing: Any, session: Any, done: str) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.press("D")
        await desk.reads("nothing of it is deleted", "hephaestus/r1/T2", "T3 Use what is kept")
        await desk.press("enter")
        await desk.sees("say why")
        await desk.writes("not needed")
        await desk.press("enter")
        assert await desk.submitted() == [
            DiscardWork(task_id=done, tip=session.made[done].tip, reason="not needed", actor=ADA)
        ]

    await reviewing(does)


# -- what is against it


async def test_a_conflict_is_told_and_a_task_is_made_of_it(reviewing: Any, session: Any, done: str) -> None:
    session.conflicts = (Conflict("src/cache.py", "CONFLICT (contents)", "Merge conflict in src/cache.py"),)

    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.press("m")
        await desk.reads("1 conflict with what is there now", "Merge conflict in src/cache.py", "t make a task")
        await desk.press("y", "enter")
        assert session.commands == []
        await desk.press("t")
        assert await desk.submitted() == [ResolveConflict(task_id=done, actor=ADA)]

    await reviewing(does)


async def test_what_is_in_the_way_is_told_and_looked_for_again(reviewing: Any, session: Any, done: str) -> None:
    session.in_the_way = ("src/cache.py",)

    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.press("m")
        await desk.reads("Changes of your own are in the way", "l look again")
        await desk.press("y")
        session.in_the_way = ()
        await desk.press("l")
        await desk.sees("merge it into main")
        assert session.commands == []

    await reviewing(does)


async def test_work_that_has_changed_meanwhile_is_shown_anew(
    reviewing: Any, tale: Any, session: Any, done: str
) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.to_line(GET)
        await desk.press("c")
        await desk.sees("line 11")
        await desk.writes("raise it")
        await desk.press("enter")
        await desk.sees("raise it")
        after = CACHE.replace("_kept.get(key)", "_kept.get(key, 0)").replace("Keeps", "Really keeps\n\nall ")
        tale.hand_in(session, caching(done, files={"src/cache.py": (CACHE, after)}, tip="2" * 40))
        await desk.reads("It has changed since you opened it", "1 file", "Really keeps")
        await desk.sees("raise it")  # its line stands two lines lower now
        (comment,) = desk.review.draft.in_order()
        assert comment.line == 13

    await reviewing(does, (120, 40))


async def test_a_refusal_is_told_and_the_work_is_read_again(reviewing: Any, session: Any, done: str) -> None:
    session.refusals = [CommandRefused("The project is in the midst of a rebase: finish it first.")]

    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.press("m")
        await desk.sees("merge it into main")
        await desk.press("y")
        await desk.is_told("in the midst of a rebase")
        await desk.sees("m merge")

    await reviewing(does)


async def test_what_somebody_else_merged_is_only_looked_at(reviewing: Any, tale: Any, session: Any, done: str) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        tale.record(e.WorkMerged(task_id=done, branch="main", commit="9" * 40, actor=BOB))
        await desk.reads("It is merged already, as 9999999999")
        await desk.press("m")
        await desk.is_told("It is merged already")
        assert session.commands == []

    await reviewing(does)


async def test_what_still_holds_a_conflict_can_only_go_back(reviewing: Any, tale: Any, session: Any) -> None:
    done = tale.finished(
        "Keep answers", session, lambda t: caching(t, unresolved=("src/cache.py",), left_out=("big.bin",))
    )

    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.reads("It cannot be merged: the marks of a conflict still stand in src/cache.py", "big.bin")
        await desk.press("m")
        await desk.reads("The marks of a conflict still stand in it: send it back.", "r send it back")
        await desk.press("y")
        assert session.commands == []

    await reviewing(does)


async def test_work_that_cannot_be_read_says_why(reviewing: Any, session: Any, done: str) -> None:
    session.faults = [CommandRefused("The branch hephaestus/r1/T2 is gone.")]

    async def does(desk: Any) -> None:
        await desk.select(done)
        await desk.press("w")
        await desk.sees("The branch hephaestus/r1/T2 is gone.")
        await desk.press("escape")
        await desk.back()

    await reviewing(does)


# -- reading


async def test_a_file_that_is_being_read_says_so(reviewing: Any, session: Any, done: str) -> None:
    session.open.clear()

    async def does(desk: Any) -> None:
        await desk.select(done)
        await desk.press("w")
        await desk.sees("reading…")
        session.open.set()
        await desk.sees("_kept.get(key, 0)")

    await reviewing(does)


async def test_files_and_hunks_fold_and_keys_go_from_one_to_the_next(reviewing: Any, done: str) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.press("F")
        await desk.until(lambda: "_kept" not in desk.text, "all files are folded")
        await desk.press("F")
        await desk.sees("_kept.get(key, 0)", "FRESH = 1")
        await desk.press("g", "n", "n", "enter")
        await desk.until(lambda: "_kept.get(key, 0)" not in desk.text, "the hunk is folded")
        await desk.sees("Keeps all answers", "(8 lines)")
        await desk.press("tab")
        await desk.sees("file 2 of 2")

    await reviewing(does, (100, 50))


async def test_side_by_side_shows_both_and_comments_go_to_the_side_of_the_cursor(
    reviewing: Any, session: Any, done: str
) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        row = next(row for row in desk.text.split("\n") if "_kept.get(key, 0)" in row)
        assert "_kept.get(key) " in row
        await desk.to_line(GET)
        await desk.press("left", "c")
        await desk.sees("as it was")
        await desk.writes("keep it")
        await desk.press("enter")
        await desk.sees("1 comment not sent")
        (comment,) = desk.review.draft.in_order()
        assert (comment.side, comment.quoted) == (Side.OLD, "        return self._kept.get(key)")
        await desk.press("v")
        await desk.until(
            lambda: not any("get(key, 0)" in row and "get(key) " in row for row in desk.text.split("\n")),
            "one under another",
        )

    await reviewing(does, (160, 40))


async def test_what_is_hostile_is_shown_and_not_obeyed(reviewing: Any, tale: Any, session: Any) -> None:
    text = "\x1b[31m[red]\tend \u202e\r\n[@click=app.quit]x[/]\u00a0\n" + "w" * 3_000 + "\n"
    bad = "src/\x1b[2J\u202e[b]x\n.py"
    done = tale.finished("Keep", session, lambda t: caching(t, files={bad: (None, text)}, guarded=frozenset((bad,))))

    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.reads("src/␛[2J⟪U+202E⟫[b]x␊.py", "guarded", "␛[31m[red]→", "[@click=app.quit]x[/]⟪U+00A0⟫")
        await desk.press("end")
        await desk.reads("1,000 more characters are not shown")
        assert "\x1b" not in desk.text

    await reviewing(does)


async def test_words_are_found_one_after_another(reviewing: Any, done: str) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.press("slash")
        await desk.sees("find the next")
        await desk.writes("FRESH")
        await desk.press("enter")
        await desk.until(lambda: "FRESH = 1" in str(desk.review.view.here), "the line is found")
        first = desk.review.view.cursor
        await desk.press("right_curly_bracket", "left_curly_bracket")
        await desk.until(lambda: desk.review.view.cursor == first, "there and back")
        await desk.press("slash")
        await desk.sees("find the next")
        await desk.writes("xyzzy")
        await desk.press("enter")
        await desk.is_told("xyzzy is in none of the files")

    await reviewing(does)


async def test_a_comment_on_a_hunk_is_one_on_its_first_changed_line(reviewing: Any, done: str) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.press("n", "c")
        await desk.reads("src/cache.py, line 1 (as it was)", "Keeps answers.")

    await reviewing(does)


async def test_the_keys_are_on_a_page(reviewing: Any, done: str) -> None:
    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.press("question_mark")
        await desk.sees("Keys of a review", "Merge it: shows first what would happen")
        await desk.press("question_mark")
        await desk.sees("m merge")

    await reviewing(does, ascii=True)


async def test_what_came_after_the_last_round_is_shown_alone(
    reviewing: Any, tale: Any, session: Any, done: str
) -> None:
    tale.record(e.WorkSentBack(task_id=done, tip="1" * 40, text="Almost.", comments=(), actor=ADA))
    tale.start(done)
    after = CACHE.replace("_kept.get(key)", "_kept[key]")
    tale.hand_in(session, caching(done, files={"src/cache.py": (CACHE, after)}, tip="2" * 40))
    between = CACHE.replace("_kept.get(key)", "_kept.get(key, 0)")
    session.since[done] = caching(done, files={"src/cache.py": (between, after)}, tip="2" * 40)

    async def does(desk: Any) -> None:
        await desk.opens(done)
        await desk.sees("_kept.get(key)", "_kept[key]")
        await desk.press("s")
        await desk.sees("since round 1", "_kept.get(key, 0)")
        await desk.press("s")
        await desk.until(lambda: "_kept.get(key, 0)" not in desk.text, "all of it is shown again")

    await reviewing(does, (120, 50))


def test_work_whose_conflict_is_resolved_by_another_task_does_not_wait(tale: Any, session: Any, done: str) -> None:
    resolver = tale.task("Resolve it")
    tale.record(e.ConflictAssigned(task_id=resolver, resolves=done, paths=("src/cache.py",)))
    state = tale.state()
    stand = standing(state)
    assert (stand.to_merge, stand.waiting) == (0, len(attention(state)))
    assert stand.done == sum(mark_of(state, task_id) is Mark.DONE for task_id in state.tasks)
    assert mark_of(state, done) is Mark.PENDING
    told = "\n".join(row.plain for row in detail(state, done, 2_000.0, UNICODE))
    assert f"completed, merged with {resolver}" in told
    assert f"Its conflict is resolved by {resolver}" in told


@pytest.mark.parametrize(
    ("fact", "mark", "words"),
    [
        (
            e.WorkMerged(task_id="T2", branch="main", commit="9" * 40, actor=ADA),
            Mark.DONE,
            "merged  as 9999999999 by Ada",
        ),
        (
            e.WorkDiscarded(task_id="T2", branch="b", reason="no", actor=ADA),
            Mark.DISCARDED,
            "discarded by Ada  16 m ago; its branch is still there",
        ),
        (
            e.WorkSentBack(task_id="T2", tip="1" * 40, text="Almost.", comments=(), actor=ADA),
            Mark.READY,
            "sent back  16 m ago; round 2 comes",
        ),
    ],
    ids=["merged", "discarded", "sent back"],
)
def test_the_mark_and_the_detail_say_what_became_of_it(tale: Any, done: str, fact: Any, mark: Mark, words: str) -> None:
    assert mark_of(tale.state(), done) is Mark.TO_MERGE
    tale.record(fact)
    state = tale.state()
    assert mark_of(state, done) is mark
    stand = standing(state)
    assert (stand.to_merge, stand.waiting) == (0, len(attention(state)))
    assert stand.done == sum(mark_of(state, task_id) is Mark.DONE for task_id in state.tasks)
    assert words in "\n".join(row.plain for row in detail(state, done, 2_000.0, UNICODE))
