"""What a diff of 20,000 lines costs in a review: its first frame, a frame of scrolling, a fold; ratios to ready-made strips."""

from __future__ import annotations

import asyncio
import gc
import time
from statistics import median

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.strip import Strip

from hephaestus_tui.domain.work import FileDiff, Hunk, Line, Side
from hephaestus_tui.ui.diff.items import Part
from hephaestus_tui.ui.diff.parts import file_part
from hephaestus_tui.ui.diff.view import DiffView
from hephaestus_tui.ui.glyphs import UNICODE
from tests.benchmarks.bars import Bar, Scale, percentile
from tests.benchmarks.dag_bars import ReadyStrips
from tests.benchmarks.dag_bars import Stage as Shown
from tests.benchmarks.stage import Stage
from tests.made_work import Made

LINES, ROUNDS = 20_000, 41
SIZE = (160, 48)
SOURCE = (
    "    def looked_up(self, key: str, *, fresh: bool = False) -> Answer | None:",
    '        """What is known of a key; nothing where that is older than it may be."""',
    "        if (kept := self._kept.get(key)) is None or (fresh and kept.at < self._clock() - 3.5):",
    '            raise LookupError(f"there is no {key!r} among {len(self._kept):,} kept")',
    "        return Answer(key, kept.value, at=kept.at)  # and nothing else",
    "",
)


def diff_of(lines: int) -> FileDiff:
    """A hunk in which every third line was changed, as in a file that was rewritten."""
    made: list[Line] = []
    old = new = 0
    for number in range(lines):
        text = SOURCE[number % len(SOURCE)]
        if number % 6 == 2:
            old += 1
            made.append(Line(Side.OLD, text, old, None))
        elif number % 6 == 3:
            new += 1
            made.append(Line(Side.NEW, SOURCE[(number - 1) % len(SOURCE)].replace("kept", f"kept{number}"), None, new))
        else:
            old, new = old + 1, new + 1
            made.append(Line(Side.BOTH, text, old, new))
    return FileDiff((Hunk(1, 1, "", tuple(made)),))


class Reviewing(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = DiffView(UNICODE)

    def compose(self) -> ComposeResult:
        yield self.view


async def timed(lines: int, split: bool) -> dict[str, float]:
    """CPU seconds until the first rows are drawn, of a frame after a page and after a line, and of a fold."""
    diff = diff_of(lines)
    app = Reviewing()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.view.set_split(split)
        part: Part = file_part(
            Made("T1", {"src/cache.py": ("", "x")}).change("src/cache.py"), alone=True, unresolved=False
        )
        begin = time.process_time()
        part.hunks = diff.hunks
        app.view.change(lambda: app.view.document.show([part]))
        app.view.restart()
        render(app)
        found = {"first": time.process_time() - begin}
        await pilot.pause()
        for name, act in (("page", lambda: app.view.action_page(1)), ("line", lambda: app.view.action_move(1))):
            taken = []
            for _ in range(ROUNDS):
                begin = time.process_time()
                act()
                render(app)
                taken.append(time.process_time() - begin)
                await pilot.pause()
            found[name] = median(taken)
            found[f"{name} late"] = percentile(taken, 0.95)
    return found


async def floor(lines: int) -> float:
    """A frame of scrolling over strips that were made before."""
    text = SOURCE[2].ljust(SIZE[0])
    view = ReadyStrips([Strip([Segment(part) for part in (text[:15], text[15:60], text[60:])]) for _ in range(lines)])
    app = Shown(view)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        taken = []
        for number in range(ROUNDS):
            begin = time.process_time()
            view.scroll_to(y=47 * number, animate=False, force=True)
            view.refresh()
            render(app)
            taken.append(time.process_time() - begin)
            await pilot.pause()
        return median(taken)


def render(app: App[None]) -> None:
    app.screen._compositor.render_strips(Size(*SIZE))


def measure(_: Stage, scale: Scale) -> list[Bar]:
    gc.collect()
    gc.freeze()
    lines = scale.pick(LINES, 200)
    ready = asyncio.run(floor(lines))
    bars = []
    for split in (False, True):
        found = asyncio.run(timed(lines, split))
        name = f"review of {lines:,} lines{', side by side' if split else ''}"
        bars += [
            Bar(f"{name}: first frame", found["first"] * 1e3, "ms", most=250),
            Bar(f"{name}: a page", found["page"] * 1e3, "ms", ready * 1e3, most=8.0),
            Bar(f"{name}: a page, p95", found["page late"] * 1e3, "ms", most=100),
            Bar(f"{name}: a line", found["line"] * 1e3, "ms", ready * 1e3, most=4.0),
        ]
    return bars
