"""The card of a proposal and of what became of one: doubts, what is new, what follows, and the whole record."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Choice, Decision, Near, Query, Verdict, draft_changes
from hephaestus_tui.domain.task import Origin, Phase, Priority, Task
from hephaestus_tui.ui.actions.registry import BY_ID
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.keymap import shown_key
from hephaestus_tui.ui.widgets.detail_keys import ACTIONS, Keys
from hephaestus_tui.ui.widgets.detail_text import detail
from hephaestus_tui.ui.widgets.lines import STYLES, Lines, prose, rows_of

ANN = Actor(ActorKind.HUMAN, "ann")
RULE = Actor(ActorKind.RULE, "small-fixes")
HOSTILE = "[@click=app.quit]x[/] **b** \x1b]52;c;aGk=\x07 \u202eevil `\x1b[2J` &#27;"


def text(lines: Lines) -> str:
    return "\n".join(line.plain for line in lines)


def card(story: Any, task_id: str, **more: Any) -> str:
    return text(detail(story.state, task_id, story.now, UNICODE, **more))


def propose(story: Any, by: str, *, near: tuple[Near, ...] = (), waits: bool = False, **changes: Any) -> str:
    origin = Origin(task_id=by, agent_id="A1", turn=3, index=0, depth=2)
    task_id: str = story.propose(origin=origin, waits=waits, **changes)
    if near:
        amend(story, task_id, version=1, near=near)
    return task_id


def amend(story: Any, task_id: str, version: int = 2, **changes: Any) -> None:
    """The same proposal again, with other fields of its own or of its draft."""
    proposal = story.state.proposals[task_id]
    of_draft = {name: value for name, value in changes.items() if hasattr(proposal.draft, name)}
    rest = {name: value for name, value in changes.items() if name not in of_draft}
    draft = replace(proposal.draft, **of_draft)
    fresh = replace(proposal, version=version, draft=draft, proposed_at=story.now + 1, **rest)
    story.tell(e.TaskProposed(proposal=fresh))


def ask(story: Any, task_id: str, text: str = "Which routes?") -> None:
    version = story.state.proposals[task_id].version
    query = Query(id=f"q{task_id}", task_id=task_id, version=version, text=text, actor=ANN, asked_at=story.now + 1)
    story.tell(e.ProposalQueried(query=query))


def answer(story: Any, task_id: str, text: str, *, failed: bool = False) -> None:
    story.tell(e.QueryAnswered(query_id=f"q{task_id}", task_id=task_id, text=text, failed=failed))


def decide(story: Any, task_id: str, verdict: Verdict, number: int, **fields: Any) -> Decision:
    proposal = story.state.proposals[task_id]
    final = None if verdict is Verdict.REJECT else fields.pop("final", proposal.draft)
    decision = Decision(
        id=number, task_id=task_id, version=proposal.version, verdict=verdict, decided_at=story.now + 1, waited=48.0,
        final=final, changes=draft_changes(proposal.draft, final) if final else (), **{"actor": ANN, **fields},
    )  # fmt: skip
    task = final and Task(id=task_id, draft=final, origin=proposal.origin, decision_id=number, created_at=story.now)
    story.tell(e.ProposalDecided(decision=decision, task=task))
    return decision


# -- what, why, and what is doubtful


def test_the_top_says_what_and_why_and_how_to_decide(story: Any) -> None:
    spawner = story.started()
    task_id = propose(story, spawner)
    rows = card(story, task_id).split("\n")
    assert rows[0] == f"◇ {task_id}  proposed"
    assert rows[2] == "building, backend_developer, high priority, performance, depth 2"
    assert rows[3].startswith("why Twelve routes repeat the same query")
    assert rows[4].startswith("PROPOSAL waits for you")
    assert rows[5].split("  ")[:4] == ["a accept", "e edit", "r reject", "c ask"]
    assert rows[6].split("  ")[:3] == ["M merge", "S split", "E editor"]
    assert "Why it is needed" not in rows, "a short rationale is not told twice"


def test_a_long_rationale_stands_whole_under_the_panel_and_nowhere_else(story: Any) -> None:
    rationale = "First reason. " * 30
    said = card(story, story.propose(rationale=rationale))
    assert said.count("First reason.") == 30
    assert "E editor  \n\nWhy it is needed\nFirst reason." in said


def test_a_proposal_of_a_person_cannot_be_asked_about(story: Any) -> None:
    assert "c ask" not in card(story, story.propose())


def test_doubts_come_with_the_gravest_first_and_lead_to_what_they_name(story: Any) -> None:
    spawner, failed = story.started(), story.failed()
    rejected = story.propose(title="Cache in every worker")
    story.decide(rejected, Verdict.REJECT, reason="workers would disagree")
    done = story.completed(title="Cache the lookups")
    near = (Near(rejected, 91), Near(done, 80), Near(spawner, 79))
    task_id = propose(
        story, spawner, near=near, waits=True, rationale="slow", done_criteria=(), role="nobody", blocked_by=(failed,)
    )
    lines = detail(story.state, task_id, story.now, UNICODE)
    doubts = [line for line in lines if line.panel and line.plain.startswith("• ")]
    begin: list[tuple[str, str | None]] = [
        ("cannot be accepted as it is: there is no role", None),
        (f"it could never start: {failed} (failed)", failed),
        (f"resembles {rejected} (91 %), which was rejected: workers would disagree", rejected),
        (f"likely duplicate of {done} (80 %): Cache the lookups, completed", done),
        (f"the agent of {spawner} stands still until you decide", None),
        ("no done criteria: when is it done?", None),
        ("the rationale is thin (4 characters): is it needed?", None),
    ]
    assert len(doubts) == len(begin)
    for line, (words, link) in zip(doubts, begin, strict=True):
        assert line.plain.startswith(f"• {words}")
        assert line.link == link
    said = text(lines)
    assert f"resembles {rejected} (91 %), which was rejected: workers would disagree" in said
    assert "79 %  Cache the auth lookups of the user routes  in progress" in said, "the rest is alike, no duplicate"
    assert "from 80 % on it is called a likely duplicate" in said


def test_what_was_merged_says_into_what(story: Any) -> None:
    merged, target = story.propose(), story.accepted()
    decide(story, merged, Verdict.REJECT, 50, merged_into=target, reason=f"merged into {target}")
    task_id = propose(story, target, near=(Near(merged, 88),))
    assert f"resembles {merged} (88 %), which was merged into {target}" in card(story, task_id)
    said = card(story, merged)
    assert f"merged into {target} by ann" in said
    assert f"⊞ {merged}  merged into {target}" in said
    links = {line.link for line in detail(story.state, merged, story.now, UNICODE)}
    assert target in links


def test_a_threshold_that_was_lowered_calls_more_a_duplicate(story: Any) -> None:
    spawner = story.started()
    task_id = propose(story, spawner, near=(Near(spawner, 61),))
    assert "likely duplicate" not in card(story, task_id).split("If you accept it")[0]
    story.tell(e.DuplicateScoreSet(score=60, actor=ANN))
    assert f"likely duplicate of {spawner} (61 %)" in card(story, task_id)


def test_blockers_say_how_they_stand_and_dead_ones_why(story: Any) -> None:
    rejected = story.propose()
    story.decide(rejected, Verdict.REJECT, reason="out of scope")
    failed = story.failed()
    behind, open_one = story.accepted(blocked_by=(failed,)), story.propose()
    said = card(story, story.propose(blocked_by=(rejected, failed, behind, open_one)))
    section = said.split("Blocked by\n")[1].split("\n\n")[0].split("\n")
    assert [row.strip().rpartition("  ")[2] for row in section] == [
        "rejected", "out of scope", "failed", "the model was not reachable", "can never start",
        f"because of {failed} (failed)", "proposed",
    ]  # fmt: skip


# -- what follows


def test_what_follows_is_told_with_what_it_rests_on(story: Any) -> None:
    for tokens, cost in ((1_000, 0.1), (3_000, 0.5), (90_000, 0.2)):
        task_id = story.started()
        story.spends(task_id, input=tokens, cost=cost)
        story.tell(e.TaskCompleted(task_id=task_id, summary="", evidence=()), after=60.0)
    blocker = story.accepted()
    task_id = story.propose(blocked_by=(blocker,))
    waiter = story.accepted(blocked_by=(task_id,))
    story.propose(blocked_by=(waiter,))
    section = card(story, task_id).split("If you accept it\n")[1].split("\n\n")[0].split("\n")
    assert section == [
        f"• it waits for {blocker} (ready)",
        f"• {waiter} waits for it, 2 in all; when it is done, {waiter} can start",
        "• the longest chain of open work stays at 3 tasks",
        "• similar tasks typically took 3.0k tokens, $0.20, 1 m; at most 90.0k, $0.50, 1 m (3 of this phase and role)",
    ]


@pytest.mark.parametrize(
    ("used", "role", "said"),
    [
        ([], "backend_developer", "no similar task has ended yet: what it will take is unknown"),
        ([(1_500, 0.1)], "backend_developer", "a similar task took 1.5k tokens, $0.10, 1 m (1 of this phase and role)"),
        (
            [(1_500, 0.1), (2_500, None)],
            "backend_developer",
            "similar tasks took 1.5k to 2.5k tokens, price unknown, 1 m (2 of this phase and role)",
        ),
        ([(1_500, 0.1)], "tech_lead", "a similar task took 1.5k tokens, $0.10, 1 m (1 of this phase)"),
        (
            [(1_500, None)] * 3,
            "tech_lead",
            "similar tasks typically took 1.5k tokens, price unknown, 1 m; at most 1.5k, 1 m (3 of this phase)",
        ),
    ],
)
def test_nothing_is_made_up(story: Any, used: list[tuple[int, float | None]], role: str, said: str) -> None:
    for tokens, cost in used:
        task_id = story.started()
        story.spends(task_id, input=tokens, cost=cost)
        story.tell(e.TaskCompleted(task_id=task_id, summary="", evidence=()), after=60.0)
    assert f"• {said}" in card(story, story.propose(role=role)).split("\n")


def test_a_chain_that_grows_and_a_start_that_is_free_or_hopeless(story: Any) -> None:
    said = card(story, story.propose(blocked_by=(story.accepted(),)))
    assert "the longest chain of open work grows from 1 to 2 tasks" in said
    assert "it starts as soon as an agent is free" in card(story, story.propose())
    assert "it can never start, as its blockers stand" in card(story, story.propose(blocked_by=(story.failed(),)))


# -- asked back, new versions


def test_while_an_answer_is_owed_it_says_so_and_may_still_be_decided(story: Any) -> None:
    spawner = story.started()
    task_id = propose(story, spawner, waits=True)
    ask(story, task_id)
    said = text(detail(story.state, task_id, story.now + 120, UNICODE))
    assert f"ASKED BACK {spawner}'s agent owes an answer  2 m" in said
    assert "ann asked about version 1, 2 m ago: Which routes?" in said
    assert "a accept  e edit  r reject" in said
    assert "c ask" not in said
    assert "waits for you" not in said
    assert "stands still" not in said
    assert f"? {task_id}  proposed, asked back" in said


def test_the_answer_and_the_new_version_stand_beside_the_old(story: Any) -> None:
    task_id = propose(story, story.started(), title="Serve all routes")
    ask(story, task_id, "Which routes?\nAnd why?")
    answer(story, task_id, "All but `DELETE`.")
    amend(story, task_id, title="Serve reading routes", priority=Priority.LOW, description="Reading routes alone.")
    said = card(story, task_id)
    assert f"◈ {task_id}  proposed, version 2" in said
    answered = said.split("Answered\n")[1].split("\n\n")[0]
    assert "ann asked about version 1, just now:\nWhich routes?\nAnd why?" in answered
    assert "its agent answered, just now:\nAll but `DELETE`." in answered
    news = said.split("What is new\n")[1].split("\n\n")[0]
    assert news.startswith("version 2 by its agent, just now\n")
    assert "title\n- Serve all routes\n+ Serve reading routes" in news
    assert "priority  high → low" in news
    assert "+ Reading routes alone." in news
    assert said.index("Answered") < said.index("What is new") < said.index("If you accept it")


def test_a_question_without_an_answer_says_why(story: Any) -> None:
    task_id = propose(story, story.started())
    ask(story, task_id)
    answer(story, task_id, "its provider cannot be reached", failed=True)
    assert "no answer: its provider cannot be reached" in card(story, task_id)


def test_a_version_by_a_person_names_them_and_why(story: Any) -> None:
    task_id = propose(story, story.started())
    amend(story, task_id, by=ANN, note=f"T9 was merged into {task_id}", description="More.")
    amend(story, task_id, version=3, by=RULE, note="the decision was undone")
    said = card(story, task_id)
    assert "What is new\nversion 3 by rule small-fixes, just now\nthe decision was undone\nno field was changed" in said
    assert f"Earlier versions\nversion 2 by ann, just now\nT9 was merged into {task_id}\n" in said


# -- decided, taken back


def test_every_decision_stays_also_one_that_was_taken_back(story: Any) -> None:
    task_id = propose(story, story.started(), title="Old")
    final = replace(story.state.proposals[task_id].draft, title="New")
    made = decide(story, task_id, Verdict.EDIT, 50, final=final, reason="clearer")
    assert "u take the decision back" in card(story, task_id)
    again = replace(story.state.versions[task_id][0], version=2, by=ANN)
    story.tell(e.DecisionUndone(decision_id=made.id, task_id=task_id, actor=RULE, reason="too early", proposal=again))
    decide(story, task_id, Verdict.REJECT, 51, reason="not now", actor=RULE)
    said = card(story, task_id)
    assert said.split("Decisions\n")[1].split("\n\n")[:2] == [
        "rejected by rule small-fixes on version 2\njust now, after 48 s\nnot now",
        "accepted with changes by ann\njust now, after 48 s\nclearer\ntitle  Old → New\n"
        "taken back by rule small-fixes, just now\ntoo early",
    ]
    assert "rejected by rule small-fixes: not now" in said
    assert "u take it back" in said


def test_a_task_that_has_started_offers_no_undo(story: Any) -> None:
    assert "u take" not in card(story, story.started())


# -- what waits in vain, and bounds


def test_a_failed_task_lists_all_that_waits_in_vain(story: Any) -> None:
    failed = story.started()
    story.tell(e.TaskFailed(task_id=failed, reason="it broke"))
    waiters = [story.accepted(blocked_by=(failed,)), story.propose(blocked_by=(failed,))]
    lines = detail(story.state, failed, story.now, UNICODE)
    panel = [line for line in lines if line.panel]
    assert [line.plain for line in panel[:3]] == ["FAILED", "it broke", "2 wait for it and can never start:"]
    assert [line.link for line in panel if line.link] == waiters
    assert panel[-1].plain.split("  ")[:2] == ["R retry", "d choose for them"]
    story.tell(e.BlockerSettled(blocker=failed, choice=Choice.KEEP, dependents=tuple(waiters), actor=ANN))
    said = card(story, failed)
    assert "left waiting for it, as you chose:" in said
    assert "d choose" not in said
    stranded = card(story, waiters[0])
    assert "CAN NEVER START\n" in stranded
    assert "It is left waiting, as you chose." in stranded


@pytest.mark.parametrize("how", ["cancelled", "rejected"])
def test_a_blocker_that_is_gone_asks_what_becomes_of_the_rest(story: Any, how: str) -> None:
    if how == "cancelled":
        gone = story.started()
        story.tell(e.TaskCancelled(task_id=gone, reason="not needed", actor=ANN))
    else:
        gone = story.propose()
        story.decide(gone, Verdict.REJECT, reason="no")
    assert "BLOCKER GONE" not in card(story, gone)
    waiter = story.accepted(blocked_by=(gone,))
    said = card(story, gone)
    assert "BLOCKER GONE waits for you\n1 waits for it and can never start:" in said
    assert f"□ {waiter} " in said
    assert "d choose for them" in said


def test_the_task_whose_agent_reached_a_bound_says_so_until_it_is_settled(story: Any) -> None:
    task_id, other = story.started(), story.started()
    story.tell(e.BoundReached(bound="per_turn", task_id=task_id, limit=3))
    said = card(story, task_id)
    assert (
        "SPAWN BOUND waits for you\nIts agent was told to propose no more.\n• per turn: at most 3\nb leave or raise it"
        in said
    )
    assert "SPAWN BOUND" not in card(story, other)
    story.tell(e.BoundSettled(bound="per_turn", limit=None, actor=ANN))
    assert "SPAWN BOUND" not in card(story, task_id)


def test_a_run_at_its_limit_says_so_where_an_agent_was_at_work(story: Any) -> None:
    task_id = story.started()
    story.tell(e.RunPaused(actor=ANN))
    assert "it holds at its next step: the run is paused" in card(story, task_id)
    story.tell(e.RunPaused(actor=ANN, limit="run_tokens"))
    said = text(detail(story.state, task_id, story.now + 120, UNICODE))
    assert "LIMIT waits for you  2 m\nThe run is paused at its limit of run tokens.\nP let it go on" in said


# -- keys, links, Markdown


def test_the_keys_are_those_of_the_registry_and_move_with_it() -> None:
    for action_id, field in ACTIONS.items():
        assert getattr(Keys(), field) == shown_key(BY_ID[action_id].key)
        assert getattr(Keys.bound({action_id: "f9"}), field) == "f9"


def test_found_by_says_who_and_with_which_key_one_goes_there(story: Any) -> None:
    spawner = story.started()
    said = card(story, propose(story, spawner), keys=Keys.bound({"task.origin": "f2"}))
    section = said.split("Found by\n")[1].split("\n\n")[0].split("\n")
    assert section[0].startswith(f"● {spawner} ")
    assert section[1:] == [
        "backend_developer on scripted:demo, agent A1, turn 4, depth 2",
        "f2 to the passage, and back  ",
    ]


def test_texts_are_drawn_as_markdown(story: Any) -> None:
    written = "Ask **the cache** first:\n\n- `verify` alone\n- *nobody* else\n\n```python\nreturn 1\n```"
    rows = rows_of(tuple(prose(written, UNICODE.name)), 40)
    assert [row.content.plain.rstrip() for row in rows] == [
        "Ask the cache first:", "", " • verify alone", " • nobody else", "", "│ return 1",
    ]  # fmt: skip
    styles = {str(span.style) for row in rows for span in row.content.spans}
    assert {"strong", "accent", "italic"} <= styles
    assert {name for style in styles for name in style.split()} <= set(STYLES)
    plain = [row.content.plain for row in rows_of(tuple(prose(written, ASCII.name)), 40)]
    assert "".join(plain).isascii()


@pytest.mark.parametrize("width", [1, 7, 20, 80])
def test_hostile_markdown_is_inert_and_fits(story: Any, width: int) -> None:
    spawner = story.started()
    task_id = propose(
        story, spawner, title=HOSTILE, description=HOSTILE, rationale=HOSTILE * 9, near=(Near(spawner, 99),)
    )
    ask(story, task_id, HOSTILE)
    answer(story, task_id, HOSTILE)
    amend(story, task_id, description=HOSTILE + "!", note=HOSTILE, by=Actor(ActorKind.HUMAN, HOSTILE))
    decide(story, task_id, Verdict.REJECT, 50, reason=HOSTILE)
    rows = rows_of(detail(story.state, task_id, story.now, UNICODE), width)
    said = "".join(row.content.plain for row in rows)
    assert not set(said) & {"\x1b", "\x07", "\u202e"}
    assert all(cell_len(row.content.plain) <= max(width, 12) for row in rows)
    if width == 80:
        assert "[@click=app.quit]x[/]" in said


def test_text_that_is_too_hard_for_markdown_is_shown_as_it_is(story: Any) -> None:
    written = "| a " * 200 + "\n- x"
    rows = rows_of(tuple(prose(written, UNICODE.name)), 30)
    assert "".join("".join(row.content.plain for row in rows).split()) == "".join(written.split())


def test_the_card_of_a_run_of_thousands_is_quick(story: Any) -> None:
    spawner = story.started()
    last = story.accepted()
    for number in range(3_000):
        last = story.accepted(blocked_by=(last,)) if number % 3 else story.propose(blocked_by=(last,))
    task_id = propose(story, spawner, blocked_by=(last,), phase=Phase.VALIDATION)
    detail(story.state, task_id, story.now, UNICODE)
    began = time.process_time()
    detail(story.state, task_id, story.now, UNICODE)
    assert time.process_time() - began < 0.5
