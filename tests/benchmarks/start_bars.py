"""How long until one can type: from exec to the first typed letter echoed, against the barest Textual app."""

from __future__ import annotations

from tests.benchmarks.bars import Bar, Scale, middle
from tests.benchmarks.stage import NAMES, Stage

LETTER = "Q"  # in no escape sequence, and in no word on the screen


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    script = stage.script("start", 100, ["Nothing is said."])
    tasks = scale.pick(10_000, 50)
    small = stage.stored("small", f"scripted:{script}", 12, done=True)
    large = stage.stored("large", f"scripted:{script}", tasks, done=True)
    for arguments in (["--db", str(small)], ["--db", str(large), "--resume", "last"]):  # once to write the bytecode
        with stage.app(*arguments) as app:
            app.takes_keys()
            app.quiet(scale.wait(3), 15)
    with stage.bare() as bare:
        bare.first_echo(LETTER)
    floor, picker, picker_large, resumed, shown = [], [], [], [], []
    for _ in range(scale.pick(7, 1)):
        with stage.bare() as bare:
            floor.append(bare.first_echo(LETTER))
        with stage.app("--db", str(small)) as app:
            picker.append(app.first_echo(LETTER))
        with stage.app("--db", str(large)) as app:
            picker_large.append(app.first_echo(LETTER))
        with stage.app("--db", str(small), "--resume", "last") as app:
            resumed.append(app.wait_for(NAMES[0]) - app.began)
        with stage.app("--db", str(large), "--resume", "last") as app:
            shown.append(app.wait_for(NAMES[0]) - app.began)
    ms = middle(floor) * 1e3
    return [
        Bar("start: exec to first letter echoed", middle(picker) * 1e3, "ms", ms, most=1.35),
        Bar(f"start: the same, a run of {tasks:,} tasks stored", middle(picker_large) * 1e3, "ms", ms, most=1.35),
        Bar("start: exec to a resumed run's tasks shown", middle(resumed) * 1e3, "ms", ms),
        Bar(f"start: the same with {tasks:,} tasks", middle(shown) * 1e3, "ms", ms),
    ]
