"""`python -m tests.benchmarks`: every figure beside its floor of the same run, and whether it meets its goal.

`--only NAME` (may be given again) measures some; `--json` prints data; `--smoke` sees in seconds that each yields figures.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TextIO

from tests.benchmarks import (
    engine_bars,
    gate_bars,
    inbox_bars,
    key_bars,
    live_bars,
    memory_bars,
    pane_bars,
    review_bars,
    sandbox_bars,
    scroll_bars,
    sse_bars,
    start_bars,
    stream_bars,
    turn_bars,
    worktree_bars,
)
from tests.benchmarks.bars import Bar, Scale, table
from tests.benchmarks.stage import Stage, stage
from tests.benchmarks.terminal import Gone

Measure = Callable[[Stage, Scale], list[Bar]]

PARTS: dict[str, Measure] = {
    "start": start_bars.measure,
    "keys": key_bars.measure,
    "stream": stream_bars.measure,
    "flow": stream_bars.others,
    "engine": engine_bars.measure,
    "sse": sse_bars.measure,
    "turn": turn_bars.measure,
    "memory": memory_bars.measure,
    "dag": pane_bars.dag,
    "live": live_bars.measure,
    "transcript": pane_bars.transcript,
    "scroll": scroll_bars.measure,
    "inbox": inbox_bars.measure,
    "gate": gate_bars.measure,
    "review": review_bars.measure,
    "sandbox": sandbox_bars.measure,
    "worktree": worktree_bars.measure,
}


LONG = ("turn", "stream", "flow", "keys")  # begun first
AT_ONCE = 4  # parts of a smoke run: they wait more than they compute, and their figures mean nothing anyhow


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a moment each, with tiny sizes; the figures mean nothing")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part")
    parser.add_argument("--json", action="store_true", help="data instead of a table")
    arguments = parser.parse_args()
    out, told = sys.stdout, sys.stderr  # an app that runs in this process takes both for its time
    with stage(arguments.smoke) as place, ThreadPoolExecutor(AT_ONCE if arguments.smoke else 1) as pool:
        scale = Scale(arguments.smoke)
        names = arguments.only or [*PARTS]
        order = sorted(names, key=lambda name: name not in LONG) if arguments.smoke else names
        measured = dict(zip(order, pool.map(lambda name: _measured(name, place, scale, told), order), strict=True))
        bars = [bar for name in names for bar in measured[name]]
        failed = [name for name in names if not measured[name]]
    if arguments.json:
        print(json.dumps([bar.data() for bar in bars], indent=1), file=out)
    else:
        print(table(bars), file=out)
    return 1 if failed else 0


def _measured(name: str, place: Stage, scale: Scale, told: TextIO) -> list[Bar]:
    """The bars of a part; none, and a word to `told`, where it could not be measured."""
    began = time.monotonic()
    try:
        found = PARTS[name](place, scale)
    except (Gone, TimeoutError) as error:
        told.write(f"{name} could not be measured: {error}\n")
        return []
    if not found or not all(math.isfinite(bar.measured) and bar.measured >= 0 for bar in found):
        raise SystemExit(f"{name} yielded no figures: {found}")
    told.write(f"{name}: {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}\n")
    return found


if __name__ == "__main__":
    sys.exit(main())
