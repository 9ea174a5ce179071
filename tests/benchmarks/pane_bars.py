"""The two panes alone, without a terminal: what their own benchmarks say, as bars among the others."""

from __future__ import annotations

import asyncio
import gc

from tests.benchmarks import dag_bars, transcript_bars
from tests.benchmarks.bars import Bar, Scale
from tests.benchmarks.stage import Stage


def dag(_: Stage, scale: Scale) -> list[Bar]:
    gc.collect()
    gc.freeze()
    tasks = scale.pick(dag_bars.TASKS, 200)
    layout, frame = dag_bars.layout_bar(tasks), dag_bars.frame_bar(tasks)
    append = dag_bars.append_bar(100, scale.pick(50_000, 500))
    chain, fold = dag_bars.chain_bar(tasks), dag_bars.fold_bar(tasks)
    bars = [
        Bar(f"dag: lay out {tasks:,} tasks", layout["ours_ms"], "ms", layout["floor_ms"], most=layout["limit"]),
        Bar("dag: append a task", append["ours_us"], "µs", append["floor_us"], most=append["limit"]),
        Bar("dag: the longest chain", chain["ours_ms"], "ms", chain["floor_ms"], most=chain["limit"]),
        Bar("dag: fold all that is finished", fold["ours_ms"], "ms", fold["floor_ms"], most=fold["limit"]),
        Bar(f"dag: first rows of {tasks:,} tasks", frame["open_ms"], "ms", most=100),
        Bar("dag: a frame in which one task changed", frame["change_ms"], "ms", most=frame["limit_ms"]),
    ]
    if not scale.smoke:
        paint = asyncio.run(dag_bars.paint_bar())
        bars.append(Bar("dag: paint a full pane", paint["ours_ms"], "ms", paint["floor_ms"], most=paint["limit"]))
    return bars


def transcript(_: Stage, scale: Scale) -> list[Bar]:
    found = transcript_bars.measure(scale.pick(transcript_bars.TOKENS, 1_000), scale.pick(transcript_bars.ROUNDS, 1))
    bars = []
    for speed, most in (("200/s", 1.0), ("1000/s", 1.5)):
        one = found[speed]
        name = f"transcript {speed}"
        bars += [
            Bar(f"{name}: CPU", one["cpu_s"], "s", one["floor_cpu_s"], most=most),
            Bar(f"{name}: written", one["mb"], "MB", one["floor_mb"]),
            Bar(f"{name}: a late frame to an early one", one["late_to_early"], "×", most=1.5),
        ]
    return bars
