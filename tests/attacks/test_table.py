"""The table of attacks names tests that exist; without this it would promise what nobody tries any more."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_test_that_the_table_names_exists() -> None:
    named = NAMED.findall((Path(__file__).parent / "README.md").read_text("utf-8"))
    assert len(named) > 50
    gone = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).is_file() or f"def {test}(" not in (ROOT / path).read_text("utf-8")
    ]
    assert gone == []
