"""What agents are equipped with: settings, roles, tools, models and the folder they work in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hephaestus_tui.config import Settings
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.policy import Containment, RolePolicy
from hephaestus_tui.engine.grounds import Grounds
from hephaestus_tui.engine.roles import Role
from hephaestus_tui.providers.base import Provider
from hephaestus_tui.tools.base import Tool
from hephaestus_tui.tools.workspace import Workspace


def _any_model(word: str) -> None:
    """What is not looked at before its first turn is found wanting then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """`resolve` turns "PROVIDER:MODEL" into a provider and its word for the model; `check` raises a HephaestusError for one that
    cannot be asked, as for want of a key; `now` is Unix time in seconds.

    `containment` is what holds the commands of these `tools`, and is recorded with each start of a run. `workspace` is the
    project itself; without `grounds` every agent works there.
    """

    settings: Settings
    roles: Mapping[str, Role]
    shared_prompt: str
    tools: Mapping[str, Tool[Any]]
    resolve: Callable[[str], tuple[Provider, str]]
    workspace: Workspace
    containment: Containment = Containment.NONE
    check: Callable[[str], None] = _any_model
    grounds: Grounds | None = None
    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @property
    def role_policies(self) -> tuple[RolePolicy, ...]:
        """Of the roles that have one of their own, by the settings or by their files."""
        own = {name: role.policy for name, role in self.settings.roles.items()}
        found = (RolePolicy(role=name, own=own.get(name), at_most=role.policy) for name, role in self.roles.items())
        return tuple(policy for policy in found if policy.own or policy.at_most)

    def role(self, name: str) -> Role:
        if name not in self.roles:
            raise HephaestusError(f"There is no role {name!r} any more: restore its file, or edit the task.")
        return self.roles[name]
