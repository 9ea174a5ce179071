"""What streaming costs on a real screen: CPU, bytes to the terminal, and how late the last token is; and what idling costs.

The floors are a Textual app that draws plain text at the tail of one pane, and its own Markdown widget, fed at the same rate.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.bars import Bar, Scale, middle
from tests.benchmarks.stage import Stage, prose
from tests.benchmarks.terminal import Terminal

FIRST, LAST = "Firstword", "Lastword"
AGENTS = 8


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    bars = []
    rates = ((200, scale.pick(2_000, 100), 1.0), (1_000, 8_000, 1.5))
    for rate, tokens, most in rates[: scale.pick(2, 1)]:
        script = stage.script(f"flow{rate}", rate, [f"{FIRST} {prose(tokens)} {LAST}"])

        def ours(number: int, name: str = f"flow{rate}", model: str = f"scripted:{script}") -> Terminal:
            run = stage.stored(f"{name}-{number}", model, 1)
            return stage.app("--db", str(run), "--resume", "last", "--agents", "1")

        def floor(_: int, tokens: int = tokens, rate: int = rate) -> Terminal:
            return stage.floor("tail_floor", tokens, rate)

        def markdown(_: int, tokens: int = tokens, rate: int = rate) -> Terminal:
            return stage.floor("markdown_floor", tokens, rate)

        found, bound, rich = [], [], []
        for number in range(scale.pick(3, 1)):
            found.append(_stream(ours, number, tokens, rate))
            bound.append(_stream(floor, number, tokens, rate))
            rich.append(_stream(markdown, number, tokens, rate))
        cpu, size, late = (middle(one) for one in zip(*found, strict=True))
        floor_cpu, floor_size, floor_late = (middle(one) for one in zip(*bound, strict=True))
        rich_cpu, rich_size, rich_late = (middle(one) for one in zip(*rich, strict=True))
        name = f"stream {rate:,}/s"
        bars += [
            Bar(f"{name}: CPU for 10,000 tokens", cpu, "s", floor_cpu, most=most),
            Bar(f"{name}: to the terminal for 10,000 tokens", size, "MB", floor_size,
                most=2.7 if rate == 200 else None, absolute=True),
            Bar(f"{name}: CPU, beside Textual's Markdown", cpu, "s", rich_cpu, most=1.0),
            Bar(f"{name}: to the terminal, beside Textual's Markdown", size, "MB", rich_size, most=1.0),
            Bar(f"{name}: last token late, beside Textual's Markdown", late * 1e3, "ms", rich_late * 1e3),
            Bar(f"{name}: last token late", late * 1e3, "ms", floor_late * 1e3,
                most=50 if rate == 1_000 else None, absolute=True),
        ]  # fmt: skip
    return bars


def others(stage: Stage, scale: Scale) -> list[Bar]:
    """On a slow line, as fast as it comes, of many agents at once, and of none."""
    return [*_slow(stage, scale), *_unlimited(stage, scale), *_many(stage, scale), *_idle(stage, scale)]


def _stream(start: Callable[[int], Terminal], number: int, tokens: int, rate: int) -> tuple[float, float, float]:
    """CPU seconds and megabytes for 10,000 tokens, and the seconds by which the last came late after the first."""
    with start(number) as terminal:
        began = terminal.wait_for(FIRST)
        cpu, written = terminal.cpu(), terminal.written
        took = terminal.wait_for(LAST, tokens / rate + 60) - began
        scale = 10_000 / tokens
        return (
            (terminal.cpu() - cpu) * scale,
            (terminal.written - written) / 1e6 * scale,
            max(took - tokens / rate, 0.0),
        )


def _slow(stage: Stage, scale: Scale) -> list[Bar]:
    """The same at 200 tokens a second on a line of which a person said that it is slow."""
    tokens = scale.pick(2_000, 100)
    script = stage.script("slow", 200, [f"{FIRST} {prose(tokens)} {LAST}"])

    def ours(number: int) -> Terminal:
        run = stage.stored(f"slow-{number}", f"scripted:{script}", 1)
        return stage.app("--slow", "--db", str(run), "--resume", "last", "--agents", "1")

    found = [_stream(ours, number, tokens, 200) for number in range(scale.pick(3, 1))]
    cpu, size, late = (middle(one) for one in zip(*found, strict=True))
    return [
        Bar("stream 200/s, slow: to the terminal for 10,000 tokens", size, "MB", most=0.6),
        Bar("stream 200/s, slow: CPU for 10,000 tokens", cpu, "s"),
        Bar("stream 200/s, slow: last token late", late * 1e3, "ms", most=1_500),
    ]


def _unlimited(stage: Stage, scale: Scale) -> list[Bar]:
    """As fast as they come, which may be within one frame: so all is counted, the first paint too."""
    turns = scale.pick(10, 1)
    tokens = turns * 5_000  # a reply is not longer; the pane clips one that is
    script = stage.script("flood", 0, [f"{prose(5_000, seed)}\n\n{LAST}{seed}" for seed in range(turns)])
    sizes = []
    for number in range(scale.pick(3, 1)):
        run = stage.stored(f"flood-{number}", f"scripted:{script}", 1)
        with stage.app("--db", str(run), "--resume", "last", "--agents", "1") as app:
            app.wait_for(f"{LAST}{turns - 1}")
            app.quiet(0.5)
            sizes.append(app.written / 1e6 * 10_000 / tokens)
    return [Bar("stream unlimited: to the terminal for 10,000 tokens", middle(sizes), "MB", most=0.1)]


def _many(stage: Stage, scale: Scale) -> list[Bar]:
    """Eight at 200 tokens a second each, one of them shown."""
    seconds = scale.pick(10, 1)
    script = stage.script("many", 200, [prose(500, seed) for seed in range(seconds + 4)])
    found = []
    for number in range(scale.pick(3, 1)):
        run = stage.stored(f"many-{number}", f"scripted:{script}", AGENTS)
        with stage.app("--db", str(run), "--resume", "last", "--agents", str(AGENTS)) as app:
            app.wait_for("Alfa")
            app.drain(scale.wait(3))
            before, written = app.cpu(), app.written
            app.drain(seconds)
            tokens = AGENTS * 200 * seconds / 10_000
            found.append(((app.cpu() - before) / tokens, (app.written - written) / 1e6 / tokens))
    cpu, size = (middle(one) for one in zip(*found, strict=True))
    return [
        Bar(f"stream {AGENTS} × 200/s: CPU for 10,000 tokens", cpu, "s", most=2.7),
        Bar(f"stream {AGENTS} × 200/s: to the terminal for 10,000 tokens", size, "MB"),
    ]


def _idle(stage: Stage, scale: Scale) -> list[Bar]:
    seconds, settle = scale.pick(10, 1), scale.wait(3)
    script = stage.script("idle", 200, ["Nothing is said."])
    run = stage.stored("idle", f"scripted:{script}", 12, done=True)
    floor_bytes, floor_cpu = _resting(stage.bare(), seconds, settle)
    picker_bytes, picker_cpu = _resting(stage.app("--db", str(run)), seconds, settle)
    screen_bytes, screen_cpu = _resting(stage.app("--db", str(run), "--resume", "last"), seconds, settle)
    return [
        Bar(f"idle: bytes in {seconds} s, list of runs", picker_bytes, "bytes", floor_bytes, most=0, absolute=True),
        Bar(f"idle: bytes in {seconds} s, a run", screen_bytes, "bytes", floor_bytes, most=0, absolute=True),
        Bar("idle: CPU, list of runs", picker_cpu, "%", floor_cpu, most=0.5, absolute=True),
        Bar("idle: CPU, a run", screen_cpu, "%", floor_cpu, most=0.5, absolute=True),
    ]


def _resting(terminal: Terminal, seconds: float, settle: float) -> tuple[float, float]:
    with terminal:
        terminal.takes_keys()
        terminal.drain(settle)
        before, written = terminal.cpu(), terminal.written
        terminal.drain(seconds)
        return terminal.written - written, (terminal.cpu() - before) / seconds * 100
