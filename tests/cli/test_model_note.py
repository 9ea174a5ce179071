"""Who has chosen no model is told so before they type a goal, and nobody else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.cli.app import model_notes


@pytest.mark.parametrize(
    ("options", "environ", "table"),
    [
        ({"model": "ollama:x"}, {}, {}),
        ({"model": None}, {"HEPHAESTUS_MODEL": "ollama:x"}, {}),
        ({"model": None}, {}, {"model": "ollama:x"}),
    ],
)
def test_a_model_that_is_named_anywhere_needs_no_note(
    options: dict[str, Any], environ: dict[str, str], table: dict[str, str], tmp_path: Path
) -> None:
    folders = {"HEPHAESTUS_CONFIG": str(tmp_path), "HEPHAESTUS_HOME": str(tmp_path)}
    opening = Opening(project=tmp_path, store=tmp_path / "x.db", options=options, environ=folders | environ)
    assert model_notes(opening, table) == []
    nameless = Opening(project=tmp_path, store=tmp_path / "x.db", options={"model": None}, environ=folders)
    (note,) = model_notes(nameless, {})
    assert "No model is chosen" in note
    assert str(tmp_path / "config.toml") in note
