"""A headless run from its start to its exit code, in order however it ends: done, failed, interrupted or cut off."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.bootstrap.host import LocalHost
from hephaestus_tui.cli import output
from hephaestus_tui.cli.ask import Prompt
from hephaestus_tui.cli.narrate import ending, narrate
from hephaestus_tui.cli.stores import places
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.events import Recorded
from hephaestus_tui.headless.finished import WorkPolicy
from hephaestus_tui.headless.policies import Decider, policy
from hephaestus_tui.headless.runner import HeadlessRun
from hephaestus_tui.session import NewRun, Session
from hephaestus_tui.settings import read_settings

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def decider(word: str) -> Decider:
    """Who decides, by the word of --decide. Raises UsageError, ConfigError."""
    settings = read_settings(places().config, os.environ, {})
    return policy(word, Actor(ActorKind.HUMAN, settings.actor), Prompt().ask)


class Front(Protocol):
    """Watches a session to its end."""

    async def run(self, from_start: bool) -> int: ...


async def headless(opening: Opening, request: NewRun | str, decider: Decider, works: WorkPolicy, as_json: bool) -> int:
    """The exit code of a run that nobody watches."""
    emit = _print if as_json else narrate

    def front(session: Session, actor: Actor) -> Front:
        return HeadlessRun(session, decider, actor, emit, works, output.say)

    return await opened(opening, request, front)


async def opened(opening: Opening, request: NewRun | str, front: Callable[[Session, Actor], Front]) -> int:
    """The exit code; for a signal the shell's code for it, once agents are stopped and what they said is stored."""
    with _cancelled_by_signals() as received:
        try:
            return await _opened(LocalHost(opening), request, front)
        except asyncio.CancelledError:
            if not received:
                raise
            return 128 + received[0]


async def _opened(host: LocalHost, request: NewRun | str, front: Callable[[Session, Actor], Front]) -> int:
    new = isinstance(request, NewRun)
    try:
        session = await (host.start(request) if isinstance(request, NewRun) else host.resume(request))
        try:
            return await _work(host, front(session, host.actor), new)
        finally:
            for words in ending(session.state()):
                output.say(words)
    finally:
        await host.close()


async def _work(host: LocalHost, front: Front, new: bool) -> int:
    serving = asyncio.create_task(host.serve())
    watching = asyncio.create_task(front.run(from_start=new))
    try:
        await asyncio.wait([serving, watching], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()  # raises what ended it, or the run would be waited for for ever
        return await watching
    finally:
        serving.cancel()
        watching.cancel()
        await asyncio.gather(serving, watching, return_exceptions=True)


@contextmanager
def _cancelled_by_signals() -> Iterator[list[int]]:
    """The first signal cancels the work, so that it ends in order; a second one does what it always did."""
    loop, work = asyncio.get_running_loop(), asyncio.current_task()
    received: list[int] = []

    def stop(number: int) -> None:
        received.append(number)
        restore()
        if work:
            work.cancel()

    def restore() -> None:
        for number in SIGNALS:
            loop.remove_signal_handler(number)

    for number in SIGNALS:
        loop.add_signal_handler(number, stop, number)
    try:
        yield received
    finally:
        restore()


def _print(recorded: Recorded) -> None:
    output.data({"seq": recorded.seq, "at": recorded.at, "kind": recorded.fact.KIND, **to_data(recorded.fact)})
