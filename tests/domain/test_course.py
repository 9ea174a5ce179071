"""The plots' numbers: a bounded memory says the same as one that forgets nothing, and the counts are those of the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.course import How, Series
from hephaestus_tui.domain.reducer import apply, replay
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskStatus

POINTS = st.lists(st.tuples(st.floats(0, 5_000), st.integers(0, 9)), max_size=60)


@given(POINTS, st.sampled_from(How))
def test_buckets_say_what_all_points_would(points: list[tuple[float, int]], how: How) -> None:
    points.sort(key=lambda point: point[0])
    series = Series(how, room=8, start=0.0)
    for at, value in points:
        series = series.put(at, value)
    assert len(series.values) <= 8
    expected: list[float] = []
    for place in range(len(series.values)):
        inside = [value for at, value in points if int(at / series.width) == place]
        if how is How.SUM:
            expected.append(sum(inside))
        elif how is How.MOST:
            expected.append(max(inside, default=0))
        else:
            expected.append(inside[-1] if inside else (expected[-1] if expected else 0))
    assert list(series.values) == expected


@given(POINTS)
def test_going_on_to_a_moment_adds_nothing(points: list[tuple[float, int]]) -> None:
    series = Series(How.SUM, room=8)
    for at, value in points:
        series = series.put(at, value).until(at + 10_000)
    assert sum(series.values) == sum(value for _, value in points)


def test_a_clock_that_is_set_back_loses_nothing() -> None:
    series = Series(How.LAST, room=8, start=100.0).put(104.0, 2.0).put(90.0, 3.0)
    assert series.last == 3.0
    assert Series(How.SUM, start=100.0).put(90.0, 3.0).values == (3.0,)


@given(st.data())
def test_the_counts_are_those_of_the_state(
    histories: Callable[[str], st.SearchStrategy[list[list[e.Fact]]]], data: Any
) -> None:
    facts = [fact for group in data.draw(histories("r")) for fact in group]
    journal = [e.Recorded(number, 10.0 * number, fact) for number, fact in enumerate(facts, 1)]
    live = RunState()
    for recorded in journal:
        apply(live, recorded)
        assert live.course.open.last == sum(not task.status.ended for task in live.tasks.values())
        assert live.course.done.last == sum(task.status is TaskStatus.COMPLETED for task in live.tasks.values())
    assert sum(live.course.tokens.values) == live.usage.output
    assert replay(journal).course == live.course
    assert set(live.task_tokens) == set(live.usage_by_task)
