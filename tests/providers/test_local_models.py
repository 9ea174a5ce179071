"""What is found on this machine: lists of models, and nothing that merely listens at the same port."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from hephaestus_tui.config import Dialect, ProviderSettings, Settings
from hephaestus_tui.providers.local_models import MODELS_KEPT, listed_models
from hephaestus_tui.providers.registry import PRESETS, Registry
from hephaestus_tui.session import Found


def answer(body: str, status: str = "200 OK") -> list[bytes]:
    return [f"HTTP/1.1 {status}\r\ncontent-length: {len(body.encode())}\r\nconnection: close\r\n\r\n{body}".encode()]


def listing(*names: object) -> str:
    return json.dumps({"object": "list", "data": [{"id": name} for name in names]})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (listing("qwen3:8b", "gemma3:4b"), ("qwen3:8b", "gemma3:4b")),
        (listing("a", 3, None, ""), ("a",)),
        (listing(*map(str, range(50))), tuple(map(str, range(MODELS_KEPT)))),
        ('{"object": "list", "data": null}', ()),
        ("<html>a web server of someone's own</html>", None),
        ('{"data": "none"}', None),
        ('["a"]', None),
        ("[" * 100_000, None),
    ],
)
async def test_only_a_list_of_models_is_one(serve: Any, body: str, expected: tuple[str, ...] | None) -> None:
    url, _ = await serve(answer(body))
    assert await listed_models("local", httpx.URL(url + "/v1")) == expected


async def test_a_server_that_refuses_or_is_not_there_is_none(serve: Any) -> None:
    url, _ = await serve(answer(listing("a"), "404 Not Found"))
    assert await listed_models("local", httpx.URL(url + "/v1")) is None
    assert await listed_models("local", httpx.URL("http://127.0.0.1:1/v1")) is None


async def test_keys_are_found_by_name_and_sent_nowhere(serve: Any) -> None:
    url, requests = await serve(answer(listing("qwen3:8b")))
    there = ProviderSettings(dialect=Dialect.OPENAI, base_url=url + "/v1")
    # the real ports may be in use on this machine
    closed = {
        name: ProviderSettings(dialect=Dialect.OPENAI, base_url="http://127.0.0.1:1/v1") for name in ("llamacpp",)
    }
    settings = Settings(providers={**closed, "ollama": there})
    registry = Registry(settings, {"OPENAI_API_KEY": "sk-canary-1", "ANTHROPIC_API_KEY": " "})
    finds = await registry.finds("anthropic:x")
    priced = finds.found[0].models
    assert "gpt-5" in priced
    assert finds.found == (
        Found(provider="openai", key_env="OPENAI_API_KEY", models=priced),
        Found(provider="openai-responses", key_env="OPENAI_API_KEY", models=priced),
        Found(provider="ollama", host=httpx.URL(url).netloc.decode(), models=("qwen3:8b",)),
    )
    assert "set ANTHROPIC_API_KEY" in finds.fault
    assert "canary" not in repr(finds)
    assert b"canary" not in requests[0]
    assert (await registry.finds("ollama:qwen3:8b")).fault == ""


def test_both_common_servers_are_known_by_their_usual_ports() -> None:
    assert [PRESETS[name].base_url for name in ("ollama", "llamacpp")] == [
        "http://127.0.0.1:11434/v1",
        "http://127.0.0.1:8080/v1",
    ]
