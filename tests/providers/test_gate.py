"""Many agents, one provider: an outage is asked about by one of them at a time, counted down, and cut short by a person."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TypeAlias

import httpx
import pytest

from hephaestus_tui.config import Price
from hephaestus_tui.providers.base import RetryDue, TurnEnd, TurnRequest
from hephaestus_tui.providers.errors import Unavailable
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.openai import OpenAIWire
from hephaestus_tui.providers.retry import PATIENCE, RETRIES, SPREAD, Gate, Pace
from hephaestus_tui.providers.wire import WireProvider

Ask: TypeAlias = Callable[..., TurnRequest]
Serve: TypeAlias = Callable[..., Awaitable[tuple[str, list[bytes]]]]

WHOLE = [
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'
    b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
]
DOWN = [b"HTTP/1.1 529 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"]


def provider_at(url: str, pace: Pace) -> WireProvider:
    who = Who(name="forge", host="here", key_env=None)
    return WireProvider(
        who, httpx.URL(url), OpenAIWire(who), key=lambda: None, price=lambda _: Price(input=1, output=1), pace=pace
    )


async def turn(provider: WireProvider, request: TurnRequest) -> list[object]:
    return [item async for item in provider.stream(request)]


async def test_ten_agents_ask_one_at_a_time_while_it_is_down_and_all_are_answered(
    serve: Serve, ask: Ask, pace: Pace, slept: list[float]
) -> None:
    outage = 12
    url, requests = await serve(WHOLE, *[DOWN] * outage, WHOLE)
    provider = provider_at(url, replace(pace, chance=lambda: 0.5))
    await turn(provider, ask())
    async with aclosing(provider.stream(ask())) as first:
        seen: list[object] = [await anext(first)]

        async def go_on() -> list[object]:
            return seen + [item async for item in first]

        turns = await asyncio.gather(go_on(), *(turn(provider, ask()) for _ in range(9)))
    await provider.aclose()
    assert all(isinstance(items[-1], TurnEnd) for items in turns)
    together = len(requests) - 1 - 10 - outage
    assert together == 0, "each was answered once, and nobody asked beside the one that tried"
    assert slept.count(SPREAD * 0.5) >= 8, "they do not rush in together"
    for items in turns:
        waits = [item for item in items if isinstance(item, RetryDue) and item.seconds]
        assert waits
        assert all("529" in wait.reason and 0 < wait.seconds <= 8 for wait in waits)


async def test_one_that_never_answered_is_given_up_soon_and_one_that_did_late(
    serve: Serve, ask: Ask, pace: Pace
) -> None:
    began = pace.now()
    url, requests = await serve(DOWN)
    provider = provider_at(url, pace)
    with pytest.raises(Unavailable):
        await turn(provider, ask())
    assert len(requests) == RETRIES + 1
    await provider.aclose()
    url, _ = await serve(WHOLE, DOWN)
    provider = provider_at(url, pace)
    await turn(provider, ask())
    began = pace.now()
    with pytest.raises(Unavailable):
        await turn(provider, ask())
    assert PATIENCE <= pace.now() - began < PATIENCE + 20
    await provider.aclose()


async def test_a_person_cuts_the_wait_short(serve: Serve, ask: Ask) -> None:
    asleep = asyncio.Event()

    async def sleep(_: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    url, requests = await serve(DOWN, WHOLE)
    provider = provider_at(url, Pace(sleep=sleep, chance=lambda: 0.0))
    assert not provider.hurry(), "nobody waits"
    asking = asyncio.create_task(turn(provider, ask()))
    await asleep.wait()
    assert provider.hurry()
    assert isinstance((await asking)[-1], TurnEnd)
    assert len(requests) == 2
    assert not provider.hurry()
    await provider.aclose()


async def test_one_that_stops_trying_leaves_its_place_to_another(pace: Pace) -> None:
    gate = Gate(pace)
    gate.failed("one", "down", 0.5)
    async with aclosing(gate.pass_through("two")) as waits:
        assert [wait.left async for wait in waits] == [0.5]
    other = asyncio.create_task(anext(gate.pass_through("three"), None))
    wait = await other
    assert wait is not None
    assert wait.reason.startswith("another agent tries it now")
    gate.left("two")
    async with aclosing(gate.pass_through("three")) as waits:
        assert [wait async for wait in waits] == []


async def test_how_long_one_that_had_answered_is_waited_for_can_be_set(pace: Pace) -> None:
    gate = Gate(pace, patience=60.0)
    gate.answered("one")
    began = pace.now()
    assert gate.patient(RETRIES + 1, began)
    await pace.sleep(60.0)
    assert not gate.patient(RETRIES + 1, began)
    assert gate.patient(RETRIES, began)
