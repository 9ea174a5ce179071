"""The app on the made-up run of the tests, for a real terminal: started by path, with "crash" to fail on purpose."""

from __future__ import annotations

import asyncio
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from hephaestus_tui.config import UiSettings
from hephaestus_tui.ui.app import HephaestusApp, run_app

spec = spec_from_file_location("parts", Path(__file__).with_name("conftest.py"))
assert spec is not None
assert spec.loader is not None
parts = module_from_spec(spec)
spec.loader.exec_module(parts)


async def main(crash: bool) -> int:
    script = parts.Script()
    script.run()
    script.start(script.task("Read the cache"))
    host = parts.FakeHost(parts.FakeSession(script))

    async def serve() -> None:
        secret = "sk-ant-SECRET-123"
        await asyncio.sleep(0.5)
        raise ZeroDivisionError(len(secret))

    if crash:
        host.serve = serve
    app = HephaestusApp(host, "r1", UiSettings(), parts.ADA, agents=4, themes=[parts.ROOT / "themes"])
    return await run_app(app)


if __name__ == "__main__":
    sys.exit(asyncio.run(main("crash" in sys.argv)))
