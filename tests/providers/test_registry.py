"""From "PROVIDER:MODEL" to something that answers, and what `doctor` may say about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from hephaestus_tui.config import Dialect, Price, ProviderSettings, Settings
from hephaestus_tui.domain.errors import ConfigError, UsageError
from hephaestus_tui.providers.base import TurnEnd, TurnRequest
from hephaestus_tui.providers.errors import AuthFailed
from hephaestus_tui.providers.registry import Registry
from hephaestus_tui.providers.scripted import ScriptedProvider
from hephaestus_tui.providers.secret import Secret

Serve: TypeAlias = Callable[..., Awaitable[tuple[str, list[bytes]]]]
Ask: TypeAlias = Callable[..., TurnRequest]

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


def local(url: str, dialect: Dialect = Dialect.OPENAI, key_env: str | None = None) -> Settings:
    provider = ProviderSettings(dialect=dialect, base_url=url, api_key_env=key_env)
    return Settings(providers={"forge": provider}, prices={"forge:priced": Price(input=1.0, output=1.0)})


async def test_words_that_name_nothing() -> None:
    registry = Registry(local("http://127.0.0.1:1"), {})
    for word in ("", "openai", "openai:", ":x", " : "):
        with pytest.raises(
            UsageError,
            match=r"Write PROVIDER:MODEL, with one of these providers: anthropic, openai, openai-responses, ollama, llamacpp, forge",
        ):
            registry.resolve(word)
    with pytest.raises(UsageError, match="no provider 'opneai'"):
        registry.resolve("opneai:x")
    with pytest.raises(ConfigError, match="cannot be read"):
        registry.resolve("scripted:/nowhere.toml")


async def test_one_provider_for_all_its_models_and_a_model_with_a_colon() -> None:
    registry = Registry(Settings(), {})
    first, model = registry.resolve("ollama:qwen3:4b")
    second, _ = registry.resolve("ollama:other")
    assert model == "qwen3:4b"
    assert first is second
    await registry.aclose()


async def test_a_script_is_a_provider(tmp_path: Path, ask: Ask) -> None:
    path = tmp_path / "s.toml"
    path.write_text('rate = 0\n[[agent]]\nname = "a"\n[[agent.turn]]\ntext = "x"\ndelay = 9.0', encoding="utf-8")
    registry = Registry(Settings(), {}, speed=float("inf"))
    provider, model = registry.resolve(f"scripted:{path}")
    assert isinstance(provider, ScriptedProvider)
    assert model == str(path)
    assert isinstance([item async for item in provider.stream(ask())][-1], TurnEnd)


@pytest.mark.parametrize(
    "address",
    ["ftp://x/v1", "https://", "https://user:pw@host/v1", "https://host/v1?k=1", "https://a b/", "https://[", "host"],
)
async def test_a_base_url_that_is_none(address: str) -> None:
    with pytest.raises(ConfigError, match="base_url of provider 'forge'"):
        Registry(local(address), {}).resolve("forge:x")


async def test_keys_come_from_the_environment_when_they_are_needed(ask: Ask) -> None:
    environ: dict[str, str] = {}
    provider, _ = Registry(Settings(), environ).resolve("anthropic:claude")
    with pytest.raises(AuthFailed, match="ANTHROPIC_API_KEY is not set"):
        await anext(provider.stream(ask()))


def test_a_missing_key_is_found_before_anything_is_asked() -> None:
    with pytest.raises(UsageError, match="set ANTHROPIC_API_KEY"):
        Registry(Settings(), {"ANTHROPIC_API_KEY": " "}).check("anthropic:claude")
    Registry(Settings(), {"ANTHROPIC_API_KEY": "k"}).check("anthropic:claude")
    Registry(Settings(), {}).check("ollama:x")


@pytest.mark.parametrize("suffix", ["", "/", "/v1"])
async def test_a_messages_address_may_hold_the_version(
    suffix: str, serve: Serve, ask: Ask, recorded: Callable[[str], bytes]
) -> None:
    url, requests = await serve([HEAD, recorded("messages_tool_over_openai.sse")])
    registry = Registry(local(url + suffix, Dialect.ANTHROPIC), {})
    provider, model = registry.resolve("forge:priced")
    end = [item async for item in provider.stream(ask(model=model))][-1]
    assert isinstance(end, TurnEnd)
    assert end.usage.cost == pytest.approx(140e-6), "cached tokens for which no price is named cost as much as others"
    assert requests[0].startswith(b"POST /v1/messages ")
    end = [item async for item in provider.stream(ask(model="unpriced"))][-1]
    assert isinstance(end, TurnEnd)
    assert end.usage.cost == 0.0, "this machine without a key is free"
    await registry.aclose()


async def test_a_price_that_nobody_knows(serve: Serve, ask: Ask, recorded: Callable[[str], bytes]) -> None:
    url, _ = await serve([HEAD, recorded("mock_chat.sse")])
    registry = Registry(local(url, key_env="FORGE_KEY"), {"FORGE_KEY": "k-1"})
    provider, _ = registry.resolve("forge:x")
    end = [item async for item in provider.stream(ask())][-1]
    assert isinstance(end, TurnEnd)
    assert end.usage.cost is None
    await registry.aclose()


async def test_doctor_learns_of_keys_and_of_this_machine_only(serve: Serve) -> None:
    url, requests = await serve([b"HTTP/1.1 404 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"])
    registry = Registry(
        local(url + "/v1", key_env="FORGE_KEY"), {"OPENAI_API_KEY": "sk-canary-1", "FORGE_KEY": "sk-canary-2"}
    )
    reports = {report.name: report for report in await registry.probe()}
    assert [(r.name, r.has_key) for r in reports.values()] == [
        ("anthropic", False),
        ("openai", True),
        ("openai-responses", True),
        ("ollama", None),
        ("llamacpp", None),
        ("forge", True),
    ]
    assert reports["openai"].answers is None
    assert reports["forge"].answers is True
    assert "canary" not in repr(reports)
    assert b"canary" not in requests[0]


def test_a_secret_shows_nowhere() -> None:
    secret = Secret("sk-canary-3")
    assert f"{secret} {secret!r} {[secret]}" == "*** *** [***]"
    assert secret.redact("refused sk-canary-3 and sk-ca***ry-3x") == "refused *** and ***"
    with pytest.raises(TypeError):
        secret.__reduce__()
