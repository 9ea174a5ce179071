"""What streaming into the transcript pane costs, as ratios to a floor measured in the same run.

The floor is a pane that draws only the changed rows of its tail, in plain text. Tokens come in frames, twelve a second
at 200 tokens/s and at 1,000; frames are fed one after the other, so only CPU time is measured, never the clock.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from statistics import median

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from hephaestus_tui.domain.events import Channel, TextStreamed, TurnBegan
from hephaestus_tui.session import Transcript
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.widgets.transcript import TranscriptView
from hephaestus_tui.ui.widgets.wrapping import wrap

FRAMES_A_SECOND = 12
TOKENS = 10_000
SIZE = (100, 48)
ROUNDS = 3
WORDS = ("the", "cache", "keeps", "a", "user", "for", "thirty", "seconds", "and", "every", "**store**", "`find_user`")


class PlainTail(ScrollView):
    """The floor: text wrapped at its tail, a row refreshed when it changed, the size set when a row was added."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = [""]

    def begin(self) -> None:
        self.refresh()

    def say(self, text: str) -> None:
        first = len(self._rows) - 1
        self._rows[-1:] = wrap(self._rows[-1] + text, max(self.size.width - 2, 20))
        if len(self._rows) - 1 > first:
            self.virtual_size = Size(self.size.width - 2, len(self._rows))
            self.scroll_end(animate=False, immediate=True)
        top = first - self.scroll_offset.y
        self.refresh(Region(0, top, self.size.width, len(self._rows) - first))

    def render_line(self, y: int) -> Strip:
        y += self.scroll_offset.y
        text = self._rows[y].rstrip() if y < len(self._rows) else ""
        return Strip([Segment(text, self.rich_style)]).adjust_cell_length(self.size.width, self.rich_style)


class OurPane(TranscriptView):
    def __init__(self) -> None:
        super().__init__(UNICODE)

    def begin(self) -> None:
        self.open(Transcript(task_id="T1", seq=0, messages=()), "T1 a task")
        self.feed((), [TurnBegan("T1", 0, 1)])

    def say(self, text: str) -> None:
        self.feed((), [TextStreamed("T1", 0, Channel.TEXT, text)])


class CountingDriver(HeadlessDriver):
    """Takes what a terminal would get, and counts it."""

    written = 0

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        CountingDriver.written += len(data.encode())


class Bench(App[None]):
    def __init__(self, pane: Widget) -> None:
        super().__init__(driver_class=CountingDriver)
        self.pane = pane
        self.painted = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield self.pane

    def post_display_hook(self) -> None:
        self.painted.set()


def tokens(count: int) -> list[str]:
    """Words of a reply in Markdown: paragraphs, lists and code, the same in every run."""
    dice = random.Random(7)
    made: list[str] = []
    while len(made) < count:
        kind = dice.random()
        if kind < 0.15:
            body = "".join(f"    value_{n} = find(user, {n})  # looked up once\n" for n in range(dice.randint(3, 9)))
            made += [*(f"```python\ndef route():\n{body}```".replace(" ", " \0").split("\0")), "\n\n"]
        elif kind < 0.35:
            for _ in range(dice.randint(2, 6)):
                made += ["- ", *(f"{dice.choice(WORDS)} " for _ in range(dice.randint(6, 25))), "\n"]
            made.append("\n")
        else:
            made += [*(f"{dice.choice(WORDS)} " for _ in range(dice.randint(30, 90))), "\n\n"]
    return made[:count]


async def _stream(pane: PlainTail | OurPane, speed: int, count: int) -> dict[str, float]:
    """CPU seconds for `count` tokens, MB to the terminal, and what a frame costs early and late, in milliseconds."""
    app = Bench(pane)
    words, batch = tokens(count), max(speed // FRAMES_A_SECOND, 1)
    frames = ["".join(words[i : i + batch]) for i in range(0, count, batch)]
    costs: list[float] = []
    running = asyncio.create_task(app.run_async(size=SIZE))
    async with asyncio.timeout(600):
        await app.painted.wait()
        pane.begin()
        CountingDriver.written = 0
        for frame in frames:
            app.painted.clear()
            began = time.process_time()
            pane.say(frame)
            await app.painted.wait()
            costs.append(time.process_time() - began)
        written = CountingDriver.written
        app.exit()
        await running
    early, late = (costs[int(len(costs) * part) :][: len(costs) // 10] for part in (0.1, 0.8))
    return {
        "cpu_s": sum(costs), "mb": written / 1e6, "worst_ms": max(costs) * 1e3,
        "early_ms": sum(early) / len(early) * 1e3, "late_ms": sum(late) / len(late) * 1e3,
    }  # fmt: skip


def measure(count: int = TOKENS, rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Medians over interleaved rounds; frames at tenths 1 and 8 of the stream are the early and late ones."""
    result: dict[str, dict[str, float]] = {}
    for speed in (200, 1_000):
        pairs = [
            (asyncio.run(_stream(OurPane(), speed, count)), asyncio.run(_stream(PlainTail(), speed, count)))
            for _ in range(rounds)
        ]
        ours, floor = ({key: median(p[side][key] for p in pairs) for key in pairs[0][side]} for side in (0, 1))
        result[f"{speed}/s"] = {
            **{f"{key}": round(value, 2) for key, value in ours.items()},
            "floor_cpu_s": round(floor["cpu_s"], 2),
            "floor_mb": round(floor["mb"], 2),
            "cpu_ratio": round(ours["cpu_s"] / floor["cpu_s"], 2),
            "mb_ratio": round(ours["mb"] / floor["mb"], 2),
            "late_to_early": round(ours["late_ms"] / ours["early_ms"], 2),
        }
    return result


def main() -> None:
    json.dump(measure(), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
