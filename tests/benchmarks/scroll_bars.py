"""What it costs to open, scroll and search a transcript of a million tokens, against one of a thousand in the same run."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from statistics import median

from hephaestus_tui.domain.message import Message, ReasoningPart, Speaker, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.session import Transcript
from hephaestus_tui.ui.widgets.conversation import Conversation
from tests.benchmarks.bars import Bar, Scale
from tests.benchmarks.stage import Stage
from tests.benchmarks.transcript_bars import SIZE, Bench, OurPane, tokens

SAID, GIVEN = 160, 240  # tokens of a turn, and words of the output of its command


def transcript(count: int) -> Transcript:
    """Turns with reasoning, Markdown and a command's output, of about `count` tokens in all."""
    words = tokens(10_000)
    messages: list[Message] = []
    for turn in range(max(count // (SAID + GIVEN), 1)):
        begin = turn * 37 % 9_000
        said = TextPart("".join(words[begin : begin + SAID]))
        call = ToolCallPart(f"c{turn}", "run_command", '{"command": "make test"}')
        output = "\n".join("".join(words[(begin + n) % 9_000 :][:8]).replace("\n", " ") for n in range(GIVEN // 8))
        parts = (ReasoningPart("I look at what it says."), said, call)
        at = 1e9 + turn
        messages.append(Message(ordinal=2 * turn, speaker=Speaker.ASSISTANT, parts=parts, at=at))
        result = ToolResultPart(f"c{turn}", f"[exit code 0 after 0.1 s]\n{output}")
        messages.append(Message(ordinal=2 * turn + 1, speaker=Speaker.TOOL, parts=(result,), at=at))
    return Transcript(task_id="T1", seq=0, messages=tuple(messages))


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    """Goals: a frame of a long one costs what one of a short one costs; words are found in half a second."""
    del stage
    many, pages = scale.pick(1_000_000, 20_000), scale.pick(200, 5)
    little, much = transcript(scale.pick(4_000, 1_000)), transcript(many)
    asyncio.run(_scroll(little, 2))  # what is imported with the first Markdown is no part of it
    rounds = [(asyncio.run(_scroll(little, pages)), asyncio.run(_scroll(much, pages))) for _ in range(scale.pick(3, 1))]
    short, long = ({key: median(r[side][key] for r in rounds) for key in rounds[0][side]} for side in (0, 1))
    named = f"{many:,} tokens"
    return [
        Bar(f"scroll: a page of {named}", long["page"], "ms", short["page"], most=1.5),
        Bar("scroll: the same at the 95th percentile", long["worst"], "ms", short["worst"], most=2.0),
        Bar(f"scroll: a page of {named} that was never drawn", long["fresh"], "ms", most=16, absolute=True),
        Bar(f"scroll: open {named}", long["open"], "ms", most=500, absolute=True),
        Bar(f"scroll: find words in {named}", long["find"], "ms", most=500, absolute=True),
        Bar(f"scroll: memory for the blocks of {named}", held(much), "MB", most=20, absolute=True),
    ]


async def _scroll(told: Transcript, pages: int) -> dict[str, float]:
    """CPU in milliseconds: to open, of the middle page and the 95th percentile, of one never drawn, and to find. Pages go up five, and down again."""
    pane = OurPane()
    app = Bench(pane)
    running = asyncio.create_task(app.run_async(size=SIZE))
    async with asyncio.timeout(600):
        await app.painted.wait()
        began = time.process_time()
        app.painted.clear()
        pane.open(told, "T1 a task")
        await app.painted.wait()
        opened = time.process_time() - began
        costs = [await _page(app, pane, -1 if page % 10 < 5 else 1) for page in range(pages)]
        fresh = [await _page(app, pane, -1) for _ in range(pages)]
        began = time.process_time()
        pane.find("find_user")
        found = time.process_time() - began
        app.exit()
        await running
    return {
        "open": opened * 1e3,
        "page": median(costs) * 1e3,
        "fresh": median(fresh) * 1e3,
        "worst": sorted(costs)[len(costs) * 95 // 100] * 1e3,
        "find": found * 1e3,
    }


async def _page(app: Bench, pane: OurPane, step: int) -> float:
    app.painted.clear()
    began = time.process_time()
    pane.action_scroll_pages(step)
    pane.refresh()
    await app.painted.wait()
    return time.process_time() - began


def held(told: Transcript) -> float:
    """MB that the blocks of a conversation take beside its messages, which the store gave."""
    tracemalloc.start()
    conversation = Conversation(told)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del conversation
    return size / 1e6
