"""When to try again, as the server's words and our own patience have it."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hephaestus_tui.providers.retry import LONGEST_WAIT, asked_wait, backoff, may_retry

TODAY = 1_800_000_000.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": formatdate(TODAY + 90, usegmt=True)}, 90.0),
        ({"retry-after": formatdate(TODAY - 90, usegmt=True)}, None),
        ({"retry-after": "86400"}, LONGEST_WAIT),
        ({"retry-after": formatdate(TODAY + 86_400, usegmt=True)}, LONGEST_WAIT),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Mon, 99 Foo 2031 99:99:99 GMT"}, None),
    ],
)
def test_what_the_server_asked_for(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_wait(headers, TODAY) == seconds


@given(st.text(max_size=40))
def test_no_header_breaks_it(word: str) -> None:
    seconds = asked_wait({"retry-after": word}, TODAY)
    assert seconds is None or 0 < seconds <= LONGEST_WAIT


def test_waits_double_up_to_eight_seconds() -> None:
    assert [backoff(n, 0.0) for n in range(1, 7)] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
    assert backoff(1, 0.999) == pytest.approx(0.375, rel=0.01)


def test_the_status_decides_unless_the_server_does() -> None:
    assert [s for s in (400, 401, 404, 408, 409, 422, 429, 500, 529) if may_retry(s, {})] == [408, 409, 429, 500, 529]
    assert may_retry(400, {"x-should-retry": "true"})
    assert not may_retry(500, {"x-should-retry": "false"})
