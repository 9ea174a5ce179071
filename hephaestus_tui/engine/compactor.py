"""Makes room in an agent's conversation before its model would refuse it: without this a long task ends at its limit."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from functools import lru_cache

from hephaestus_tui.domain.context import Cause, message_tokens, text_tokens
from hephaestus_tui.domain.errors import ProviderError
from hephaestus_tui.domain.events import (
    ContextCompacted,
    ContextMeasured,
    Fact,
    ProviderWaiting,
    SummaryBegan,
    UsageRecorded,
)
from hephaestus_tui.domain.message import Message, Speaker, TextPart, ToolDeclaration, Usage
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.compaction import SUMMARY_TOKENS, Cut, Room, as_sent, cut_of, plan_cut
from hephaestus_tui.engine.conversation import Conversation
from hephaestus_tui.engine.human_words import calls_with_human_words
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.models import choice_of
from hephaestus_tui.engine.summary import ASKED, mechanical, question
from hephaestus_tui.providers.base import Provider, RetryDue, TextDelta, TurnEnd, TurnRequest
from hephaestus_tui.providers.draft import estimated_usage
from hephaestus_tui.providers.effort import with_room

DOWN_TO = 0.5  # of what fits: to compact often costs more than to compact much
REFUSED_TO = 0.9  # of what was refused, at the most: by how much it was too long, nobody says
WORTH = 0.1  # of what fits, at least, must be won: else each turn would be compacted anew

log = logging.getLogger(__name__)


class Compactor:
    """For the agent of one task. `request` makes the request of its next turn; while its provider has trouble,
    `superseded` says that it is no longer worth waiting for."""

    def __init__(
        self, ledger: Ledger, kit: Kit, task_id: TaskId, request: Callable[[Conversation, str], TurnRequest],
        superseded: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._ledger = ledger
        self._kit = kit
        self._task_id = task_id
        self._request = request
        self._superseded = superseded

    def measured(self, request: TurnRequest, provider: Provider, said: Message, usage: Usage) -> Fact:
        """How full the context is with what was `said`, by the count of the provider."""
        estimate = _fixed(request) + sum(map(message_tokens, (*request.messages, said)))
        window, assumed = self._window(provider, request.model)
        return ContextMeasured(
            task_id=self._task_id, model=self._word, tokens=usage.total or estimate, estimate=estimate, window=window,
            assumed=assumed,
        )  # fmt: skip

    def cause(self, provider: Provider, model: str) -> Cause | None:
        """Why the conversation should be compacted now."""
        if self._task_id in self._ledger.state.compaction_asked:
            return Cause.ASKED
        use, at = self._ledger.state.context.get(self._task_id), self._kit.settings.context.compact_at
        window, _ = self._window(provider, model)
        if use is None or not (at and window):
            return None
        return Cause.NEAR if use.used >= self._fits(window) * at / 100 else None

    def planned(self, talk: Conversation, provider: Provider, model: str, cause: Cause) -> Cut | None:
        """What would be taken out; None where that is nothing, or not worth it."""
        room, used, done = self._room(talk, provider, model, cause), self._used(talk, model), self._done
        cut = plan_cut(
            talk.messages, done, room, keep_turns=self._kit.settings.context.keep_turns, human=calls_with_human_words(self._ledger.state, self._task_id, talk.messages),
            summary=cause is Cause.ASKED,
        )  # fmt: skip
        if cut is None or cause is not Cause.NEAR:
            return cut
        after = room.size(as_sent(talk.messages, self._fact(talk, cut, "", cause, used, used)))
        return cut if used - after - SUMMARY_TOKENS >= WORTH * room.limit else None

    async def compact(
        self, talk: Conversation, provider: Provider, model: str, cause: Cause, may_pay: bool
    ) -> list[Fact]:
        """What makes room once it is stored, and what the summary cost; nothing where no room can be made."""
        cut = self.planned(talk, provider, model, cause)
        if cut is None and cause is Cause.ASKED:
            cut = cut_of(self._done)  # said all the same, so that it is not asked for any more
        if cut is None:
            return []
        began, used, done = time.monotonic(), self._used(talk, model), self._done
        summary, by = (done.summary, done.by) if done else ("", "")
        facts: list[Fact] = []
        if cut.upto > (done.upto if done else 0):
            summary, by, facts = await self._summary(talk, cut, provider, model, cause, may_pay)
        fact = self._fact(talk, cut, summary, cause, used, used)
        room = self._room(talk, provider, model, cause)
        after = room.size(as_sent(talk.messages, fact))
        fact = replace(fact, after=after, by=by, worked=time.monotonic() - began)
        return [*facts, fact]

    @property
    def _done(self) -> ContextCompacted | None:
        return self._ledger.state.compacted.get(self._task_id)

    def _window(self, provider: Provider, model: str) -> tuple[int, bool]:
        """What the model takes, 0 for any number of tokens, and whether that is but assumed."""
        known = provider.window(model)
        window = self._kit.settings.context.unknown_window if known is None else known
        use = self._ledger.state.context.get(self._task_id)
        if use and use.refused and use.model == self._word:
            window = min(window or use.refused, use.refused)
        return window, known is None

    def _fits(self, window: int) -> int:
        """What of a window is left for the conversation once the answer, and the reasoning before it, have their place."""
        effort = choice_of(self._kit, self._ledger.state, self._task_id).effort
        return max(window - with_room(self._kit.settings.limits.reply_tokens, effort), window // 2)

    def _used(self, talk: Conversation, model: str) -> int:
        use = self._ledger.state.context.get(self._task_id)
        if use:
            return use.used
        request = self._request(talk, model)
        return _fixed(request) + sum(map(message_tokens, request.messages))

    def _room(self, talk: Conversation, provider: Provider, model: str, cause: Cause) -> Room:
        use = self._ledger.state.context.get(self._task_id)
        scale = use.scale if use else 1.0
        used, (window, _) = self._used(talk, model), self._window(provider, model)
        fits = self._fits(window) if window else used
        if cause is Cause.REFUSED:
            fits = min(fits, round(REFUSED_TO * used))
        fixed = round(_fixed(self._request(talk, model)) * scale)
        return Room(fixed=fixed, limit=fits, target=round(DOWN_TO * fits), scale=scale)

    def _fact(
        self, talk: Conversation, cut: Cut, summary: str, cause: Cause, before: int, after: int
    ) -> ContextCompacted:
        was = cut_of(self._done)
        gone = [m for m in talk.messages if m.speaker is not Speaker.SYSTEM and was.upto <= m.ordinal < cut.upto]
        return ContextCompacted(
            task_id=self._task_id, turn=talk.next_ordinal, upto=cut.upto, summary=summary, cleared=cut.cleared,
            quoted=cut.quoted, messages=len(gone) or len(set(cut.cleared) - set(was.cleared)), before=before, after=after,
            cause=cause,
        )  # fmt: skip

    async def _summary(
        self, talk: Conversation, cut: Cut, provider: Provider, model: str, cause: Cause, may_pay: bool
    ) -> tuple[str, str, list[Fact]]:
        """The summary, the model that wrote it, and what that cost; put together without a model where none can be had."""
        done = self._done
        since, earlier = (done.upto, done.summary) if done else (0, "")
        gone = [m for m in talk.messages if m.speaker is not Speaker.SYSTEM and since <= m.ordinal < cut.upto]
        costs: list[Fact] = []
        if may_pay:
            room = self._room(talk, provider, model, cause)
            asked = self._question(talk, gone, earlier, model, room)
            try:
                text, cost = await self._ask(provider, asked)
            except ProviderError as error:
                log.warning("%s: no summary by its model: %s", self._task_id, error)
            else:
                costs.append(cost)
                if text:
                    return text, self._word, costs
        return mechanical(gone, earlier, self._ledger.state, self._task_id), "", costs

    @property
    def _word(self) -> str:
        return self._ledger.state.agents[self._task_id].model

    def _question(self, talk: Conversation, gone: list[Message], earlier: str, model: str, room: Room) -> TurnRequest:
        turn = self._request(talk, model)
        characters = round(max(room.limit - 2 * SUMMARY_TOKENS, room.limit // 2) * 3 / room.scale)
        words = Message(
            ordinal=0, speaker=Speaker.USER, parts=(TextPart(question(gone, earlier, characters)),), at=self._kit.now()
        )
        # thinking as hard as in a turn costs more than a summary is worth, and it shares no beginning with the turns
        return replace(
            turn, system=ASKED, messages=(words,), tools=(), effort=None, cache_key="",
            context=replace(turn.context, sums_up=True),
        )  # fmt: skip

    async def _ask(self, provider: Provider, request: TurnRequest) -> tuple[str, Fact]:
        """What the model wrote, and what it cost. Raises ProviderError; what came of a call that was cut is recorded."""
        end: TurnEnd | None = None
        size = 0
        self._ledger.flicker(SummaryBegan(self._task_id))
        try:
            async with aclosing(provider.stream(request)) as items:
                async for item in items:
                    match item:
                        case TextDelta():
                            size += len(item.text)
                        case RetryDue() if self._superseded():
                            raise ProviderError("another model was chosen")
                        case RetryDue():
                            self._ledger.flicker(ProviderWaiting(self._task_id, item.reason, item.seconds))
                        case TurnEnd():
                            end = item
                        case _:
                            pass
        finally:
            self._ledger.flicker(ProviderWaiting(self._task_id, "", 0.0))
            if end is None and size:
                usage = estimated_usage(request, size, provider.price(request.model))
                await self._ledger.record(
                    UsageRecorded(task_id=self._task_id, model=self._word, usage=usage, estimated=True)
                )
        if end is None:
            raise RuntimeError("a provider ended its stream with neither a turn nor an error")
        text = "\n".join(p.text for p in end.parts if isinstance(p, TextPart)).strip()
        return text, UsageRecorded(task_id=self._task_id, model=self._word, usage=end.usage)


def _fixed(request: TurnRequest) -> int:
    """What goes along with every request: the system prompt, and what the tools are."""
    return text_tokens(request.system) + _tools_tokens(request.tools)


@lru_cache(maxsize=64)  # they are the same at each turn
def _tools_tokens(tools: tuple[ToolDeclaration, ...]) -> int:
    return sum(text_tokens(t.name) + text_tokens(t.description) + text_tokens(str(t.parameters)) for t in tools)
