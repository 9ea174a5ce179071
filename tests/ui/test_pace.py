"""On a slow line streamed text keeps to a budget, what has been done is shown at once, and the person is told once."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest

from hephaestus_tui.ui.bridge import FRAME_SECONDS
from hephaestus_tui.ui.pace import BUDGET, MOST_SECONDS, SLOW_FRAME_SECONDS, Line, Pace, measured


class Time:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Time:
    return Time()


async def frames(pace: Pace, clock: Time, size: int, seconds: float, *, streamed: bool = True) -> int:
    """Bytes of frames drawn in so much time, as the bridge draws them while tokens come without end."""
    end, before = clock.now + seconds, pace.line.handed
    while clock.now < end:
        await pace.free(streamed, clock.sleep)
        pace.line.handed += size
        pace.line.taken = pace.line.handed
        clock.now += pace.at_least(FRAME_SECONDS)
    return pace.line.handed - before


@pytest.mark.parametrize("size", [300, 2_500, 8_000])
async def test_streamed_text_keeps_to_the_budget_on_a_slow_line(clock: Time, size: int) -> None:
    assert await frames(Pace(Line(), True, clock), clock, size, 50) <= 50 * BUDGET + 2 * size


async def test_a_quick_line_is_not_held_back(clock: Time) -> None:
    written = await frames(Pace(Line(), False, clock), clock, 5_000, 10)
    assert written == pytest.approx(10 / FRAME_SECONDS * 5_000, rel=0.02)


async def test_what_was_done_does_not_wait_for_the_budget(clock: Time) -> None:
    pace = Pace(Line(), True, clock)
    await frames(pace, clock, 30_000, 2)
    before = clock.now
    await pace.free(False, clock.sleep)
    assert clock.now == before
    await pace.free(True, clock.sleep)
    assert before < clock.now <= before + MOST_SECONDS
    assert pace.at_least(FRAME_SECONDS) == SLOW_FRAME_SECONDS


async def test_nothing_is_drawn_over_what_is_on_its_way_but_not_for_ever(clock: Time) -> None:
    pace = Pace(Line(handed=10), False, clock)
    before = clock.now
    await pace.free(True, clock.sleep)
    assert clock.now - before == pytest.approx(MOST_SECONDS, abs=0.1)
    pace.line.taken, before = 10, clock.now
    await pace.free(True, clock.sleep)
    assert clock.now == before


def test_a_line_that_keeps_us_waiting_twice_is_slow_and_that_is_news_once() -> None:
    pace = Pace(Line(stalls=1))
    assert not pace.news()
    pace.line.stalls += 1
    assert pace.news()
    assert pace.slow
    assert not pace.news()
    assert not Pace(slow=True).news()


def test_what_a_driver_writes_is_counted() -> None:
    class Slow(io.StringIO):
        def flush(self) -> None:
            until = time.monotonic() + 0.3
            while time.monotonic() < until:
                pass

    class Driver:
        def __init__(self) -> None:
            self._file = Slow()

        def write(self, data: str) -> None:
            self._file.write(data)

    line = Line()
    counted: Any = measured(Driver, line)  # type: ignore[arg-type]
    driver = counted()
    driver.write("four")
    assert (line.handed, line.taken, line.behind) == (4, 0, True)
    driver._file.flush()
    assert (line.taken, line.behind, line.stalls) == (4, False, 1)
