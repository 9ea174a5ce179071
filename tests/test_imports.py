"""What a clean interpreter loads: the first screen must not wait for libraries that it does not show."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("hephaestus_tui.ui.app", {"pydantic", "httpx", "sqlite_utils", "sqlite3", "markdown_it"}),
        ("hephaestus_tui.session", {"pydantic", "httpx", "sqlite_utils", "textual", "rich"}),
        ("hephaestus_tui.domain.state", {"pydantic", "httpx", "sqlite_utils", "textual", "rich"}),
        ("hephaestus_tui.engine.local", {"textual"}),
    ],
)
def test_a_module_loads_nothing_it_does_not_need(module: str, absent: set[str]) -> None:
    assert loaded_by(module) & absent == set()


def test_the_list_of_runs_waits_for_nothing_of_the_run_itself() -> None:
    code = "import sys, hephaestus_tui.cli.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    ours = {name for name in done.stdout.split() if name.startswith("hephaestus_tui.")}
    facts = {name for name in ours if name.startswith(("hephaestus_tui.domain.facts", "hephaestus_tui.domain.state"))}
    assert (facts, "hephaestus_tui.ui.actions.registry" in ours, "hephaestus_tui.ui.bridge" in ours) == (
        set(),
        False,
        False,
    )
