"""Makes the README's picture: `python -m tests.picture` runs the demo, waits for its proposals and saves the screen."""

from __future__ import annotations

import asyncio
import math
import os
import tempfile
from pathlib import Path

from hephaestus_tui.bootstrap.deferred import DeferredHost, Opening
from hephaestus_tui.config import UiSettings
from hephaestus_tui.demo import new_run, script_path
from hephaestus_tui.demo.layout import lay_out
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.paths import shipped
from hephaestus_tui.ui.app import HephaestusApp
from hephaestus_tui.ui.screens.supervise import SuperviseScreen

PICTURE = Path(__file__).parent.parent / ".github" / "hephaestus.svg"
SIZE = (132, 40)
PROPOSALS = 6
SECONDS = 120.0


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = lay_out(Path(folder) / "rollcall")
        opening = Opening(
            project=project,
            store=Path(folder) / "state" / "hephaestus.db",
            options={"model": f"scripted:{script_path()}"},
            environ={**os.environ, "HEPHAESTUS_CONFIG": folder, "HEPHAESTUS_ACTOR": "ada"},
            speed=math.inf,
        )
        app = HephaestusApp(
            DeferredHost(opening),
            new_run(),
            UiSettings(),
            Actor(ActorKind.HUMAN, "ada"),
            themes=(shipped("themes"),),
        )
        async with app.run_test(size=SIZE) as pilot, asyncio.timeout(SECONDS):
            while not (isinstance(app.screen, SuperviseScreen) and len(app.screen.state.proposals) >= PROPOSALS):
                await pilot.pause(0.1)
            await pilot.press("n")
            await pilot.pause(0.5)
            PICTURE.write_text(app.export_screenshot(title="hephaestus"), encoding="utf-8")
    print(f"saved {PICTURE}")


if __name__ == "__main__":
    asyncio.run(main())
