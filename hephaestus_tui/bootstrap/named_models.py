"""Looks at every model that the settings name before a run begins: without it a wrong word would be found an hour later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hephaestus_tui.config import Settings
from hephaestus_tui.domain.errors import ConfigError, UsageError
from hephaestus_tui.engine.roles import Role
from hephaestus_tui.providers.registry import Registry


def named_models(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """Where a model is named, its word, and whether it is one to fall back on; the run's own model aside."""
    for tier, model in settings.models.items():
        yield f"models.{tier}", model, False
    for number, model in enumerate(settings.fallback, 1):
        yield f"fallback {number}", model, True
    for table, entries in (("roles", settings.roles), ("phases", settings.phases)):
        for key, entry in entries.items():
            if entry.model:
                yield f"{table}.{key}.model", entry.model, False
            for number, model in enumerate(entry.fallback or (), 1):
                yield f"{table}.{key}.fallback {number}", model, True


def without_named(settings: Settings) -> Settings:
    """The same, but that only the run's own model is ever asked: for scripts, of which no other model knows a thing, and
    which shall cost nothing."""
    roles = {name: replace(role, model="", fallback=None) for name, role in settings.roles.items()}
    phases = {phase: replace(entry, model="", fallback=None) for phase, entry in settings.phases.items()}
    return replace(settings, models={}, fallback=(), roles=roles, phases=phases)


def check_models(settings: Settings, roles: Mapping[str, Role], registry: Registry) -> None:
    """That each can be asked, as far as is known without asking. Of what is to fall back on a key may be missing: an agent
    that gets there is told, and goes on to the next. Raises ConfigError."""
    for name in settings.roles:
        if name not in roles:
            raise ConfigError(f"The settings: roles.{name}: there is no such role. These exist: {', '.join(roles)}.")
    for place, model, is_fallback in named_models(settings):
        try:
            if is_fallback:
                registry.resolve(model)
            else:
                registry.check(model)
        except UsageError as error:
            raise ConfigError(f"The settings: {place}: {error}") from error
