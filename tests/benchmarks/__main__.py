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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a moment each, with tiny sizes; the figures mean nothing")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part")
    parser.add_argument("--json", action="store_true", help="data instead of a table")
    arguments = parser.parse_args()
    bars: list[Bar] = []
    failed: list[str] = []
    with stage() as place:
        for name in arguments.only or PARTS:
            began = time.monotonic()
            try:
                found = PARTS[name](place, Scale(arguments.smoke))
            except (Gone, TimeoutError) as error:
                print(f"{name} could not be measured: {error}", file=sys.stderr)
                failed.append(name)
                continue
            if not found or not all(math.isfinite(bar.measured) and bar.measured >= 0 for bar in found):
                raise SystemExit(f"{name} yielded no figures: {found}")
            print(f"{name}: {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
            bars += found
    if arguments.json:
        print(json.dumps([bar.data() for bar in bars], indent=1))
    else:
        print(table(bars))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
