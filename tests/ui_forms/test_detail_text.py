from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.events import QuestionKind
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.domain.task import Evidence, Origin, Phase, Priority
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.widgets.detail_keys import Keys
from hephaestus_tui.ui.widgets.detail_stops import links_of
from hephaestus_tui.ui.widgets.detail_text import detail
from hephaestus_tui.ui.widgets.lines import STYLES, Line, Lines, Span, paragraphs, rows_of, whole

HOSTILE = "[@click=app.quit]x[/] [bold]b[/bold] \x1b]52;c;aGk=\x07 \x1b[2J \u202eevil\u2066 [/"


def text(lines: Lines) -> str:
    return "\n".join(line.plain for line in lines)


def test_an_open_proposal_says_that_it_waits_and_how_to_decide(story: Any) -> None:
    spawner = story.started(title="Serve the users")
    origin = Origin(task_id=spawner, agent_id="A1", turn=3, index=0, depth=1)
    task_id = story.propose(origin=origin, waits=True, rationale="it is slow", done_criteria=())
    story.propose(title="Validate it", blocked_by=(task_id,))
    said = text(detail(story.state, task_id, story.now + 200, UNICODE))
    assert "PROPOSAL waits for you  3 m" in said
    assert "a accept  e edit  r reject  c ask" in said
    assert "the rationale is thin (10 characters)" in said
    assert "no done criteria" in said
    assert f"the agent of {spawner} stands still until you decide" in said
    assert "it starts as soon as an agent is free" in said
    assert "T3 waits for it; when it is done, T3 can start" in said
    assert "backend_developer on scripted:demo, agent A1, turn 4, depth 1" in said


def test_a_sound_proposal_gets_no_hints(story: Any) -> None:
    task_id = story.propose()
    assert not any(row.panel and row.plain.startswith("• ") for row in detail(story.state, task_id, story.now, UNICODE))


def test_the_proposal_comes_before_its_fields_and_stands_on_a_panel(story: Any) -> None:
    lines = detail(story.state, story.propose(), story.now, UNICODE)
    first = next(n for n, line in enumerate(lines) if line.panel)
    assert "PROPOSAL" in lines[first].plain
    assert first < next(n for n, line in enumerate(lines) if line.plain == "What to do")


@pytest.mark.parametrize("how", ["rejected", "failed"])
def test_a_proposal_behind_something_that_ended_is_warned_about(story: Any, how: str) -> None:
    if how == "failed":
        gone = story.failed()
    else:
        gone = story.propose()
        story.decide(gone, Verdict.REJECT, reason="no")
    between = story.propose(blocked_by=(gone,))
    task_id = story.propose(blocked_by=(between,))
    assert f"it could never start: {gone} ({how})" in text(detail(story.state, task_id, story.now, UNICODE))


def test_rebound_keys_are_named_as_they_are_bound(story: Any) -> None:
    keys = Keys.bound({"proposal.accept": "f5", "task.stop": "X", "help": "h"})
    said = text(detail(story.state, story.propose(), story.now, UNICODE, keys))
    assert "f5 accept  e edit" in said
    assert keys.stop == "X"


def test_a_blocked_task_names_its_blockers_and_their_state(story: Any) -> None:
    done, at_work, proposed = story.completed(), story.started(), story.propose()
    task_id = story.accepted(blocked_by=(done, at_work, proposed))
    lines = detail(story.state, task_id, story.now, UNICODE)
    said = text(lines)
    told = next(row for row in lines if row.plain.startswith("blocked by"))
    assert [link for _, link in links_of(told)] == [at_work, proposed]
    assert f"blocked by {at_work} (in progress), {proposed} (proposed)" in said
    assert f"✓ {done} " in said


def test_a_dead_blocked_task_names_the_culprit_behind_its_blocker(story: Any) -> None:
    culprit = story.failed(title="Build the docs")
    between = story.accepted(blocked_by=(culprit,))
    task_id = story.accepted(blocked_by=(between,))
    said = text(detail(story.state, task_id, story.now, UNICODE))
    assert "CAN NEVER START waits for you" in said
    assert f"It is blocked by {between} (can never start)." in said
    assert f"Will not complete: {culprit} (failed)." in said
    assert "d choose what becomes of it  x stop" in said


def test_culprits_agree_with_the_state(story: Any) -> None:
    culprit = story.failed()
    dead = [story.accepted(blocked_by=(culprit,)), story.propose(blocked_by=(culprit,))]
    dead.append(story.accepted(blocked_by=(dead[1],)))
    story.accepted(blocked_by=(story.completed(),))
    shown = [t for t in story.state.blockers if "can never start" in text(detail(story.state, t, story.now, UNICODE))]
    assert set(story.state.dead()) == set(dead)
    assert set(shown) >= {dead[0], dead[2]}
    assert "it could never start" in text(detail(story.state, dead[1], story.now, UNICODE))


def test_ready_and_paused(story: Any) -> None:
    task_id = story.accepted()
    assert "ready: starts when an agent is free" in text(detail(story.state, task_id, story.now, UNICODE))
    story.tell(e.RunPaused(actor=story.state.decisions[task_id].actor))
    assert "ready; the run is paused" in text(detail(story.state, task_id, story.now, UNICODE))


def test_a_question_stands_there_in_full_with_its_options(story: Any) -> None:
    task_id = story.started()
    story.asks(task_id, "Which store?\n\nThe first is faster.", QuestionKind.QUESTION, ("memory", "file"))
    said = text(detail(story.state, task_id, story.now, UNICODE))
    assert "QUESTION waits for you" in said
    assert "Which store?\n\nThe first is faster.\n1 memory\n2 file\ny answer" in said
    assert "in progress, waits for you" in said


def test_a_permission_is_shown_exactly(story: Any) -> None:
    task_id = story.started()
    story.asks(task_id, "rm -rf \u0430pi\u200b", QuestionKind.PERMISSION)
    said = text(detail(story.state, task_id, story.now, UNICODE))
    assert "PERMISSION waits for you" in said
    assert "rm -rf ⟪U+0430⟫pi⟪U+200B⟫" in said


def test_interrupted_with_a_call_without_an_answer(story: Any) -> None:
    task_id = story.started()
    story.tell(e.ToolStarted(task_id=task_id, turn=2, index=0, call_id="c1", name="run_command"))
    assert "Under way\n• run_command (turn 3)" in text(detail(story.state, task_id, story.now, UNICODE))
    story.tell(e.AgentInterrupted(task_id=task_id))
    said = text(detail(story.state, task_id, story.now, UNICODE))
    assert "INTERRUPTED waits for you" in said
    assert "may have run; outcome unknown\n• run_command (turn 3)" in said


def test_an_interruption_is_told_before_the_question_that_comes_after_it(story: Any) -> None:
    task_id = story.started()
    story.asks(task_id, "204 or 404?", e.QuestionKind.QUESTION)
    story.tell(e.AgentInterrupted(task_id=task_id))
    said = text(detail(story.state, task_id, story.now, UNICODE))
    assert said.index("INTERRUPTED waits for you") < said.index("When it goes on:") < said.index("204 or 404?")


def test_stalled_paused_and_steered(story: Any) -> None:
    task_id = story.started()
    story.tell(e.AgentStalled(task_id=task_id, reason="no tool call in three turns"))
    said = text(detail(story.state, task_id, story.now, UNICODE))
    assert "STALLED waits for you" in said
    assert "no tool call in three turns" in said
    actor = story.state.decisions[task_id].actor
    story.tell(e.AgentPaused(task_id=task_id, actor=actor))
    story.tell(e.AgentSteered(task_id=task_id, text="use the file", actor=actor))
    said = text(detail(story.state, task_id, story.now, UNICODE))
    assert "paused by ann" in said
    assert "ann said, to be read at its next turn:\nuse the file\nU take it back" in said


def test_failed_cancelled_rejected(story: Any) -> None:
    failed = story.started()
    story.tell(e.TaskFailed(task_id=failed, reason="it took 41 turns", limit="turns"))
    cancelled = story.started()
    story.tell(e.TaskCancelled(task_id=cancelled, reason="not needed", actor=story.state.decisions[failed].actor))
    rejected = story.propose()
    story.decide(rejected, Verdict.REJECT, reason="out of scope")
    assert "FAILED: at its limit of turns\nit took 41 turns\nR retry" in text(
        detail(story.state, failed, story.now, UNICODE)
    )
    assert "cancelled: not needed" in text(detail(story.state, cancelled, story.now, UNICODE))
    said = text(detail(story.state, rejected, story.now, UNICODE))
    assert "rejected by ann: out of scope" in said
    assert "a accept" not in said


def test_completed_has_its_result_its_evidence_and_what_it_cost(story: Any) -> None:
    task_id = story.started(title="Look")
    story.says(task_id, "done")
    story.spends(task_id, input=12_000, output=800, cache_read=4_000, cost=0.0312)
    child = story.propose(origin=Origin(task_id=task_id, agent_id="A1", turn=0, index=0, depth=1))
    story.tell(
        e.TaskCompleted(
            task_id=task_id,
            summary="Found it.",
            evidence=(Evidence(criterion="all tests pass", evidence="31 passed"),),
        )
    )
    lines = detail(story.state, task_id, story.now + 120, UNICODE)
    said = text(lines)
    assert "Result\nFound it." in said
    assert "✓ all tests pass\n31 passed\n• a profile shows one query a request" in said
    assert "16,800 tokens (12,000 in, 800 out, 4,000 cached), $0.0312" in said
    assert "1 turn" in said
    assert [line.link for line in lines if line.link] == [child]


def test_a_decision_shows_each_change_and_nothing_else(story: Any) -> None:
    task_id = story.propose(title="Old", done_criteria=("stays", "goes"))
    story.decide(
        task_id, Verdict.EDIT, reason="small", title="New", priority=Priority.LOW, done_criteria=("stays", "comes")
    )
    said = text(detail(story.state, task_id, story.now + 3_600, UNICODE))
    assert "accepted with changes by ann\n1 h ago, after 48 s\nsmall" in said
    assert "title  Old → New" in said
    assert "done criteria\n- goes\n+ comes" in said
    assert "priority  high → low" in said
    assert "- stays" not in said


def test_none_shows_the_run_and_an_unknown_task_is_said_to_be_so(story: Any) -> None:
    assert "Serve the user routes quickly" in text(detail(story.state, None, story.now, UNICODE))
    assert text(detail(story.state, "T99", story.now, UNICODE)) == "T99 is not in this run."


def test_ascii_marks_need_no_unicode(story: Any) -> None:
    task_id = story.propose(blocked_by=(story.failed(),), origin=Origin(task_id="T1", depth=1))
    for shown in (task_id, story.started(), story.completed()):
        assert text(detail(story.state, shown, story.now, ASCII)).isascii()


def test_hostile_text_is_shown_and_not_obeyed(story: Any) -> None:
    task_id = story.propose(
        title=HOSTILE,
        description=HOSTILE,
        rationale=HOSTILE,
        role=HOSTILE,
        done_criteria=(HOSTILE,),
        phase=Phase.BUILDING,
    )
    story.decide(task_id, Verdict.EDIT, reason=HOSTILE, title=HOSTILE + "!", description="short")
    story.tell(e.TaskStarted(task_id=task_id, agent_id=HOSTILE, role=HOSTILE, model=HOSTILE, attempt=1))
    story.asks(task_id, HOSTILE, QuestionKind.QUESTION, (HOSTILE,))
    story.tell(e.ToolStarted(task_id=task_id, turn=0, index=0, call_id="c", name=HOSTILE))
    lines = detail(story.state, task_id, story.now, UNICODE)
    said = text(lines)
    assert not set(said) & {"\x1b", "\x07", "\u202e", "\u2066"}
    assert said.count("[@click=app.quit]x[/]") >= 8
    styles = {span.style for line in lines for span in (*line.head, *line.spans)}
    assert {name for style in styles for name in style.split()} <= set(STYLES)


def test_relative_times_change_once_a_minute(story: Any) -> None:
    task_id = story.propose()
    said = {detail(story.state, task_id, story.now + seconds, UNICODE) for seconds in range(180)}
    assert len(said) == 3


def test_a_clock_that_was_set_back_shows_no_negative_time(story: Any) -> None:
    task_id = story.propose()
    story.decide(task_id, Verdict.ACCEPT)
    assert "just now" in text(detail(story.state, task_id, story.now - 9_999, UNICODE))


@example("\U0001f3fb", 1, True)
@given(st.text(), st.integers(1, 60), st.booleans())
def test_rows_fit_and_lose_nothing(written: str, width: int, exact: bool) -> None:
    lines = tuple(Line((Span(row),), exact=exact) for row in whole(written, exact=exact).split("\n"))
    rows = rows_of(lines, width)
    assert all(cell_len(row.content.plain) <= max(width, 2) for row in rows)
    together = "".join(row.content.plain for row in rows)
    kept = "".join(line.plain for line in lines)
    assert together == kept if exact else "".join(together.split()) == "".join(kept.split())


@given(st.text(min_size=1, max_size=3), st.integers(1, 9_000))
def test_whole_cuts_nothing(piece: str, times: int) -> None:
    assert "more" not in whole(piece.replace("more", "") * times).replace(piece, "")
    assert whole("x" * times) == "x" * times


def test_list_items_hang_under_their_first_word() -> None:
    rows = rows_of(tuple(paragraphs("- one two three four\n  10. five six seven")), 12)
    assert [row.content.plain for row in rows] == ["- one two", "  three four", "10. five six", "    seven"]


def test_of_very_many_related_tasks_only_some_are_listed(story: Any) -> None:
    root = story.started()
    origin = Origin(task_id=root, agent_id="A1", turn=0, index=0, depth=1)
    for _ in range(130):
        story.propose(origin=origin, blocked_by=(root,))
    said = text(detail(story.state, root, story.now, UNICODE))
    assert said.count("and 30 more") == 2
    proposal = story.propose()
    for _ in range(12):
        story.propose(blocked_by=(proposal,))
    assert "T140 and others wait for it; when it is done" in text(detail(story.state, proposal, story.now, UNICODE))


def test_a_number_and_its_unit_stand_on_one_row_and_words_break_only_where_they_must() -> None:
    line = Line((Span("PROPOSAL", "strong"), Span(" waits for you"), Span("  <1 m", "muted")))
    for width in range(8, 32):
        rows = [row.content for row in rows_of((line,), width)]
        (timed,) = (row for row in rows if "m" in row.plain.split())
        assert "<1 m" in timed.plain
        assert timed.plain[timed.spans[-1].start : timed.spans[-1].end].strip() == "<1 m"
    for width in range(8, 40):
        rows = [row.content for row in rows_of((Line((Span("end sign_out_everywhere now"),)),), width)]
        whole_word = [row for row in rows if "sign_out_everywhere" in row.plain]
        assert bool(whole_word) == (width >= len("sign_out_everywhere"))


def test_each_attempt_says_how_it_ended_and_the_agent_how_fast_it_is(story: Any) -> None:
    task_id = story.failed()
    assert "Attempts" not in text(detail(story.state, task_id, story.now, UNICODE)), "one is told of already"
    story.tell(e.TaskRetried(task_id=task_id, actor=story.state.decisions[task_id].actor, was="failed"))
    story.tell(e.TaskStarted(task_id=task_id, agent_id="A1", role="tech_lead", model="scripted:demo", attempt=2))
    story.tell(e.UsageRecorded(task_id=task_id, model="m", usage=Usage(output=600)), after=9.0)
    for glyphs in (UNICODE, ASCII):
        said = text(detail(story.state, task_id, story.now + 1, glyphs))
        assert "tokens/s now" in said
        assert said.split("Attempts\n")[1].split("\n\n")[0].split("\n") == [
            "2 tech_lead on scripted:demo, for <1 m",
            "1 failed after 1 s, just now; backend_developer on scripted:demo",
            "the model was not reachable",
        ]


def test_files_are_told_before_there_is_work_to_review(story: Any) -> None:
    task_id = story.started()
    story.tell(e.FilesTouched(task_id=task_id, paths=tuple(f"src/f{n:02}.py" for n in range(14))))
    said = text(detail(story.state, task_id, story.now, UNICODE))
    assert "Work\n14 files changed so far\n• src/f00.py\n" in said
    assert "• src/f11.py\nand 2 more" in said


def test_a_title_is_not_said_twice_where_more_follows_it(story: Any) -> None:
    task_id = story.accepted(
        title="Show where a user is signed in", description="Show where a user is signed in\nPeople cannot see it."
    )
    said = text(detail(story.state, task_id, story.now, UNICODE))
    assert said.count("Show where a user is signed in") == 1
    assert "What to do\nPeople cannot see it." in said
