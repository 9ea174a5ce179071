"""Without this, "PROVIDER:MODEL" would be a word that nobody can turn into something to talk to."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from hephaestus_tui.config import Dialect, Price, ProviderSettings, Settings
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.providers.anthropic import AnthropicWire
from hephaestus_tui.providers.base import Provider
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.http import Deadlines, checked_base, host_of, is_loopback, make_client
from hephaestus_tui.providers.local_models import listed_models
from hephaestus_tui.providers.openai import OpenAIWire
from hephaestus_tui.providers.price_list import PriceList, read_prices
from hephaestus_tui.providers.responses import ResponsesWire
from hephaestus_tui.providers.script_file import load_script
from hephaestus_tui.providers.scripted import ScriptedProvider
from hephaestus_tui.providers.window_list import WindowList, read_windows
from hephaestus_tui.providers.wire import WireProvider
from hephaestus_tui.session import Finds, Found

SCRIPTED = "scripted"
PROBE_SECONDS = 1.0

WIRES: dict[Dialect, type[OpenAIWire] | type[AnthropicWire] | type[ResponsesWire]] = {
    Dialect.OPENAI: OpenAIWire,
    Dialect.ANTHROPIC: AnthropicWire,
    Dialect.RESPONSES: ResponsesWire,
}

PRESETS: dict[str, ProviderSettings] = {
    "anthropic": ProviderSettings(
        dialect=Dialect.ANTHROPIC, base_url="https://api.anthropic.com", api_key_env="ANTHROPIC_API_KEY"
    ),
    "openai": ProviderSettings(
        dialect=Dialect.OPENAI, base_url="https://api.openai.com/v1", api_key_env="OPENAI_API_KEY"
    ),
    "openai-responses": ProviderSettings(
        dialect=Dialect.RESPONSES, base_url="https://api.openai.com/v1", api_key_env="OPENAI_API_KEY"
    ),
    "ollama": ProviderSettings(dialect=Dialect.OPENAI, base_url="http://127.0.0.1:11434/v1"),
    "llamacpp": ProviderSettings(dialect=Dialect.OPENAI, base_url="http://127.0.0.1:8080/v1"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderReport:
    """What `doctor` may say of a provider. `has_key` is None where none is wanted, `answers` where it was not asked."""

    name: str
    dialect: Dialect
    host: str
    key_env: str | None
    has_key: bool | None
    answers: bool | None


class Registry:
    """The providers of one process, each made when it is first asked for. `environ` is where the keys are read from."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], speed: float = 1.0) -> None:
        self._known = PRESETS | settings.providers
        self._prices = settings.prices
        self._patience = settings.limits.outage_seconds or math.inf
        self._windows = settings.windows
        self._listed: PriceList | None = None
        self._listed_windows: WindowList | None = None
        self._environ = environ
        self._speed = speed
        self._made: dict[str, Provider] = {}

    def resolve(self, word: str) -> tuple[Provider, str]:
        """The provider and the model's name of "PROVIDER:MODEL". Raises UsageError, ConfigError."""
        name, colon, model = word.partition(":")
        if not name.strip() or not colon or not model.strip():
            shown = f"{word!r} is not a model" if word.strip() else "No model was chosen"
            raise UsageError(f"{shown}. Write PROVIDER:MODEL, with one of these providers: {self._names()}.")
        if name == SCRIPTED:
            if word not in self._made:
                self._made[word] = ScriptedProvider(load_script(Path(model).expanduser()), model, speed=self._speed)
            return self._made[word], model
        if name not in self._known:
            raise UsageError(f"There is no provider {name!r}. These exist: {self._names()}.")
        if name not in self._made:
            self._made[name] = self._make(name, self._known[name])
        return self._made[name], model

    def check(self, word: str) -> None:
        """Whether a model can be asked at all, without asking it: its provider exists, and its key is set.

        Raises UsageError, ConfigError.
        """
        self.resolve(word)
        known = self._known.get(word.partition(":")[0])
        if known and known.api_key_env and not self._environ.get(known.api_key_env, "").strip():
            raise UsageError(f"No key for {word}: set {known.api_key_env} in the environment, then start again.")

    def _names(self) -> str:
        return ", ".join([*self._known, f"{SCRIPTED} (with a file)"])

    def _make(self, name: str, settings: ProviderSettings) -> Provider:
        base = _base(name, settings)
        who = Who(name=name, host=host_of(base), key_env=settings.api_key_env)
        wire = WIRES[settings.dialect](who, settings.extra, settings.cache)
        key_env = settings.api_key_env

        def key() -> str | None:
            return self._environ.get(key_env) if key_env else None

        def price(model: str) -> Price | None:
            known = self._prices.get(f"{name}:{model}") or self._prices.get(model)
            # what runs on this machine without a key is free
            free = Price(input=0.0, output=0.0) if is_loopback(base) and not key_env else None
            return known or free or self._price_list().price(base.host, model)

        def window(model: str) -> int | None:
            for word in (f"{name}:{model}", model):
                if word in self._windows:
                    return self._windows[word]
            return self._window_list().window(base.host, model)

        return WireProvider(who, base, wire, key=key, price=price, window=window, patience=self._patience)

    def _window_list(self) -> WindowList:
        if self._listed_windows is None:
            self._listed_windows = read_windows()
        return self._listed_windows

    def _price_list(self) -> PriceList:
        if self._listed is None:
            self._listed = read_prices()
        return self._listed

    async def probe(self) -> list[ProviderReport]:
        """Every configured provider: whether its key is set and, on this machine only, whether something answers.

        Nothing leaves the machine. Raises ConfigError.
        """
        return list(await asyncio.gather(*(self._report(name, known) for name, known in self._known.items())))

    async def finds(self, model: str) -> Finds:
        """What could be asked: `model`, every provider with a key that is set, and every server here that lists its models.

        Nothing leaves the machine, and no key is sent. Raises ConfigError.
        """
        fault = ""
        try:
            if model:
                self.check(model)
        except UsageError as error:
            fault = str(error)
        each = await asyncio.gather(*(self._find(name, known) for name, known in self._known.items()))
        return Finds(model=model, fault=fault, found=tuple(found for found in each if found is not None))

    async def _find(self, name: str, settings: ProviderSettings) -> Found | None:
        base, key_env = _base(name, settings), settings.api_key_env
        if key_env:
            has_key = bool(self._environ.get(key_env, "").strip())
            priced = tuple(reversed(tuple(self._price_list().hosts.get(base.host, ()))))  # newer names come later
            return Found(provider=name, key_env=key_env, models=priced) if has_key else None
        models = await listed_models(name, base) if is_loopback(base) else None
        return None if models is None else Found(provider=name, host=host_of(base), models=models)

    async def _report(self, name: str, settings: ProviderSettings) -> ProviderReport:
        base = _base(name, settings)
        key_env = settings.api_key_env
        return ProviderReport(
            name=name,
            dialect=settings.dialect,
            host=host_of(base),
            key_env=key_env,
            has_key=bool(self._environ.get(key_env, "").strip()) if key_env else None,
            answers=await _answers(name, base) if is_loopback(base) else None,
        )

    async def aclose(self) -> None:
        """Close every connection; what is still streaming is cut."""
        made, self._made = self._made, {}
        for provider in made.values():
            await provider.aclose()


def _base(name: str, settings: ProviderSettings) -> httpx.URL:
    """The address under which the dialect's paths lie: Anthropic's hold the version themselves."""
    base = checked_base(name, settings.base_url)
    if settings.dialect is Dialect.ANTHROPIC:
        return httpx.URL(str(base).rstrip("/").removesuffix("/v1"))
    return base


async def _answers(name: str, base: httpx.URL) -> bool:
    """Whether an HTTP server answers at all; no key goes along."""
    try:
        async with (
            asyncio.timeout(PROBE_SECONDS),
            make_client(name, base, dict, Deadlines(connect=PROBE_SECONDS)) as client,
            client.stream("GET", f"{base}/models"),
        ):
            return True
    except (TimeoutError, httpx.HTTPError):
        return False
