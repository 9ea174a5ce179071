"""Frames: at once after quiet, at most 12 a second, none for nothing, nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.ui.bridge import COVERED_SECONDS, FRAME_SECONDS, Bridge, Frame


class Clock:
    """Time that passes only when the bridge sleeps and the test lets it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []
        self.gate = asyncio.Event()
        self.gate.set()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)
        await self.gate.wait()
        self.now += seconds


class Screen:
    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.drawn = asyncio.Event()

    def draw(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.drawn.set()

    async def next(self) -> Frame:
        self.drawn.clear()
        async with asyncio.timeout(20):
            await self.drawn.wait()
        return self.frames[-1]


def words(text: str, turn: int = 1, task_id: str = "T1") -> e.TextStreamed:
    return e.TextStreamed(task_id, turn, e.Channel.TEXT, text)


async def until(predicate: Callable[[], object]) -> None:
    for _ in range(1_000):
        if predicate():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came about")


async def running(session: Any) -> tuple[Bridge, Screen, Clock, asyncio.Task[None]]:
    screen, clock = Screen(), Clock()
    bridge = Bridge(session, screen.draw, clock=clock, sleep=clock.sleep)
    task = asyncio.create_task(bridge.run())
    await screen.next()
    await until(lambda: session.script.listeners)
    return bridge, screen, clock, task


async def stopped(session: Any, task: asyncio.Task[None]) -> None:
    session.closed.set()
    await task


async def test_the_first_frame_is_the_state_as_it_is(session: Any, script: Any) -> None:
    script.task("Read the cache")
    _bridge, screen, _clock, task = await running(session)
    assert screen.frames[0].state.tasks.keys() == {"T1"}
    assert screen.frames[0].facts == ()
    await stopped(session, task)


async def test_a_burst_after_quiet_is_one_frame_at_once(session: Any, script: Any) -> None:
    _bridge, screen, clock, task = await running(session)
    script.task("Read the cache")
    script.start("T1")
    frame = await screen.next()
    assert clock.slept == [0.0]
    assert [type(f.fact).__name__ for f in frame.facts] == ["TaskProposed", "ProposalDecided", "TaskStarted"]
    assert len(screen.frames) == 2
    await stopped(session, task)


async def test_the_next_frame_waits_for_its_turn_and_holds_all_that_came(session: Any, script: Any) -> None:
    bridge, screen, clock, task = await running(session)
    script.task("Read the cache")
    await screen.next()
    clock.gate.clear()
    script.task("Write the cache")
    await until(lambda: len(clock.slept) == 2)
    script.task("Check the cache")
    await until(lambda: bridge.state.seq == len(script.facts))
    assert len(screen.frames) == 2, "no frame before its time"
    assert bridge.state.tasks.keys() == {"T1", "T2", "T3"}, "keys act upon the newest state all the same"
    clock.gate.set()
    frame = await screen.next()
    assert clock.slept[1] == pytest.approx(FRAME_SECONDS)
    assert len(frame.facts) == 4
    await stopped(session, task)


async def test_nothing_is_drawn_while_nothing_happens(session: Any) -> None:
    _bridge, screen, clock, task = await running(session)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(screen.frames) == 1
    assert clock.slept == []
    await stopped(session, task)
    assert len(screen.frames) == 1


async def test_streamed_text_is_joined_by_task_turn_and_channel(session: Any, script: Any) -> None:
    _bridge, screen, _clock, task = await running(session)
    for flicker in (
        words("Let "), words("other", task_id="T2"), words("me "),
        e.TextStreamed("T1", 1, e.Channel.REASONING, "hm"), words("see"), words("next", turn=2),
    ):  # fmt: skip
        script.flicker(flicker)
    frame = await screen.next()
    assert [f for f in frame.flickers if f.task_id == "T1"] == [
        words("Let me "), e.TextStreamed("T1", 1, e.Channel.REASONING, "hm"), words("see"), words("next", turn=2),
    ]  # fmt: skip
    assert [f for f in frame.flickers if f.task_id == "T2"] == [words("other", task_id="T2")]
    await stopped(session, task)


async def test_of_a_call_being_written_only_the_newest_size_counts(session: Any, script: Any) -> None:
    _bridge, screen, _clock, task = await running(session)
    for size in (1, 40, 900):
        script.flicker(e.CallStreamed("T1", 1, 0, "edit_file", size))
    frame = await screen.next()
    assert frame.flickers == (e.CallStreamed("T1", 1, 0, "edit_file", 900),)
    await stopped(session, task)


async def test_live_keeps_the_turn_that_goes_on_and_forgets_it_when_it_ends(session: Any, script: Any) -> None:
    bridge, screen, _clock, task = await running(session)
    script.task("Read the cache")
    script.start("T1")
    began = e.TurnBegan("T1", 1, 1)
    for flicker in (began, words("Let "), words("me")):
        script.flicker(flicker)
        await screen.next()
    assert bridge.live("T1") == (began, words("Let me"))
    script.say("T1", "Let me see.")
    await screen.next()
    assert bridge.live("T1") == ()
    await stopped(session, task)


async def test_a_new_try_of_a_turn_voids_what_the_cut_one_said(session: Any, script: Any) -> None:
    bridge, screen, _clock, task = await running(session)
    script.flicker(words("half a sen"))
    script.flicker(again := e.TurnBegan("T1", 1, 2))
    await screen.next()
    assert bridge.live("T1") == (again,)
    await stopped(session, task)


async def test_what_came_last_is_drawn_when_the_session_closes(session: Any, script: Any) -> None:
    _bridge, screen, clock, task = await running(session)
    clock.gate.clear()
    script.task("Read the cache")
    await stopped(session, task)
    assert screen.frames[-1].state.tasks.keys() == {"T1"}


async def test_a_failure_to_draw_is_not_swallowed(session: Any, script: Any) -> None:
    def draw(frame: Frame) -> None:
        if frame.facts:
            raise ZeroDivisionError

    task = asyncio.create_task(Bridge(session, draw).run())
    await until(lambda: script.listeners)
    script.task("Read the cache")
    with pytest.raises(ExceptionGroup) as caught:
        await task
    assert isinstance(caught.value.exceptions[0], ZeroDivisionError)
    assert script.listeners == [], "the session's generator is closed"


async def test_frames_are_fewer_while_another_screen_lies_over_the_run(session: Any, script: Any) -> None:
    bridge, screen, clock, task = await running(session)
    bridge.covered = True
    script.task("Read the cache")
    await screen.next()
    script.task("Write the cache")
    await screen.next()
    assert clock.slept[1] == pytest.approx(COVERED_SECONDS)
    await stopped(session, task)
