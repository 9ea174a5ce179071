"""A host that loads the engine behind the first screen: httpx, pydantic and sqlite-utils take longer to import than
the screen takes to paint."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hephaestus_tui.domain.task import RunId
from hephaestus_tui.session import Finds, Host, NewRun, RunSummary, Session, Told

if TYPE_CHECKING:  # the first screen does not wait for it
    from hephaestus_tui.domain.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the command line chose. `options` are settings by field, None where not given; `speed` is for scripts alone.

    `trusted` says that the commands of this run are known beforehand: they need not be asked about without a sandbox;
    `one_model` that no other model is asked than that of the options, whatever the settings name for a role or a phase.
    """

    project: Path
    store: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    speed: float = 1.0
    trusted: bool = False
    one_model: bool = False


class DeferredHost:
    """Implements `session.Host` by the one in `bootstrap.host`, imported in a thread at its first use.

    `opened` is the run that was started or resumed last.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self.opened: RunId | None = None
        self._host: Host | None = None
        self._loading = asyncio.Lock()

    async def runs(self) -> Sequence[RunSummary]:
        return await (await self._real()).runs()

    async def finds(self) -> Finds:
        return await (await self._real()).finds()

    async def choose(self, model: str) -> None:
        await (await self._real()).choose(model)

    async def start(self, request: NewRun) -> Session:
        return self._note(await (await self._real()).start(request))

    async def resume(self, run_id: RunId, told: Told | None = None) -> Session:
        return self._note(await (await self._real()).resume(run_id, told))

    async def rules(self) -> Sequence[Rule]:
        return await (await self._real()).rules()

    async def save_rule(self, rule: Rule) -> None:
        await (await self._real()).save_rule(rule)

    async def serve(self) -> None:
        await (await self._real()).serve()

    async def close(self) -> None:
        if self._host is not None:
            await self._host.close()

    def _note(self, session: Session) -> Session:
        self.opened = session.run_id
        return session

    async def _real(self) -> Host:
        async with self._loading:
            if self._host is None:
                module = await asyncio.to_thread(importlib.import_module, "hephaestus_tui.bootstrap.host")
                self._host = module.LocalHost(self._opening)
            return self._host
