"""What is decided in lines is what was heard: a second question of the same task is not answered with the first."""

from __future__ import annotations

import pytest

from hephaestus_tui.cli import output
from hephaestus_tui.cli.confirm import confirmed
from hephaestus_tui.cli.plain_heard import GRACE, Heard
from hephaestus_tui.domain.attention import Attention, AttentionKind
from hephaestus_tui.domain.errors import UsageError


def asked(question: str, since: float = 1.0) -> Attention:
    return Attention(
        kind=AttentionKind.PERMISSION, task_id="T1", text="May I?", since=since, holds_up=1, question_id=question
    )


@pytest.mark.parametrize(
    "words",
    [
        ["answer", "t1", "--allow"],
        ["answer", "T1", "yes"],
        ["settle", "T1", "drop"],
        ["undo", "T1"],
        ["work", "merge", "T1"],
        ["work", "discard", "T1"],
    ],
)
def test_what_was_told_only_now_or_never_is_not_decided(words: list[str]) -> None:
    heard, first, second = Heard(), asked("q1"), asked("q2", since=2.0)
    assert heard.tell([first], now=10.0) == [first]
    with pytest.raises(UsageError, match="only just now"):
        heard.require(words, [first], now=10.0 + GRACE / 2)
    heard.require(words, [first], now=10.0 + GRACE)
    with pytest.raises(UsageError, match="Something else of T1"):
        heard.require(words, [second], now=20.0)
    assert heard.tell([second], now=20.0) == [second]
    with pytest.raises(UsageError, match="only just now"):
        heard.require(words, [second], now=20.1)


def test_another_task_and_what_decides_nothing_are_let_through() -> None:
    heard = Heard()
    heard.require(["answer", "T2", "yes"], [asked("q1")], now=0.0)
    heard.require(["show", "T1"], [asked("q1")], now=0.0)
    heard.require(["work", "T1", "--diff"], [asked("q1")], now=0.0)


def test_nothing_is_confirmed_at_a_terminal_that_the_prompt_has() -> None:
    speaking = output.spoken.set(True)
    try:
        with pytest.raises(UsageError, match="again with --yes"):
            confirmed("Do it?", yes=False)
        assert confirmed("Do it?", yes=True)
    finally:
        output.spoken.reset(speaking)
