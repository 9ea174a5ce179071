"""How much a model takes: what is shipped and its date, what a person says over it, and a file that is no such list."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hephaestus_tui.config import Dialect, ProviderSettings, Settings
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.providers.price_list import read_prices
from hephaestus_tui.providers.registry import Registry
from hephaestus_tui.providers.window_list import read_windows


def test_what_is_shipped_is_dated_and_has_every_model_that_has_a_price() -> None:
    shipped = read_windows()
    assert shipped.as_of >= date(2026, 11, 24)
    for host, prices in read_prices().hosts.items():
        assert not prices.keys() - shipped.hosts[host].keys()
    assert all(window >= 100_000 for windows in shipped.hosts.values() for window in windows.values())


@pytest.mark.parametrize(
    ("host", "model", "window"),
    [
        ("api.anthropic.com", "claude-haiku-4-5", 200_000),
        ("api.anthropic.com", "claude-haiku-4-5-20251001", 200_000),
        ("api.anthropic.com", "claude-haiku-4", None),
        ("proxy.example", "claude-haiku-4-5", None),
    ],
)
def test_a_window_is_that_of_the_vendors_own_host_and_of_a_dated_name_too(
    host: str, model: str, window: int | None
) -> None:
    assert read_windows().window(host, model) == window


async def test_the_settings_overrule_and_0_is_no_limit() -> None:
    local = ProviderSettings(dialect=Dialect.OPENAI, base_url="http://127.0.0.1:9/v1")
    windows = {"local:m": 9_000, "n": 5_000, "openai:gpt-5": 0}
    registry = Registry(Settings(providers={"local": local}, windows=windows), {})
    for word, window in (("local:m", 9_000), ("local:n", 5_000), ("local:o", None), ("openai:gpt-5", 0)):
        provider, model = registry.resolve(word)
        assert provider.window(model) == window
    await registry.aclose()


@pytest.mark.parametrize(
    "text", ["as_of = 1", "nonsense", 'as_of = 2026-01-01\n["h"]\nm = "x"', "as_of = 2026-01-01\n[h]\nm = 0"]
)
def test_a_file_that_is_no_such_list_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "windows.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"windows\.toml"):
        read_windows(path)
