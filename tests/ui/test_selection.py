"""What is selected holds versions as they were seen, and lets go of what is decided."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain.criterion import CommandCriterion
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.ui.selection import Haystack, Picked, Selection, below, chain, select


@pytest.fixture
def told() -> list[int]:
    return []


@pytest.fixture
def selection(told: list[int]) -> Selection:
    return Selection(lambda: told.append(1))


def test_a_proposal_is_picked_and_dropped_and_a_task_is_not(script: Any, selection: Selection, told: list[int]) -> None:
    task, guess = script.task("Do"), script.propose("Guess")
    selection.toggle(script.state(), task)
    assert not selection
    selection.toggle(script.state(), guess)
    assert selection.versions == {guess: 1}
    selection.toggle(script.state(), guess)
    assert not selection
    assert len(told) == 2


def test_a_changed_version_is_told_apart_and_must_be_picked_again(script: Any, selection: Selection) -> None:
    one, other = script.propose("One"), script.propose("Other")
    selection.pick(script.state(), [one, other])
    script.propose("One, better", version=2, task_id=one)
    state = script.state()
    assert selection.marks(state) == {one: Picked.CHANGED, other: Picked.AS_SEEN}
    selection.toggle(state, one)
    assert selection.marks(state)[one] is Picked.AS_SEEN
    assert selection.versions == {one: 2, other: 1}


def test_what_is_decided_elsewhere_drops_out(script: Any, selection: Selection, told: list[int]) -> None:
    ids = [script.propose(f"Guess {n}") for n in range(3)]
    selection.pick(script.state(), ids)
    script.decide(ids[0])
    script.decide(ids[1], Verdict.REJECT)
    selection.follow(script.state())
    assert list(selection.versions) == [ids[2]]
    before = len(told)
    selection.follow(script.state())
    assert len(told) == before, "nothing is told where nothing changed"


def test_a_range_goes_from_the_last_that_was_toggled_either_way(script: Any, selection: Selection) -> None:
    ids = [script.propose(f"Guess {n}") for n in range(12)]
    script.decide(ids[4])
    state = script.state()
    select("select.toggle", selection, state, ids[10])
    assert select("select.range", selection, state, ids[3]) == ""
    assert list(selection.versions) == [ids[n] for n in (3, 5, 6, 7, 8, 9, 10)]
    select("select.none", selection, state, None)
    assert not selection
    assert "no proposal between" in select("select.range", Selection(), state, ids[4])


def test_a_subtree_is_all_that_was_spawned_below_or_else_what_waits(script: Any, selection: Selection) -> None:
    top = script.task("Top")
    child = script.propose("Child", by=top)
    script.decide(child)
    grandchild = script.propose("Grandchild", by=child)
    direct = script.propose("Direct", by=top)
    waits = script.propose("Waits", blocked_by=(direct,))
    later = script.propose("Later", blocked_by=(waits,))
    alone = script.task("Alone")
    state = script.state()
    assert below(state, top) == [grandchild, direct]
    assert below(state, child) == [grandchild]
    assert below(state, direct) == [direct, waits, later]
    assert (
        select("select.subtree", selection, state, alone)
        == f"no proposal was spawned below {alone}, and none waits for it"
    )


def test_a_chain_has_what_blocks_first_also_through_a_task(script: Any) -> None:
    first = script.propose("First")
    between = script.task("Between", blocked_by=(first,))
    second = script.propose("Second", blocked_by=(first,))
    done = script.task("Done")
    last = script.propose("Last", blocked_by=(second, between, done))
    other = script.propose("Other")
    state = script.state()
    assert chain(state, last) == [first, second, last]
    assert chain(state, other) == [other]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cache", ["T1", "T2"]), ("CACHE share", ["T1"]), ("backend developer", ["T1", "T2", "T3"]), ("t3", ["T3"]),
        ("validation", ["T3"]), ("tests pass cache", ["T1", "T2"]), ("", []), ("   ", []), ("nothing of it", []),
        ("unittest", ["T2"]), ("suite green", ["T2"]),
    ],
)  # fmt: skip
def test_a_search_looks_into_every_field(script: Any, words: str, found: list[str]) -> None:
    script.propose("Share the cache")
    script.propose("Measure the cache", criteria=("tests pass", CommandCriterion("suite green", "python -m unittest")))
    script.propose("Look at names", phase="validation")
    haystack = Haystack()
    state = script.state()
    assert haystack.matching(state, words) == found


def test_a_search_sees_the_words_of_a_new_version(script: Any) -> None:
    guess = script.propose("Share the cache")
    haystack = Haystack()
    assert haystack.matching(script.state(), "cache")
    script.propose("Share the store", version=2, task_id=guess)
    state = script.state()
    assert haystack.matching(state, "cache") == []
    assert haystack.matching(state, "store") == [guess]
