"""The same idea in other words is found, and what only resembles it is left in peace."""

from __future__ import annotations

import random
import time
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Near, Proposal, Verdict
from hephaestus_tui.domain.events import ProposalDecided, Recorded, TaskProposed
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import DUPLICATE_SCORE, RunState
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft, TaskId
from hephaestus_tui.engine.duplicates import LEAST_SCORE, SHOWN, Duplicates, normalised, similarity, words_of

PAIRS = Path(__file__).with_name("pairs.toml")
ADA = Actor(ActorKind.HUMAN, "ada")


def draft_of(words: str) -> TaskDraft:
    title, _, description = words.partition(" | ")
    return TaskDraft(
        title=title, description=description, rationale="r", phase=Phase.BUILDING, role="backend_developer"
    )


@pytest.fixture(scope="module")
def pairs() -> dict[str, list[tuple[TaskDraft, TaskDraft]]]:
    found = tomllib.loads(PAIRS.read_text(encoding="utf-8"))
    return {kind: [(draft_of(p["a"]), draft_of(p["b"])) for p in found[kind]] for kind in ("same", "other")}


class Run:
    """A run of proposals alone."""

    def __init__(self) -> None:
        self.state = RunState()

    def propose(self, draft: TaskDraft) -> TaskId:
        proposal = Proposal(
            task_id=self.state.next_id(), version=1, draft=draft, origin=Origin(), waits=False, proposed_at=0.0
        )
        apply(self.state, Recorded(self.state.seq + 1, 0.0, TaskProposed(proposal=proposal)))
        return proposal.task_id

    def amend(self, task_id: TaskId, draft: TaskDraft) -> None:
        now = self.state.proposals[task_id]
        amended = replace(now, version=now.version + 1, draft=draft)
        apply(self.state, Recorded(self.state.seq + 1, 0.0, TaskProposed(proposal=amended)))

    def decide(self, task_id: TaskId, verdict: Verdict) -> None:
        proposal = self.state.proposals[task_id]
        final = None if verdict is Verdict.REJECT else proposal.draft
        decision = Decision(
            id=len(self.state.record) + 1, task_id=task_id, version=proposal.version, verdict=verdict, actor=ADA,
            decided_at=0.0, waited=0.0, reason="no", final=final,
        )  # fmt: skip
        task = (
            Task(id=task_id, draft=final, origin=Origin(), decision_id=decision.id, created_at=0.0) if final else None
        )
        apply(self.state, Recorded(self.state.seq + 1, 0.0, ProposalDecided(decision=decision, task=task)))


def test_the_default_threshold_tells_the_same_from_what_only_resembles_it(pairs) -> None:
    scores = {kind: [similarity(words_of(a), words_of(b)) for a, b in pairs[kind]] for kind in pairs}
    found = sum(score >= DUPLICATE_SCORE for score in scores["same"])
    wrong = sum(score >= DUPLICATE_SCORE for score in scores["other"])
    recall, precision = found / len(scores["same"]), found / (found + wrong)
    assert (len(scores["same"]), len(scores["other"])) == (26, 30)
    assert (round(precision, 2), round(recall, 2)) == (0.96, 0.88)
    # whatever is the same is among what is shown, even where it is not called a likely duplicate
    assert min(scores["same"]) >= LEAST_SCORE


def test_it_does_not_matter_which_of_the_two_was_there_first(pairs) -> None:
    for a, b in [*pairs["same"], *pairs["other"]]:
        assert similarity(words_of(a), words_of(b)) == similarity(words_of(b), words_of(a))
        assert similarity(words_of(a), words_of(a)) == 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Add tests for login", "Add tests for logout"),
        ("Fix N+1 in users", "Fix N+1 in orders"),
        ("Remove unused dependency lodash", "Remove unused dependency moment"),
        ("Fix CVE-2024-35195 in requests", "Fix CVE-2024-22195 in jinja2"),
    ],
)
def test_a_word_that_stands_for_another_makes_it_another_idea(one: str, other: str) -> None:
    assert similarity(words_of(draft_of(one)), words_of(draft_of(other))) < DUPLICATE_SCORE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cache\u200b the par\u00adsed configuration", "cache  the PARSED configuration"),
        ("Ｃａｃｈｅ the configuration", "Cache the configuration"),
        ("Cache TokenStore.get", "cache token_store get"),
        ("設定をキャッシュする", "設定の キャッシュをする"),
        ("What to do", "what to do?"),
    ],
)
def test_how_it_is_written_makes_no_difference(one: str, other: str) -> None:
    assert similarity(words_of(draft_of(one)), words_of(draft_of(other))) >= 90


def test_what_is_invisible_is_not_compared() -> None:
    assert normalised("A\u202eB\u2066c\ufeff\u200d") == "abc"


async def test_tasks_proposals_and_rejected_ideas_are_searched_the_nearest_first(pairs) -> None:
    run = Run()
    idea, paraphrase = pairs["same"][0]
    open_, accepted, rejected = (run.propose(d) for d in (paraphrase, idea, replace(idea, phase=Phase.INVESTIGATION)))
    run.decide(accepted, Verdict.ACCEPT)
    run.decide(rejected, Verdict.REJECT)
    unlike = run.propose(draft_of("Encrypt backups at rest | Backups are stored in plain."))
    near = await Duplicates().near(idea, run.state)
    assert near == (Near(accepted, 100), Near(rejected, 100), Near(open_, near[-1].score))
    assert DUPLICATE_SCORE <= near[-1].score < 100
    assert unlike not in {n.task_id for n in near}


async def test_a_proposal_is_not_its_own_duplicate_and_no_more_are_named_than_are_shown(pairs) -> None:
    run, duplicates = Run(), Duplicates()
    idea = pairs["same"][0][0]
    ids = [run.propose(idea) for _ in range(SHOWN + 3)]
    assert [n.task_id for n in await duplicates.near(idea, run.state, ids[0])] == ids[1 : SHOWN + 1]


async def test_what_was_amended_is_found_by_what_it_says_now(pairs) -> None:
    run, duplicates = Run(), Duplicates()
    (first, _), (second, _) = pairs["same"][:2]
    task_id = run.propose(first)
    assert await duplicates.near(first, run.state) == (Near(task_id, 100),)
    run.amend(task_id, second)
    assert await duplicates.near(first, run.state) == ()
    assert await duplicates.near(second, run.state) == (Near(task_id, 100),)


def many(count: int, texts: list[TaskDraft]) -> Iterator[TaskDraft]:
    """Drafts that resemble real ones: two words of five replaced by others."""
    dice = random.Random(7)
    vocabulary = sorted({word for t in texts for word in f"{t.title} {t.description}".split()})

    def mixed(text: str) -> str:
        return " ".join(dice.choice(vocabulary) if dice.random() < 0.4 else word for word in text.split())

    for _ in range(count):
        text = dice.choice(texts)
        yield replace(text, title=mixed(text.title), description=mixed(text.description))


async def test_the_index_finds_what_comparing_with_all_would(pairs) -> None:
    run, duplicates = Run(), Duplicates()
    texts = [draft for kind in pairs.values() for pair in kind for draft in pair]
    said = {run.propose(draft): words_of(draft) for draft in many(1_500, texts)}
    for text in texts[::4]:
        wanted = words_of(text)
        scores = sorted((similarity(wanted, words) for words in said.values()), reverse=True)[:SHOWN]
        found = [n.score for n in await duplicates.near(text, run.state)]
        likely = [score for score in scores if score >= DUPLICATE_SCORE]
        assert found[: len(likely)] == likely
        assert sum(found) >= 0.97 * sum(score for score in scores if score >= LEAST_SCORE)


async def test_one_of_many_that_differ_in_a_number_is_found() -> None:
    run, duplicates = Run(), Duplicates()
    ids = [run.propose(draft_of(f"Step {n} of the load | Do step {n} and report it.")) for n in range(2_000)]
    near = await duplicates.near(draft_of("Step 7 of the load | Do step 7 and report it."), run.state)
    assert near[0] == Near(ids[7], 100)
    assert near[1].score < DUPLICATE_SCORE


async def test_the_longest_texts_that_are_let_in_cost_no_more_than_a_moment() -> None:
    run, duplicates = Run(), Duplicates()
    dice = random.Random(3)

    def noise(size: int) -> str:
        return " ".join("".join(dice.choices("abcde", k=5)) for _ in range(size // 6))

    for _ in range(100):
        run.propose(draft_of(f"{noise(200)} | {noise(20_000)}"))
    worst = draft_of(f"{noise(200)} | {noise(20_000)}")
    await duplicates.near(worst, run.state)
    began = time.process_time()
    await duplicates.near(worst, run.state)
    assert time.process_time() - began < 1.0, "a search among so few took as long as no person would wait for a key"
