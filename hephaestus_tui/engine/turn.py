"""One model turn: streamed to whoever watches, retried as a whole, and stored only when it is whole."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from hephaestus_tui.domain.errors import ProviderError
from hephaestus_tui.domain.events import (
    CallStreamed,
    Channel,
    Fact,
    ProviderWaiting,
    TextStreamed,
    TurnBegan,
    TurnCut,
    UsageRecorded,
)
from hephaestus_tui.domain.message import ToolCallPart, Usage
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.providers.base import CallDelta, Provider, RetryDue, TextDelta, TurnEnd, TurnRequest
from hephaestus_tui.providers.draft import estimated_usage
from hephaestus_tui.providers.errors import IncompleteTurn

ATTEMPTS = 3
FLUSH_SECONDS = 0.25


class Superseded(Exception):
    """Another model is to be asked than the one that is waited for; nothing had begun."""


class Turn:
    """The turn that will become message `number` of its task; `said` is the text streamed so far."""

    def __init__(self, ledger: Ledger, kit: Kit, number: int, task_id: str) -> None:
        self._ledger = ledger
        self._kit = kit
        self.number = number
        self._task_id = task_id
        # pieces, since to add to one string copies all of it each time: minutes for a reply of two megabytes
        self._pieces: list[str] = []
        self._kept = 0
        self._kept_at = 0.0
        self._began = time.monotonic()
        self._waits = False
        self._sizes: dict[int | Channel, int] = {}
        self._estimate: Callable[[int], Usage] | None = None
        self._superseded: Callable[[], bool] = lambda: False

    @property
    def said(self) -> str:
        return "".join(self._pieces)

    @property
    def size(self) -> int:
        """Characters that have come in this try: words, reasoning and calls."""
        return sum(self._sizes.values())

    @property
    def worked(self) -> float:
        """Seconds of this try; to wait for a provider that has trouble is no work."""
        return 0.0 if self._waits else time.monotonic() - self._began

    async def take(
        self, provider: Provider, request: TurnRequest, superseded: Callable[[], bool] = lambda: False
    ) -> TurnEnd:
        """Returns a whole turn. Raises the last ProviderError when it cannot be had; each cut try is recorded.

        While it waits, `superseded` is asked whether it still should; Superseded is raised where not.
        """
        attempt = 1
        self._superseded = superseded
        self._estimate = lambda said: estimated_usage(request, said, provider.price(request.model))
        while True:
            self._began, self._waits = time.monotonic(), False
            self._ledger.flicker(TurnBegan(self._task_id, self.number, attempt))
            try:
                return await self._stream(provider, replace(request, attempt=attempt))
            except ProviderError as error:
                await self.cut(str(error))
                # what failed before its first byte was tried again by the provider already
                if not isinstance(error, IncompleteTurn) or not error.retryable or attempt >= ATTEMPTS:
                    raise
                attempt += 1
                await self._wait(str(error), 2.0 ** (attempt - 2))
                self._go_on_waiting()

    async def cut(self, reason: str) -> None:
        """Record what was said of a turn that did not end, and what it may have cost."""
        said, size, worked = self.said, self.size, self.worked
        self._pieces.clear()
        self._sizes.clear()
        self._kept = 0
        facts: list[Fact] = [
            TurnCut(task_id=self._task_id, turn=self.number, text=said, reason=reason, worked=worked)
        ]  # fmt: skip
        if size and self._estimate:
            model = self._ledger.state.agents[self._task_id].model
            facts.append(
                UsageRecorded(task_id=self._task_id, model=model, usage=self._estimate(size), estimated=True)
            )  # fmt: skip
        await self._ledger.record(*facts)

    async def _stream(self, provider: Provider, request: TurnRequest) -> TurnEnd:
        end: TurnEnd | None = None
        async with aclosing(provider.stream(request)) as items:
            async for item in items:
                if self._waits:
                    self._began, self._waits = time.monotonic(), False
                match item:
                    case TextDelta():
                        self._sizes[item.channel] = self._sizes.get(item.channel, 0) + len(item.text)
                        self._ledger.flicker(TextStreamed(self._task_id, self.number, item.channel, item.text))
                        if item.channel is Channel.TEXT:
                            self._pieces.append(item.text)
                            self._keep()
                    case CallDelta():
                        self._sizes[item.index] = item.size
                        self._ledger.flicker(CallStreamed(self._task_id, self.number, item.index, item.name, item.size))
                    case RetryDue():
                        self._waits = item.seconds > 0
                        self._go_on_waiting()
                        self._ledger.flicker(ProviderWaiting(self._task_id, item.reason, item.seconds))
                    case TurnEnd():
                        end = item
        if end is None:
            raise RuntimeError("a provider ended its stream with neither a turn nor an error")
        return end

    def _go_on_waiting(self) -> None:
        if self._superseded():
            self._ledger.flicker(ProviderWaiting(self._task_id, "", 0.0))
            raise Superseded

    def _keep(self) -> None:
        now = time.monotonic()
        if now - self._kept_at >= FLUSH_SECONDS:
            self._ledger.store.keep_partial(
                self._ledger.run_id, self._task_id, self.number, "".join(self._pieces[self._kept :])
            )
            self._kept, self._kept_at = len(self._pieces), now

    async def _wait(self, reason: str, seconds: float) -> None:
        self._ledger.flicker(ProviderWaiting(self._task_id, reason, seconds))
        await self._kit.sleep(seconds)
        self._ledger.flicker(ProviderWaiting(self._task_id, "", 0.0))


def with_own_ids(end: TurnEnd, taken: set[str], own: Callable[[str, int], str]) -> TurnEnd:
    """The same turn with call ids that are unique in the task: some servers begin anew in each turn, or send none."""
    parts = []
    for index, part in enumerate(end.parts):
        if isinstance(part, ToolCallPart):
            if not part.call_id or part.call_id in taken:
                part = replace(part, call_id=own(part.call_id, index))  # noqa: PLW2901
            taken.add(part.call_id)
        parts.append(part)
    return replace(end, parts=tuple(parts))
