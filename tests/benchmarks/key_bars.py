"""How long from a key to its echo: idle, and while ten agents stream, with a transcript and the DAG on the screen.

The floor is the barest Textual app, idle.
"""

from __future__ import annotations

import random
import time

from tests.benchmarks.bars import Bar, Scale, middle, percentile
from tests.benchmarks.stage import NAMES, Stage, prose
from tests.benchmarks.terminal import Terminal

AGENTS, RATE = 10, 200
LETTERS = "QXZ"  # in no escape sequence, and in no word on the screen
DELETE = "\x7f"


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    keys = scale.pick(50, 4)
    seconds = keys * 3 // 10 + 12
    script = stage.script("stream", RATE, [prose(500, seed) for seed in range(RATE * seconds * 3 // 500 + 1)])
    still = stage.stored("still", f"scripted:{script}", AGENTS, done=True)
    floor: list[float] = []
    typed: list[float] = []
    moved: list[float] = []
    bare_bytes, typed_bytes, moved_bytes = [], [], []
    for _ in range(scale.pick(3, 1)):
        with stage.bare() as bare:
            bare.first_echo(LETTERS[0])
            bare.press(DELETE * 20)
            bare.drain(0.3)
            bare_bytes.append(type_letters(bare, keys, floor, "nothing"))
        with stage.app("--db", str(still)) as app:
            app.first_echo(LETTERS[0])
            app.press(DELETE * 20)
            app.drain(scale.wait(2))
            typed_bytes.append(type_letters(app, keys, typed, "describe"))
        with stage.app("--db", str(still), "--resume", "last") as app:
            app.wait_for(NAMES[0])
            app.quiet(scale.wait(0.5))
            moved_bytes.append(_moving(app, keys, moved))
    at_work, searching = _while_streaming(stage, scale, f"scripted:{script}", keys)
    p95 = percentile(floor, 0.95) * 1e3
    return [
        *_three("keys: typing, idle", typed, floor, 1.6),
        *_three("keys: selecting a task, idle", moved, floor, None),
        Bar("keys: bytes a typed letter", middle(typed_bytes), "bytes", middle(bare_bytes), most=0.3),
        Bar("keys: bytes a task selected", middle(moved_bytes), "bytes", middle(bare_bytes)),
        *_at_work(f"keys: selecting, {AGENTS} × {RATE} tokens/s", at_work, p95),
        *_at_work(f"keys: searching, {AGENTS} × {RATE} tokens/s", searching, p95),
    ]


def _while_streaming(stage: Stage, scale: Scale, model: str, keys: int) -> tuple[list[float], list[float]]:
    moved: list[float] = []
    typed: list[float] = []
    for round_ in range(scale.pick(3, 1)):
        run = stage.stored(f"work{round_}", model, AGENTS)
        with stage.app("--db", str(run), "--resume", "last", "--agents", str(AGENTS)) as app:
            app.wait_for(NAMES[0])
            app.drain(scale.wait(3))
            _moving(app, keys, moved)
            app.press("/")
            app.drain(1)
            type_letters(app, keys, typed, "find")
    return moved, typed


def type_letters(terminal: Terminal, keys: int, found: list[float], empty: str) -> float:
    """Letters one after the other, each deleted again so that `empty` shows; returns the bytes that a letter costs."""
    dice, written = random.Random(5), 0
    for number in range(keys):
        before = terminal.written
        letter = LETTERS[number % len(LETTERS)]
        found.append(terminal.echo(letter, letter))
        written += terminal.written - before
        terminal.drain(dice.uniform(0.05, 0.12))
        # on its way through the widgets a deletion may be overtaken by the letter that follows: see it done first
        terminal.echo(DELETE, empty)
        terminal.drain(dice.uniform(0.05, 0.12))
    return written / keys


def _moving(terminal: Terminal, keys: int, found: list[float]) -> float:
    """The selection down and up again; returns the bytes that a move costs, with all that follows it."""
    dice, place, step = random.Random(5), 0, 1
    terminal.press("1" + "k" * len(NAMES))
    terminal.drain(0.8)
    written, began = terminal.written, time.perf_counter()
    for _ in range(keys):
        if not 0 <= place + step < len(NAMES):
            step = -step
        place += step
        found.append(terminal.echo("j" if step > 0 else "k", NAMES[place]))
        terminal.drain(dice.uniform(0.12, 0.22))
        if time.perf_counter() - began > 120:
            break
    return (terminal.written - written) / keys


def _three(name: str, ours: list[float], floor: list[float], most: float | None) -> list[Bar]:
    bounds = {0.5: None, 0.95: most, 0.99: None}
    return [
        Bar(f"{name}, p{part * 100:.0f}", percentile(ours, part) * 1e3, "ms", percentile(floor, part) * 1e3, most=bound)
        for part, bound in bounds.items()
    ]


def _at_work(name: str, found: list[float], floor_p95: float) -> list[Bar]:
    bounds = {0.5: None, 0.95: 23.0, 0.99: 50.0}
    return [
        Bar(f"{name}, p{part * 100:.0f}", percentile(found, part) * 1e3, "ms", floor_p95, most=bound, absolute=True)
        for part, bound in bounds.items()
    ]
