"""How much memory the app holds: at its start, after the demo, and after long talk; against the barest Textual app."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.benchmarks.bars import Bar, Scale, middle
from tests.benchmarks.stage import APP, NAMES, Stage, prose
from tests.benchmarks.terminal import Terminal

AGENTS = 8
OPEN = """
    SELECT (SELECT count(*) FROM proposals WHERE status = 'waiting')
         + (SELECT count(*) FROM tasks WHERE status NOT IN ('completed', 'failed', 'cancelled'))
"""


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    script = stage.script("memory", 0, ["Nothing is said."])
    run = stage.stored("resting", f"scripted:{script}", 12, done=True)
    tasks, said = scale.pick(10_000, 50), scale.pick(1_000_000, 20_000)
    long = stage.long_run(tasks, said)
    floor, picker, screen, large = [], [], [], []
    for _ in range(scale.pick(3, 1)):
        floor.append(_resting(stage.bare(), scale.wait(1)))
        picker.append(_resting(stage.app("--db", str(run)), scale.wait(1)))
        screen.append(_resting(stage.app("--db", str(run), "--resume", "last"), scale.wait(1), NAMES[0]))
        large.append(_resting(stage.app("--db", str(long), "--resume", "last"), scale.wait(1), NAMES[0]))
    bare, tokens = middle(floor), scale.pick(100_000, 500)
    bars = [
        Bar("memory: list of runs", middle(picker), "MB", bare, most=2.0),
        Bar("memory: a run of 12 tasks", middle(screen), "MB", bare, most=2.0),
        Bar(f"memory: a run of {tasks:,} tasks and {said:,} tokens", middle(large), "MB", bare, most=2.5),
        Bar("memory: the same beside a run of 12 tasks", middle(large), "MB", middle(screen)),
        Bar(f"memory: after {AGENTS} × {tokens:,} tokens", _after_talk(stage, tokens), "MB", bare, most=2.5),
    ]
    return bars if scale.smoke else [*bars, Bar("memory: after the demo", _after_demo(stage), "MB", bare, most=2.5)]


def _resting(terminal: Terminal, settle: float, shown: str = "") -> float:
    """Once `shown` is on the screen, and nothing more comes."""
    with terminal:
        terminal.takes_keys()
        if shown:
            terminal.wait_for(shown)
        terminal.drain(settle)
        terminal.quiet(settle / 2, 2)
        return terminal.rss()


def _after_talk(stage: Stage, tokens: int) -> float:
    script = stage.script("long-talk", 0, [prose(500, seed) for seed in range(max(tokens // 500, 1))])
    run = stage.stored("long-talk", f"scripted:{script}", AGENTS)
    with stage.app("--db", str(run), "--resume", "last", "--agents", str(AGENTS)) as app:
        _until_done(app, run)
        return app.rss()


def _after_demo(stage: Stage) -> float:
    """The demo with every proposal accepted by key, as a person would, at ten times the speed."""
    run = stage.store("demo")
    terminal = Terminal([*APP, "demo", "--speed", "10", "--db", str(run)], stage.environ, stage.project)
    with terminal as app:
        app.takes_keys()
        app.drain(2)
        _until_done(app, run, ("n", "a", "y"))
        return app.rss()


def _until_done(app: Terminal, run: Path, keys: tuple[str, ...] = (), seconds: float = 400) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key in keys:
            app.press(key)
            app.drain(0.7)
        app.drain(0.5)
        with closing(sqlite3.connect(f"file:{run}?mode=ro", uri=True)) as db:
            if not db.execute(OPEN).fetchone()[0]:
                app.quiet(1.0, 5)
                return
    raise TimeoutError(f"{run} was not done after {seconds:.0f} s")
