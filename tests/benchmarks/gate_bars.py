"""What deciding costs: from the key `a` to a durable row, five hundred at once, and what a search for duplicates adds.

Floors: a bare SQLite commit of the same rows, as durable, and one pass of a plain rapidfuzz scorer over the titles.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median

from rapidfuzz import fuzz, process

from hephaestus_tui.codec import to_json
from hephaestus_tui.config import SpawnBounds
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import Decide, DecideMany, Ruling
from hephaestus_tui.domain.decision import Proposal, Verdict
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, TaskDraft
from hephaestus_tui.engine.duplicates import Duplicates
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.store.store import Store
from tests.benchmarks import key_bars
from tests.benchmarks.bars import Bar, Scale, middle, percentile
from tests.benchmarks.stage import ADA, NAMES, WORDS, Stage
from tests.benchmarks.terminal import Gone, Terminal

MANY = 500
BURST_SETTINGS = (
    "\n[spawn]\nper_turn = 1000\nper_minute = 10000\npending = 1000\nchildren = 1000\nper_run = 2000\n"
    "\n[gate]\nundo_seconds = 3600\n"
)


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    many, rounds = scale.pick(MANY, 20), scale.pick(60, 4)
    one, bulk, groups = asyncio.run(_decide(stage.folder / "gate.db", many, rounds))
    assert groups == 1, f"{many} decisions at once took {groups} transactions"
    plain_one, plain_bulk = _commits(stage.folder / "gate-floor.db", many, rounds)
    return [
        Bar("gate: a decision, submitted to durable, p50", median(one) * 1e3, "ms", median(plain_one) * 1e3, most=5.0),
        Bar("gate: a decision, submitted to durable, p95", percentile(one, 0.95) * 1e3, "ms",
            percentile(plain_one, 0.95) * 1e3),
        Bar(f"gate: {many:,} decisions in one transaction", bulk * 1e3, "ms", plain_bulk * 1e3, most=30.0),
        *(bar for size in (1_000, 10_000) for bar in asyncio.run(_search(scale.pick(size, size // 20)))),
        *_burst(stage, scale, many),
    ]  # fmt: skip


def _drafts(count: int) -> list[TaskDraft]:
    """Tasks as unlike each other as those of a run are: a name, some words, a number."""
    dice = random.Random(11)
    words = [word.strip("*`") for word in WORDS] + ["orders", "invoices", "tokens", "members", "uploads", "reports"]
    return [
        TaskDraft(
            title=f"{NAMES[n % len(NAMES)]} {' '.join(dice.choices(words, k=4))} {n}",
            description=" ".join(dice.choices(words, k=30)), rationale="Seen while measuring.",
            phase=tuple(Phase)[n % 3], role="backend_developer",
        )
        for n in range(count)
    ]  # fmt: skip


def _proposed(drafts: Sequence[TaskDraft]) -> list[e.Fact]:
    return [
        e.TaskProposed(
            proposal=Proposal(
                task_id=f"T{n}", version=1, draft=draft, origin=Origin(), waits=False, proposed_at=1.0
            )
        )
        for n, draft in enumerate(drafts, 1)
    ]  # fmt: skip


async def _decide(path: Path, many: int, rounds: int) -> tuple[list[float], float, int]:
    """Seconds of each of `rounds` decisions, of `many` at once, and the transactions that those took."""
    store = await Store.open(path)
    ledger = await Ledger.open(store, "r")
    gate = Gate(ledger, SpawnBounds(), time.time)
    started = e.RunStarted(
        run_id="r", goal="g", project=str(path.parent), model="m", policy=ledger.state.policy,
        roles=("backend_developer",),
    )  # fmt: skip
    await ledger.record(started, *_proposed(_drafts(many + rounds)))
    one = []
    for n in range(1, rounds + 1):
        began = time.perf_counter()
        await gate.carry_out(Decide(task_id=f"T{n}", verdict=Verdict.ACCEPT, actor=ADA, version=1))
        one.append(time.perf_counter() - began)
    groups: list[int] = []
    unsubscribe = store.subscribe(lambda _, facts: groups.append(len(facts)))
    rulings = tuple(
        Ruling(task_id=f"T{n}", verdict=Verdict.ACCEPT, version=1) for n in range(rounds + 1, rounds + many + 1)
    )
    began = time.perf_counter()
    await gate.carry_out(DecideMany(rulings=rulings, actor=ADA))
    bulk = time.perf_counter() - began
    unsubscribe()
    assert sum(groups) == many
    assert _rows(path) == rounds + many, "on return the rows must be there for anyone to read"
    ledger.close()
    await store.close()
    return one, bulk, len(groups)


def _rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        found: int = db.execute("SELECT count(*) FROM tasks").fetchone()[0]
        return found


def _commits(path: Path, many: int, rounds: int) -> tuple[list[float], float]:
    """The floor: the same text into a journal, a table of decisions and one of tasks, without a schema that guards them."""
    bodies = [to_json(fact) for fact in _proposed(_drafts(many + rounds))]
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        for table in ("facts", "decisions", "tasks"):
            db.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, body TEXT)")

        def commit(rows: Sequence[str]) -> float:
            began = time.perf_counter()
            db.execute("BEGIN IMMEDIATE")
            for body in rows:
                for table in ("facts", "decisions", "tasks"):
                    db.execute(f"INSERT INTO {table} (body) VALUES (?)", (body,))
            db.execute("COMMIT")
            return time.perf_counter() - began

        return [commit([body]) for body in bodies[:rounds]], commit(bodies[rounds:])


async def _search(size: int) -> list[Bar]:
    drafts = _drafts(size)
    state: RunState = replay(e.Recorded(n, 1.0, fact) for n, fact in enumerate(_proposed(drafts), 1))
    titles = [draft.title for draft in drafts]
    duplicates = Duplicates()
    began = time.perf_counter()
    await duplicates.near(drafts[0], state)
    first = time.perf_counter() - began
    ours, plain = [], []
    for draft in random.Random(5).sample(drafts, 40):
        wanted = replace(draft, title=f"{draft.title} again")
        began = time.perf_counter()
        found = await duplicates.near(wanted, state)
        ours.append(time.perf_counter() - began)
        assert found[0].score >= 80
        began = time.perf_counter()
        process.extract(wanted.title, titles, scorer=fuzz.token_set_ratio, limit=5, score_cutoff=50)
        plain.append(time.perf_counter() - began)
    p50, p95 = median(ours) * 1e3, percentile(ours, 0.95) * 1e3
    floor = median(plain) * 1e3
    return [
        Bar(f"duplicates: among {size:,}, p50", p50, "ms", floor, most=4.0),
        Bar(f"duplicates: among {size:,}, p95", p95, "ms", floor, most=20.0, absolute=True),
        Bar(f"duplicates: reading {size:,} at first", first * 1e3, "ms"),
    ]


def _burst(stage: Stage, scale: Scale, many: int) -> list[Bar]:
    """One agent proposes `many` in one turn while a person types; then they are decided on one by one."""
    stage.configure(BURST_SETTINGS)
    try:
        run = stage.stored("burst", f"scripted:{_burst_script(stage, many)}", 1)
        keys = scale.pick(30, 3)
        during: list[float] = []
        after: list[float] = []
        with stage.app("--db", str(run), "--resume", "last") as app:
            app.wait_for(NAMES[0])
            app.press("/")
            app.drain(0.3)
            while _proposals(run) <= many:
                during.append(app.echo("Q", "Q"))
                app.echo("\x7f", "find")
            app.quiet(scale.wait(1))
            key_bars.type_letters(app, keys, after, "find")
            app.press("\x1b")
            app.drain(0.5)
            durable = _accepting(app, run, scale.pick(12, 2))
        rate = many / max(_span(run), 1e-6)
    finally:
        stage.configure("")
    return [
        Bar(f"burst of {many:,}: proposals", rate, "/s"),
        Bar(f"burst of {many:,}: typing meanwhile, p50", percentile(during, 0.5) * 1e3, "ms"),
        Bar(f"burst of {many:,}: typing meanwhile, p95", percentile(during, 0.95) * 1e3, "ms", most=50.0),
        Bar(f"burst of {many:,}: typing while they wait, p95", percentile(after, 0.95) * 1e3, "ms", most=50.0),
        Bar(f"burst of {many:,}: from the key a to the row, p50", middle(durable) * 1e3, "ms", most=100.0),
    ]


def _burst_script(stage: Stage, many: int) -> Path:
    lines = ["rate = 0", "[[agent]]", 'name = "one"', "[[agent.turn]]", 'text = "Many at once."', "delay = 1"]
    for number, draft in enumerate(_drafts(many)):
        given = f'title = {json.dumps(draft.title)}, description = {json.dumps(draft.description)}, rationale = "Seen."'
        lines += [
            "[[agent.turn.call]]", f'id = "c{number}"', f'tool = "spawn_{draft.phase}_task"',
            f"arguments = {{ {given} }}",
        ]  # fmt: skip
    lines += ["[[agent.turn]]", "[[agent.turn.call]]", 'id = "done"', 'tool = "complete_task"']
    lines += ['arguments = { summary = "done" }']
    path = stage.folder / "burst.toml"
    path.write_text("\n".join(lines))
    return path


def _accepting(app: Terminal, run: Path, times: int) -> list[float]:
    """Seconds from the key to a row that another connection reads, for one proposal after the other."""
    found = []
    with closing(sqlite3.connect(f"file:{run}?mode=ro", uri=True)) as db:
        tasks = _tasks(db)
        for _ in range(times):
            app.press("n")
            app.drain(0.8)  # what has only just appeared is not decided: 400 ms
            began = time.perf_counter()
            app.press("a")
            while _tasks(db) == tasks:
                app.read(0.001)
                if time.perf_counter() - began > 5:
                    raise Gone("a proposal that was shown was not accepted by the key a")
            found.append(time.perf_counter() - began)
            tasks += 1
    return found


def _tasks(db: sqlite3.Connection) -> int:
    count: int = db.execute("SELECT count(*) FROM tasks").fetchone()[0]
    return count


def _proposals(run: Path) -> int:
    with closing(sqlite3.connect(f"file:{run}?mode=ro", uri=True)) as db:
        count: int = db.execute("SELECT count(*) FROM proposals").fetchone()[0]
        return count


def _span(run: Path) -> float:
    """Seconds from the first proposal of the burst to the last."""
    with closing(sqlite3.connect(f"file:{run}?mode=ro", uri=True)) as db:
        first, last = db.execute(
            "SELECT min(at), max(at) FROM facts WHERE kind = 'task.proposed' AND seq > 5"
        ).fetchone()
        return float(last - first)
