"""The app on the made-up run of the tests, for a real terminal: started by path, with "crash" to fail on purpose, and
with "hostile" to have tools say what a terminal would obey."""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Message, Speaker, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.ui.app import HephaestusApp, run_app

spec = spec_from_file_location("parts", Path(__file__).with_name("conftest.py"))
assert spec is not None
assert spec.loader is not None
parts = module_from_spec(spec)
spec.loader.exec_module(parts)


# a link, the clipboard, a title, a place and a blank screen, each also as C1, a device string, and text that runs backwards
HOSTILE = (
    "\x1b]8;;http://hostile.example\x1b\\link\x1b]8;;\x1b\\ \x1b]52;c;aG9zdGlsZQ==\x07 \x1b]2;hostile\x07 \x1b[99;99H \x1b[2J "
    "\x9d52;c;aG9zdGlsZQ==\x9c \x9b99;99H \x9b2J \x1bPhostile\x1b\\ \x1b[?1049l \u202eback\u2066wards\u2069"
)


def hostile(script: Any) -> None:
    """Two agents whose words, calls and results are HOSTILE, and a command that runs."""
    for task_id in (script.task("Write the docs"), script.task(f"Test {HOSTILE}")):
        script.start(task_id)
        call, runs = (ToolCallPart(name, "run_command", json.dumps({"command": f"make {HOSTILE}"})) for name in "cr")
        said = (TextPart(f"{HOSTILE} is said"), call, runs)
        script.record(
            e.MessageAdded(task_id=task_id, message=Message(ordinal=1, speaker=Speaker.ASSISTANT, parts=said, at=1.0))
        )
        for n, name in enumerate("cr"):
            started = e.ToolStarted(task_id=task_id, turn=1, index=n, call_id=name, name="run_command")
            script.record(started)
        result = ToolResultPart("c", f"{HOSTILE} came of it", False)
        script.record(
            e.MessageAdded(task_id=task_id, message=Message(ordinal=2, speaker=Speaker.TOOL, parts=(result,), at=2.0))
        )


async def running(script: Any) -> None:
    while True:
        await asyncio.sleep(0.2)
        for task_id in script.state().agents:
            script.flicker(e.ToolOutput(task_id, 1, 1, f"\n{HOSTILE} is running"))


async def main(crash: bool, attack: bool) -> int:
    script = parts.Script()
    script.run()
    script.start(script.task("Read the cache"))
    if attack:
        hostile(script)
    host = parts.FakeHost(parts.FakeSession(script))

    async def serve() -> None:
        secret = "sk-ant-SECRET-123"
        await asyncio.sleep(0.5)
        raise ZeroDivisionError(len(secret))

    if crash:
        host.serve = serve
    if attack:
        host.serve = partial(running, script)
    app = HephaestusApp(host, "r1", UiSettings(), parts.ADA, agents=4, themes=[parts.ROOT / "themes"])
    return await run_app(app)


if __name__ == "__main__":
    sys.exit(asyncio.run(main("crash" in sys.argv, "hostile" in sys.argv)))
