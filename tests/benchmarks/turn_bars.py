"""What the engine adds to a model that is asked over HTTP: to a turn with its call, and to agents that stream side by side.

The floor keeps up the same conversations with the same server, with httpx and httpx-sse and nothing behind them.
"""

from __future__ import annotations

import json
import subprocess
import sys

from tests.benchmarks.bars import Bar, Scale, middle
from tests.benchmarks.engine_bars import load
from tests.benchmarks.stage import ROOT, Stage

RATE = 200  # tokens a second of each agent that streams
AGENTS = 8


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    """Each figure is the difference of a long and a short run, so that what a process costs to begin with is in none."""
    turns, seconds = (10, scale.pick(50, 12)), (1, scale.pick(16, 2))
    took, cpu, least, least_cpu, agents, readers = [], [], [], [], [], []
    for number in range(scale.pick(3, 1)):
        ours, bare = [], []
        for count in turns:
            with stage.served("turn_server", count, 50, 0) as port:
                ours.append(_load(stage, f"turns-{number}-{count}", port, 1))
                bare.append(_floor(stage, port, 1, count))
        took.append(_each(ours, turns, "wall"))
        cpu.append(_each(ours, turns, "cpu"))
        least.append(_each(bare, turns, "wall"))
        least_cpu.append(_each(bare, turns, "cpu"))
        streaming, read = [], []
        for length in seconds:
            with stage.served("turn_server", 1, RATE * length, RATE) as port:
                streaming.append(_load(stage, f"streams-{number}-{length}", port, AGENTS))
                read.append(_floor(stage, port, AGENTS, 1))
        agents.append(AGENTS / _each(streaming, seconds, "cpu"))
        readers.append(AGENTS / _each(read, seconds, "cpu"))
    stage.configure("")
    return [
        Bar("turn over HTTP: 50 tokens and a call", middle(took) * 1e3, "ms", middle(least) * 1e3),
        Bar("turn over HTTP: what the engine adds", max(middle(took) - middle(least), 0) * 1e3, "ms", most=25),
        Bar("turn over HTTP: its CPU", middle(cpu) * 1e3, "ms", middle(least_cpu) * 1e3),
        Bar(f"agents a core at {RATE} tokens/s each, over HTTP", middle(agents), "", middle(readers), least=0.4),
    ]


def _each(figures: list[dict[str, float]], sizes: tuple[int, int], name: str) -> float:
    """What one more turn, or one more second, costs."""
    return max((figures[1][name] - figures[0][name]) / (sizes[1] - sizes[0]), 1e-6)


def _load(stage: Stage, name: str, port: int, agents: int) -> dict[str, float]:
    stage.configure(f'[providers.loop]\ndialect = "openai"\nbase_url = "http://127.0.0.1:{port}/v1"\n')
    return load(stage, name, "loop:m", agents)


def _floor(stage: Stage, port: int, streams: int, turns: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.turn_floor", str(port), str(streams), str(turns)]
    done = subprocess.run(command, env=stage.environ, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
