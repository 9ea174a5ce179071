"""The shipped prices: of a day, of the vendor's own host alone, and never guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hephaestus_tui.config import Price, Settings
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.providers.draft import priced
from hephaestus_tui.providers.price_list import read_prices
from hephaestus_tui.providers.registry import Registry


def test_what_is_shipped_has_a_day_and_is_worth_reading() -> None:
    shipped = read_prices()
    assert date(2026, 11, 1) <= shipped.as_of <= date.today()
    for prices in shipped.hosts.values():
        for model, price in prices.items():
            assert 0 < price.input <= price.output, model
            assert price.cache_read is not None, model
            assert price.cache_read < price.input, model


@pytest.mark.parametrize("name", ["gpt-5", "gpt-5-2025-08-07", "gpt-5-latest"])
def test_a_dated_name_is_the_same_model(name: str) -> None:
    assert read_prices().price("api.openai.com", name) == Price(input=1.25, output=10.0, cache_read=0.125)


@pytest.mark.parametrize(
    ("host", "model"), [("api.openai.com", "gpt-5-turbo"), ("proxy.example", "gpt-5"), ("api.anthropic.com", "gpt-5")]
)
def test_what_is_not_known_is_unknown(host: str, model: str) -> None:
    assert read_prices().price(host, model) is None


def test_cached_tokens_cost_what_the_vendor_asks_or_as_much_as_others() -> None:
    usage = Usage(input=1_000_000, output=0, cache_read=1_000_000, cache_write=1_000_000)
    assert priced(usage, Price(input=1.0, output=5.0, cache_read=0.1, cache_write=1.25)).cost == pytest.approx(2.35)
    assert priced(usage, Price(input=1.0, output=5.0)).cost == pytest.approx(3.0)
    assert priced(usage, None).cost is None


def test_a_persons_own_price_overrules_the_shipped_one() -> None:
    own = Settings(prices={"openai:gpt-5": Price(input=7.0, output=7.0)})
    for settings, cost in ((Settings(), 1.25), (own, 7.0)):
        provider, model = Registry(settings, {}).resolve("openai:gpt-5")
        assert provider.price(model) is not None
        assert priced(Usage(input=1_000_000), provider.price(model)).cost == pytest.approx(cost)
    provider, model = Registry(Settings(), {}).resolve("openai:nobody-knows")
    assert provider.price(model) is None


@pytest.mark.parametrize("text", ["", "as_of = 3", 'as_of = 2026-11-24\n[h]\nm = { input = "x" }', "not toml"])
def test_a_file_that_is_no_price_list_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"p\.toml cannot be read"):
        read_prices(path)
