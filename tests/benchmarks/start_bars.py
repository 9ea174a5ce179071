"""How long until one can type: from exec to the first typed letter echoed, against the barest Textual app."""

from __future__ import annotations

from tests.benchmarks.bars import Bar, Scale, middle
from tests.benchmarks.stage import NAMES, Stage

LETTER = "Q"  # in no escape sequence, and in no word on the screen


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    script = stage.script("start", 100, ["Nothing is said."])
    tasks, tokens = scale.pick(10_000, 50), scale.pick(1_000_000, 20_000)
    small = stage.stored("small", f"scripted:{script}", 12, done=True)
    large = stage.long_run(tasks, tokens)
    if not scale.smoke:
        _warm(stage, ["--db", str(small)], ["--db", str(large), "--resume", "last"])
    floor, picker, picker_large, resumed, shown, told = [], [], [], [], [], []
    keys: list[float] = []
    for number in range(scale.pick(7, 1)):
        with stage.bare() as bare:
            floor.append(bare.first_echo(LETTER))
        with stage.app("--db", str(small)) as app:
            picker.append(app.first_echo(LETTER))
        with stage.app("--db", str(large)) as app:
            picker_large.append(app.first_echo(LETTER))
        with stage.app("--db", str(small), "--resume", "last") as app:
            resumed.append(app.wait_for(NAMES[0]) - app.began)
        with stage.app("--db", str(large), "--resume", "last") as app:
            told.append(app.wait_for("opening") - app.began)
            shown.append(app.wait_for(NAMES[0]) - app.began)
        with stage.app("--db", str(large), "--resume", "last") as app:
            app.wait_for("opening")
            app.drain(number * 0.1)  # each time a little later, between the first frame and its tasks
            keys.append(app.echo("?", "esc close"))
    ms, small_ms = middle(floor) * 1e3, middle(resumed) * 1e3
    long = f"{tasks:,} tasks, {tokens:,} tokens"
    return [
        Bar("start: exec to first letter echoed", middle(picker) * 1e3, "ms", ms, most=1.35),
        Bar(f"start: the same, a run of {long} stored", middle(picker_large) * 1e3, "ms", ms, most=1.35),
        Bar("start: exec to a resumed run's tasks shown", small_ms, "ms", ms),
        Bar(f"start: the same with {long}", middle(shown) * 1e3, "ms", ms),
        Bar(f"start: {long}, beside a run of 12", middle(shown) * 1e3, "ms", small_ms),
        Bar(f"start: exec to its first sign of progress, {long}", middle(told) * 1e3, "ms", ms),
        Bar(f"start: keys while it is opened, {long}, longest", max(keys) * 1e3, "ms", most=100),
    ]


def _warm(stage: Stage, *starts: list[str]) -> None:
    """Once to write the bytecode."""
    for arguments in starts:
        with stage.app(*arguments) as app:
            app.takes_keys()
            app.quiet(3, 15)
    with stage.bare() as bare:
        bare.first_echo(LETTER)
