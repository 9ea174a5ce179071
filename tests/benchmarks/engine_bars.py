"""What the engine carries: tokens for a second of CPU from a script to the store, events with twenty agents, the store alone.

Floors: the script's bare iteration, and plain sqlite3 inserts of the same rows at the same durability.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from hephaestus_tui.codec import to_json
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Message, Speaker, TextPart
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.providers.base import TurnContext, TurnEnd, TurnRequest
from hephaestus_tui.providers.script_file import load_script
from hephaestus_tui.providers.scripted import ScriptedProvider
from hephaestus_tui.store.store import Store
from tests.benchmarks.bars import Bar, Scale, middle
from tests.benchmarks.stage import ROOT, Stage, prose

MANY = 20


def load(stage: Stage, name: str, model: str, agents: int) -> dict[str, float]:
    """One run to its end in a process of its own; see `engine_load`."""
    run = stage.stored(name, model, agents)
    command = [sys.executable, "-m", "tests.benchmarks.engine_load", str(run), str(stage.project), str(agents)]
    done = subprocess.run(
        command, env=stage.environ, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the load ended with {done.returncode}: {done.stderr[-2000:]}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    long = stage.script("long", 0, [prose(1_000, seed) for seed in range(scale.pick(40, 1))])
    short = stage.script("short", 0, [prose(60, seed) for seed in range(scale.pick(40, 2))])
    turns = MANY * scale.pick(40, 2)
    talk, crowd, bare, raw, ours, plain = [], [], [], [], [], []
    for number in range(scale.pick(3, 1)):
        talk.append(load(stage, f"talk-{number}", f"scripted:{long}", 8))
        bare.append(asyncio.run(_iterate(long))[0])
        raw.append(asyncio.run(_iterate(short))[1])
        crowd.append(load(stage, f"crowd-{number}", f"scripted:{short}", MANY))
        rows = scale.pick(10_000, 200)
        ours.append(asyncio.run(_appends(stage, f"append-{number}", rows)))
        plain.append(_inserts(stage.folder / f"plain-{number}.db", rows))
    tokens = middle(one["tokens"] / one["cpu"] for one in talk)
    whole = middle(one["cpu"] / turns for one in crowd)
    events = middle((one["facts"] + one["flickers"]) / one["wall"] for one in crowd)
    return [
        Bar("engine: script to store, tokens a CPU second", tokens, "/s", middle(bare)),
        Bar("engine: agents a core at 200 tokens/s each", tokens / 200, ""),
        Bar("engine: CPU of a short turn with its call", whole * 1e3, "ms", middle(raw) * 1e3),
        Bar("engine: of it over the raw stream", (whole - middle(raw)) * 1e3, "ms"),
        Bar(f"engine: events with {MANY} agents", events, "/s", least=5_000),
        Bar(f"engine: of them facts with {MANY} agents", middle(one["facts"] / one["wall"] for one in crowd), "/s"),
        Bar("engine: loop stall p99, 8 agents", middle(one["stall"] for one in talk) * 1e3, "ms", most=5),
        Bar(f"engine: loop stall p99, {MANY} agents", middle(one["stall"] for one in crowd) * 1e3, "ms", most=5),
        Bar(f"store: durable facts, {MANY} at once", middle(ours), "/s", middle(plain), least=0.5),
    ]


async def _iterate(script: Path) -> tuple[float, float]:
    """Tokens for a second of CPU, and seconds of CPU for a turn, of the provider's first turn alone."""
    provider = ScriptedProvider(load_script(script), str(script))
    context = TurnContext(task_id="T1", role="backend_developer", phase=Phase.BUILDING, title="t")
    request = TurnRequest(
        model="m", system="", messages=(), tools=(), max_tokens=1, attempt=1, context=context
    )  # fmt: skip
    tokens, began = 0, time.process_time()
    rounds = 30
    for _ in range(rounds):
        async for item in provider.stream(request):
            if isinstance(item, TurnEnd):
                tokens += item.usage.output
    took = max(time.process_time() - began, 1e-6)
    return tokens / took, took / rounds


def _message(number: int, task: int) -> e.MessageAdded:
    text = TextPart("the store keeps what was said, " * 8)
    return e.MessageAdded(
        task_id=f"T{task + 1}", message=Message(ordinal=number, speaker=Speaker.ASSISTANT, parts=(text,), at=1.0)
    )


async def _appends(stage: Stage, name: str, rows: int) -> float:
    """Facts a second, from as many writers at once as there are agents; each waits for its own to be on disk."""
    path = await asyncio.to_thread(stage.stored, name, "scripted:none", MANY)
    store = await Store.open(path)
    each = rows // MANY

    async def write(task: int) -> None:
        for number in range(each):
            await store.append(name, [_message(number, task)])

    began = time.perf_counter()
    await asyncio.gather(*(write(task) for task in range(MANY)))
    took = time.perf_counter() - began
    await store.close()
    return each * MANY / took


def _inserts(path: Path, rows: int) -> float:
    """The floor: the same JSON into a journal and a table of messages, twenty to a commit, as durable."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE facts (seq INTEGER PRIMARY KEY, run_id TEXT, at REAL, kind TEXT, body TEXT)")
        db.execute("CREATE TABLE messages (run_id TEXT, task_id TEXT, ordinal INTEGER, parts TEXT)")
        began = time.perf_counter()
        for first in range(0, rows, MANY):
            db.execute("BEGIN IMMEDIATE")
            for task in range(MANY):
                fact = _message(first // MANY, task)
                db.execute(
                    "INSERT INTO facts (run_id, at, kind, body) VALUES (?, ?, ?, ?)",
                    ("r", 1.0, fact.KIND, to_json(fact)),
                )
                row = ("r", fact.task_id, fact.message.ordinal, to_json(fact.message.parts))
                db.execute("INSERT INTO messages VALUES (?, ?, ?, ?)", row)
            db.execute("COMMIT")
        return rows / (time.perf_counter() - began)
