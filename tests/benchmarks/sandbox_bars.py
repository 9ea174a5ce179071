"""What the sandbox costs a command: the same `true` by the same tool, with and without it, in turns.

The floor is the bare command. Where no sandbox works there is nothing to measure.
"""

from __future__ import annotations

import asyncio
import os
import time
from statistics import median

from hephaestus_tui.config import Limits
from hephaestus_tui.tools.base import Tool, ToolContext
from hephaestus_tui.tools.sandbox import NoSandbox, find_sandbox
from hephaestus_tui.tools.shell import RunCommand, run_command
from hephaestus_tui.tools.workspace import Workspace
from tests.benchmarks.bars import Bar, Scale, percentile
from tests.benchmarks.stage import Stage

COMMAND = RunCommand(command="true")


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    root = stage.folder / "commands"
    root.mkdir()
    began = time.perf_counter()
    sandbox = find_sandbox((stage.folder / "state",), os.environ, root)
    probe = time.perf_counter() - began
    if isinstance(sandbox, NoSandbox):
        return []
    context = ToolContext(Workspace(root), None, lambda text: None)  # type: ignore[arg-type]  # it asks no desk
    limits, rounds = Limits(), scale.pick(100, 4)
    try:
        bare, caged = asyncio.run(_in_turns(run_command(limits), run_command(limits, sandbox), context, rounds))
    finally:
        context.workspace.close()
    added = median(caged) - median(bare)
    return [
        Bar("sandbox: a command, p50", median(caged) * 1e3, "ms", median(bare) * 1e3, most=2.0),
        Bar("sandbox: a command, p95", percentile(caged, 0.95) * 1e3, "ms", percentile(bare, 0.95) * 1e3),
        Bar("sandbox: added to a command, p50", added * 1e3, "ms"),
        Bar("sandbox: found to work, once a project", probe * 1e3, "ms"),
    ]


async def _in_turns(
    bare: Tool[RunCommand], caged: Tool[RunCommand], context: ToolContext, rounds: int
) -> tuple[list[float], list[float]]:
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for tool, times in zip((bare, caged), taken, strict=True):
            began = time.perf_counter()
            outcome = await tool.run(COMMAND, context)
            times.append(time.perf_counter() - began)
            assert not outcome.is_error, outcome.content
    return taken
