"""The record tells every act once, with what came of it; rates count what stands, and waits are those of humans."""

from __future__ import annotations

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.record import Act, By, Entry, entries, rates
from hephaestus_tui.domain.task import Phase

RULE = Actor(ActorKind.RULE, "bugs")


def test_every_act_is_told_once_the_newest_first(past) -> None:
    accepted, edited, rejected, merged = (past.propose() for _ in range(4))
    past.accept(accepted)
    past.decide(edited, Verdict.EDIT, title="another")
    past.reject(rejected, RULE, reason="seen before")
    past.decide(merged, Verdict.REJECT, reason="merged into T2", merged_into=accepted)
    told = entries(past.state)
    assert [(t.task_id, t.act) for t in told] == [
        (merged, Act.MERGE), (rejected, Act.REJECT), (edited, Act.EDIT), (accepted, Act.ACCEPT), ("T1", Act.ACCEPT),
    ]  # fmt: skip
    assert [t.at for t in told] == sorted((t.at for t in told), reverse=True)
    assert (told[0].merged_into, told[0].after) == (accepted, None)
    assert (told[1].actor, told[1].text) == (RULE, "seen before")
    assert _titles(told[2]) == ("the title of T3", "another")
    assert [change.field for change in told[2].changes] == ["title"]
    assert told[3].waited == 4.0
    assert (told[3].proposer, told[3].role, told[3].model) == ("T1", "project_manager", "m:one")
    assert (told[4].proposer, told[4].role) == (None, "")


def test_a_decision_that_was_taken_back_stays_in_the_record_and_says_by_whom(past) -> None:
    task_id = past.propose()
    past.accept(task_id)
    past.undo(task_id)
    past.reject(task_id)
    again, first, _ = entries(past.state)
    assert (again.act, again.undone, again.version) == (Act.REJECT, None, 2)
    assert first.undone is not None
    assert (first.undone.actor.name, first.undone.reason) == ("Ada", "too soon")


def test_a_question_is_told_with_its_answer_whether_it_is_open_answered_or_moot(past) -> None:
    answered, open_, moot = (past.propose() for _ in range(3))
    query = past.ask(answered, "Why now?")
    past.tell(e.QueryAnswered(query_id=query.id, task_id=answered, text="It is slow."))
    past.amend(answered, title="another")
    past.ask(open_, "Where?")
    past.ask(moot, "Who?")
    past.accept(moot)
    asked = {t.task_id: t for t in entries(past.state) if t.act is Act.ASK}
    assert len(asked) == 3
    assert (asked[answered].text, _answer(asked[answered])) == ("Why now?", ("It is slow.", False))
    assert (asked[answered].version, _titles(asked[answered])[0]) == (1, "the title of T2")
    assert asked[open_].reply is None
    assert _answer(asked[moot])[1]
    assert asked[moot].waited == 5.0


def test_what_was_changed_is_measured_against_what_the_agent_said_last(past) -> None:
    task_id = past.propose()
    past.amend(task_id, title="the agent's second")
    past.amend(task_id, by=Actor(ActorKind.HUMAN, "Ada"), title="Ada's own")
    past.accept(task_id)
    decided = entries(past.state)[0]
    assert _titles(decided) == ("the agent's second", "Ada's own")


def test_rates_count_what_stands_of_what_agents_proposed(past) -> None:
    past.accept(past.propose(by=None))  # a task of one's own
    first, second, third, undone = (past.propose() for _ in range(4))
    past.ask(first, "Why?")
    past.accept(first)
    past.decide(second, Verdict.EDIT, title="another")
    past.reject(third)
    past.decide(undone, Verdict.REJECT, reason="merged", merged_into=first)
    past.undo(undone)
    (rate,) = rates(entries(past.state), By.ALL)
    assert (rate.accepted, rate.edited, rate.rejected, rate.asked, rate.by_rules) == (1, 1, 1, 1, 0)
    assert (rate.total, rate.share(rate.edited)) == (4, 0.25)


def test_a_merge_counts_as_a_rejection(past) -> None:
    past.decide(past.propose(), Verdict.REJECT, reason="merged into T1", merged_into="T1")
    (rate,) = rates(entries(past.state), By.ALL)
    assert (rate.rejected, rate.total) == (1, 1)


def test_rates_are_those_of_the_role_the_model_and_the_phase_that_were_at_work(past) -> None:
    second = past.work(past.propose(phase=Phase.INVESTIGATION), role="tech_lead", model="m:two")
    past.accept(past.propose())
    past.reject(past.propose(by=second))
    past.reject(past.propose(by=second, phase=Phase.VALIDATION))
    past.reject(past.propose(by="T999"))  # an agent of which nothing is known
    found = entries(past.state)
    told = {by: {rate.name: (rate.accepted, rate.rejected) for rate in rates(found, by)} for by in By}
    assert told[By.ROLE] == {"project_manager": (2, 0), "tech_lead": (0, 2), "unknown": (0, 1)}
    assert told[By.MODEL] == {"m:one": (2, 0), "m:two": (0, 2), "unknown": (0, 1)}
    assert told[By.PHASE] == {"building": (1, 2), "investigation": (1, 0), "validation": (0, 1)}
    assert told[By.ALL] == {"all": (2, 3)}
    assert list(told[By.PHASE]) == ["building", "investigation", "validation"]  # the most frequent first


def test_waits_are_those_for_humans(past_of) -> None:
    past = past_of()
    for seconds in range(1, 11):
        task_id = past.propose()
        past.now += seconds - past.step
        past.accept(task_id)
    past.accept(past.propose(), RULE)
    (rate,) = rates(entries(past.state), By.ALL)
    assert (rate.median, rate.p90) == (5.5, 9.0)
    assert (rate.accepted, rate.by_rules) == (11, 1)


def test_where_only_rules_decided_nobody_was_waited_for(past) -> None:
    past.accept(past.propose(), RULE)
    (rate,) = rates(entries(past.state), By.ALL)
    assert (rate.median, rate.p90) == (None, None)
    assert rates([], By.ROLE) == []


def _titles(entry: Entry) -> tuple[str | None, str | None]:
    before, after = entry.before, entry.after
    return before.title if before else None, after.title if after else None


def _answer(entry: Entry) -> tuple[str, bool]:
    assert entry.reply is not None
    return entry.reply.text, entry.reply.failed
