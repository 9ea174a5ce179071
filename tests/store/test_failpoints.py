from __future__ import annotations

from collections.abc import Iterator

import pytest

from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.store import failpoints


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    failpoints.arm("")


def test_only_the_named_hit_raises() -> None:
    failpoints.arm("a=raise@2,b=raise@1")
    failpoints.hit("a")
    failpoints.hit("unknown")
    with pytest.raises(OSError, match="failpoint a"):
        failpoints.hit("a")
    failpoints.hit("a")
    with pytest.raises(OSError, match="failpoint b"):
        failpoints.hit("b")


def test_nothing_is_armed_without_the_variable() -> None:
    failpoints.arm("a=raise@1")
    failpoints.arm("")
    failpoints.hit("a")


@pytest.mark.parametrize("text", ["a", "a=kill", "a=raise@", "a=raise@0", "a=explode@1", "a=raise@-1"])
def test_a_malformed_setting_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="NAME=kill@COUNT"):
        failpoints.arm(text)
