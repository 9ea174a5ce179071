"""Tokens for a second of CPU from a socket to the store, against httpx and httpx-sse with nothing behind them."""

from __future__ import annotations

import subprocess
import sys

from tests.benchmarks.bars import Bar, Scale, middle
from tests.benchmarks.engine_bars import load
from tests.benchmarks.stage import ROOT, Stage

STREAMS = 8


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    ours, floor = [], []
    with stage.served("sse_server", scale.pick(10_000, 200)) as port:
        stage.configure(f'[providers.loop]\ndialect = "openai"\nbase_url = "http://127.0.0.1:{port}/v1"\n')
        for number in range(scale.pick(3, 1)):
            figures = load(stage, f"socket-{number}", "loop:m", STREAMS)
            ours.append(figures["tokens"] / figures["cpu"])
            command = [sys.executable, "-m", "tests.benchmarks.sse_floor", str(port), str(STREAMS)]
            done = subprocess.run(
                command, env=stage.environ, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True
            )
            floor.append(float(done.stdout))
        stage.configure("")
    name = f"socket to store: tokens a CPU second, {STREAMS} streams"
    return [Bar(name, middle(ours), "/s", middle(floor), least=12_000, absolute=True)]
