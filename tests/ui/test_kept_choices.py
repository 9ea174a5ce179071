"""A file of ours beside the runs may hold anything: the app starts as if nothing had been chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from hephaestus_tui.bootstrap import model_choice, pane_choice, theme_choice


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\xff\xfe{",
        b"[" * 100_000,
        b"9" * 5_000,
        b'{"3": [' + b"9" * 400 + b"]}",
        b'{"3": 1, "model": [], "theme": {}, "settings": "forge"}',
        b'{"x": []}',
        b'{"3": [NaN, Infinity, 1]}',
        b"[]",
        b"null",
    ],
)
def test_whatever_stands_there_the_app_begins_as_without(tmp_path: Path, broken: bytes) -> None:
    for module in (model_choice, pane_choice, theme_choice):
        (tmp_path / module.FILE).write_bytes(broken)
    assert pane_choice.chosen_panes(tmp_path) == {}
    assert model_choice.chosen_model(tmp_path) == ""
    assert theme_choice.chosen_theme(tmp_path, "forge") == "forge"


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    pane_choice.keep_panes(tmp_path, {3: (0.5, 0.25, 0.25)})
    model_choice.keep_model(tmp_path, "a:b")
    theme_choice.keep_theme(tmp_path, "forge", "mono")
    assert pane_choice.chosen_panes(tmp_path) == {3: (0.5, 0.25, 0.25)}
    assert model_choice.chosen_model(tmp_path) == "a:b"
    assert theme_choice.chosen_theme(tmp_path, "forge") == "mono"
    pane_choice.keep_panes(tmp_path, {})
    theme_choice.keep_theme(tmp_path, "forge", "forge")
    assert [path.name for path in tmp_path.iterdir()] == [model_choice.FILE]
