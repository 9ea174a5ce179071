"""What a note has to do with a task: enough words, whatever their form, and never the words of every text."""

from __future__ import annotations

import pytest

from hephaestus_tui.domain.telling import is_near, telling

TASK = "Let every route use the token cache\nShare it, and test sign-out."


@pytest.mark.parametrize(
    ("text", "tags", "near"),
    [
        ("Cached tokens live for 30 seconds.", (), True),
        ("Tokens are random.", (), False),
        ("Nothing in common.", ("cache",), True),
        ("Nothing in common.", ("token-cache",), True),
        ("Nothing in common.", ("token store",), False),
        ("It is to be used by all of them, and then there is more.", (), False),
        ("", (), False),
        ("Anything.", ("", "the"), False),
    ],
)
def test_two_words_or_a_tag_make_it_near(text: str, tags: tuple[str, ...], near: bool) -> None:
    assert is_near(text, tags, TASK) is near


def test_only_words_that_tell_something_are_left() -> None:
    assert list(telling("The token_cache, and a Größe: ÄRGER x")) == ["token", "cache", "grösse", "ärger"]
