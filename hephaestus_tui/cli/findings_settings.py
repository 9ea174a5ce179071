"""What the doctor finds in a person's own files and of the models they name: a slip in one is told with its place."""

from __future__ import annotations

import asyncio
import os
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace

from hephaestus_tui.bootstrap.model_choice import chosen_model
from hephaestus_tui.bootstrap.named_models import check_models
from hephaestus_tui.bootstrap.theme_choice import chosen_theme
from hephaestus_tui.cli.chosen_models import chosen_lines, unready_fallbacks
from hephaestus_tui.cli.findings import Finding, Standing, read
from hephaestus_tui.cli.key_places import named_by_line
from hephaestus_tui.cli.stores import places
from hephaestus_tui.config import Settings
from hephaestus_tui.engine.roles import load_roles
from hephaestus_tui.first_look import FILE
from hephaestus_tui.paths import shipped
from hephaestus_tui.providers.price_list import read_prices
from hephaestus_tui.providers.registry import Registry
from hephaestus_tui.providers.window_list import read_windows
from hephaestus_tui.rules_file import FILE as RULES
from hephaestus_tui.rules_file import own_rules
from hephaestus_tui.ui.own_keys import own_keys
from hephaestus_tui.ui.themes import FALLBACK, load_themes


def settings(_: Namespace) -> Iterator[Finding]:
    folder = places().config
    settings = read()
    there = "read" if (folder / FILE).exists() else "not there; defaults are used"
    kept = _kept(settings)
    by_hand = settings.model or "none chosen (--model or `model = …`)"
    model = f"{kept} (chosen on the first screen)" if kept else by_hand
    text = f"{folder / FILE} {there}; model: {model}; policy: {settings.policy}; agents: {settings.agents}"
    yield Finding("settings", Standing.OK, text)
    if new := settings.model or kept:
        Registry(settings, os.environ).check(new)


def _kept(settings: Settings) -> str:
    """The model that was chosen once and holds for new runs, since the settings name none."""
    return "" if settings.model else chosen_model(places().state)


def roles(_: Namespace) -> Iterator[Finding]:
    roles, _shared = load_roles(places().role_folders())
    yield Finding("roles", Standing.OK, ", ".join(roles))


def models(_: Namespace) -> Iterator[Finding]:
    settings, (roles, _shared) = read(), load_roles(places().role_folders())
    settings = replace(settings, model=settings.model or _kept(settings))
    registry = Registry(settings, os.environ)
    for text in chosen_lines(settings, roles):
        yield Finding("models", Standing.OK, text)
    for text in unready_fallbacks(settings, registry):
        yield Finding("models", Standing.NOTE, text)
    check_models(settings, roles, registry)


def themes(_: Namespace) -> Iterator[Finding]:
    themes = load_themes(places().theme_folders())
    if FALLBACK not in themes:
        yield Finding("themes", Standing.BROKEN, f"{FALLBACK} is not in {shipped('themes')}: reinstall hephaestus")
        return
    wanted = read().ui.theme
    known = wanted in themes
    text = ", ".join(sorted(themes)) + ("" if known else f"; {wanted!r}, which the settings name, is none of them")
    if (chosen := chosen_theme(places().state, wanted)) != wanted:
        text += f"; {chosen} was chosen in the app"
    yield Finding("themes", Standing.OK if known else Standing.NOTE, text)


def keys(_: Namespace) -> Iterator[Finding]:
    rebound = read().ui.keys
    with named_by_line(places().config):
        own_keys(rebound)
    words = ", ".join(f"{action_id} is {key}" for action_id, key in rebound.items())
    yield Finding("keys", Standing.OK, words or "as they come; `?` in the app shows them")


def rules(_: Namespace) -> Iterator[Finding]:
    folder = places().config
    found = own_rules(folder)
    named = ", ".join(rule.id for rule in found)
    text = f"{folder / RULES}: {named}; each is off in a run until you switch it on" if found else "none of your own"
    yield Finding("rules", Standing.OK, text)
    if not any(rule.roles for rule in found):
        return
    known, _shared = load_roles(places().role_folders())
    for rule in found:
        if unknown := [role for role in rule.roles if role not in known]:
            text = f"{rule.id} is for {', '.join(unknown)}, and there is no such role: correct it in {folder / RULES}"
            yield Finding("rules", Standing.NOTE, text)


def providers(_: Namespace) -> Iterator[Finding]:
    for report in asyncio.run(Registry(read(), os.environ).probe()):
        standing, words = Standing.OK, []
        if report.key_env:
            words.append(f"{report.key_env} is {'set' if report.has_key else 'not set'}")
            standing = Standing.OK if report.has_key else Standing.NOTE
        if report.answers is not None:
            words.append("answers" if report.answers else "does not answer")
            standing = standing if report.answers else Standing.NOTE
        yield Finding(
            report.name, standing, f"{report.dialect} dialect at {report.host}: {'; '.join(words) or 'no key'}"
        )


def prices(_: Namespace) -> Iterator[Finding]:
    shipped_prices, own = read_prices(), read().prices
    text = f"of {shipped_prices.models} models as of {shipped_prices.as_of}; any other is unknown, or in [prices] of {FILE}"
    yield Finding("prices", Standing.OK, f"{text}, which names {len(own)}" if own else text)


def windows(_: Namespace) -> Iterator[Finding]:
    shipped, settings = read_windows(), read()
    assumed = f"any other is taken for one of {settings.context.unknown_window:,} tokens, or in [windows] of {FILE}"
    text = f"of {shipped.models} models as of {shipped.as_of}; {assumed}"
    own = len(settings.windows)
    yield Finding("windows", Standing.OK, f"{text}, which names {own}" if own else text)
