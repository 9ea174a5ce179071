"""What was said in a run is read a page at a time: every page is true, and all of them together are all of it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hephaestus_tui.domain.events import Fact, MessageAdded, Recorded, TurnCut, UsageRecorded
from hephaestus_tui.domain.message import Message, Speaker, TextPart, ToolCallPart, ToolResultPart, Usage
from hephaestus_tui.session import Page
from hephaestus_tui.store import pages
from hephaestus_tui.store.store import Store
from tests.paged import page_of

TASKS = ("T1", "T2", "T3")


class Talkers:
    """Three agents that speak, call and are answered in any order; one is cut off now and then."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.ordinals = dict.fromkeys(TASKS, 0)
        self.calls: dict[str, list[str]] = {task: [] for task in TASKS}

    def next(self) -> list[Fact]:
        task = self.random.choice(TASKS)
        if self.calls[task]:
            return [self._add(task, Speaker.TOOL, ToolResultPart(self.calls[task].pop(0), "done"))]
        roll = self.random.random()
        if roll < 0.1:
            return [TurnCut(task_id=task, turn=self.ordinals[task], text="and so", reason="the stream ended")]
        if roll < 0.4:
            return [self._add(task, Speaker.USER, TextPart(f"words to {task}"))]
        self.calls[task] = [f"{task}-{self.ordinals[task]}-{n}" for n in range(self.random.randrange(3))]
        calls = [ToolCallPart(call, "run_command", "{}") for call in self.calls[task]]
        usage = UsageRecorded(task_id=task, model="a:m", usage=Usage(input=7, output=3))
        return [self._add(task, Speaker.ASSISTANT, TextPart(f"{task} says"), *calls), usage]

    def _add(self, task: str, speaker: Speaker, *parts: TextPart | ToolCallPart | ToolResultPart) -> Fact:
        message = Message(ordinal=self.ordinals[task], speaker=speaker, parts=parts, at=1.0)
        self.ordinals[task] += 1
        return MessageAdded(task_id=task, message=message)


async def told(
    store: Store, begun: Callable[[str], list[Fact]], accepted: Callable[[str], list[Fact]]
) -> list[Recorded]:
    await store.append("r", [*begun("r"), *accepted("T2"), *accepted("T3")])
    talkers = Talkers(5)
    for _ in range(700):
        await store.append("r", talkers.next(), durable=False)
    return await store.facts("r")


async def test_each_page_is_what_the_journal_says(
    store: Store, begun: Callable[[str], list[Fact]], accepted: Callable[[str], list[Fact]]
) -> None:
    facts = await told(store, begun, accepted)
    for of in (None, {"T2"}, {"T1", "T3"}, set[str]()):
        back: list[Page] = [await store.page("r", of)]
        assert back[0] == page_of(facts, of, most=pages.MESSAGES)
        while back[-1].begin:
            page = await store.page("r", of, before=back[-1].begin)
            assert page == page_of(facts, of, before=back[-1].begin, most=pages.MESSAGES)
            back.append(page)
        assert len(back) > 1 or of in ({"T2"}, set())
        forth = [await store.page("r", of, after=0)]
        while forth[-1].end <= forth[-1].seq:
            forth.append(await store.page("r", of, after=forth[-1].end))
        read = [{r for page in way for r in page.facts} for way in (back, forth)]
        assert read[0] == read[1] == set(page_of(facts, of, most=10_000).facts)


async def test_a_page_of_long_messages_has_fewer(store: Store, begun: Callable[[str], list[Fact]]) -> None:
    await store.append("r", begun("r"))
    long = "word " * (pages.CHARACTERS // 12)
    for ordinal in range(5):
        message = Message(ordinal=ordinal, speaker=Speaker.ASSISTANT, parts=(TextPart(long),), at=1.0)
        await store.append("r", [MessageAdded(task_id="T1", message=message)])
    page = await store.page("r", None)
    assert [r.fact.message.ordinal for r in page.facts if isinstance(r.fact, MessageAdded)] == [3, 4]


async def test_a_transcript_says_what_each_message_took(store: Store, begun: Callable[[str], list[Fact]]) -> None:
    message = Message(ordinal=0, speaker=Speaker.ASSISTANT, parts=(TextPart("a"),), at=1.0, model="a:m")
    usage = Usage(input=7, output=3, cache_read=2, cost=None)
    await store.append("r", begun("r"))
    await store.append(
        "r", [MessageAdded(task_id="T1", message=message), UsageRecorded(task_id="T1", model="a:m", usage=usage)]
    )
    cut = TurnCut(task_id="T1", turn=1, text="b", reason="it ended")
    await store.append("r", [cut, UsageRecorded(task_id="T1", model="a:m", usage=usage, estimated=True)])
    assert (await store.transcript("r", "T1")).spent == ((0, usage),)
