"""What has just appeared under the cursor cannot be decided by a key that was meant for something else."""

from __future__ import annotations

from typing import Any

from hephaestus_tui.ui.guard import HOLD_SECONDS, Guard, Target, target_of


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def is_open(guard: Guard) -> bool:
    return guard.open


def test_what_appears_is_held_for_a_moment() -> None:
    clock = Clock()
    guard = Guard(clock)
    guard.show(Target("T1", 1))
    assert not is_open(guard)
    clock.now = HOLD_SECONDS - 0.01
    assert not is_open(guard)
    clock.now = HOLD_SECONDS
    assert is_open(guard)


def test_the_same_target_again_holds_nothing_up() -> None:
    clock = Clock()
    guard = Guard(clock)
    guard.show(Target("T1", 1))
    clock.now = HOLD_SECONDS
    guard.show(Target("T1", 1))
    assert is_open(guard)


def test_another_version_or_a_new_question_holds_again(script: Any) -> None:
    clock = Clock()
    guard = Guard(clock)
    doing = script.task("Do")
    script.start(doing)
    guess = script.propose("Guess", by=doing)
    guard.show(target_of(script.state(), guess))
    clock.now = 1.0
    assert is_open(guard)
    script.propose("Guess better", by=doing, version=2, task_id=guess)
    guard.show(target_of(script.state(), guess))
    assert not is_open(guard)
    assert guard.shown.version == 2
    clock.now = 2.0
    guard.show(target_of(script.state(), doing))
    clock.now = 3.0
    assert is_open(guard)
    script.ask(doing, "Run rm?")
    guard.show(target_of(script.state(), doing))
    assert not is_open(guard)
    assert guard.shown.question_id is not None


def test_what_changes_under_another_screen_is_held_from_when_it_can_be_read() -> None:
    clock = Clock()
    guard = Guard(clock)
    guard.show(Target("T1", 1))
    clock.now = 10.0
    guard.show(Target("T1", 2), covered=True)
    clock.now = 20.0
    assert not is_open(guard)
    guard.uncover()
    assert not is_open(guard)
    clock.now = 20.0 + HOLD_SECONDS
    assert is_open(guard)
    guard.uncover()
    assert is_open(guard), "nothing has changed since"
