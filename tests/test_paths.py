"""Everything lies outside the project, where its owner finds it, and where nobody else may write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hephaestus_tui.domain.errors import StoreError, UsageError
from hephaestus_tui.paths import (
    Places,
    anywhere,
    make_folder,
    make_private,
    project_folder,
    project_notes,
    shipped,
    socket_path,
)

HOME = {"HOME": "/home/ada"}


@pytest.mark.parametrize(
    ("environ", "state", "config"),
    [
        ({}, "/home/ada/.local/state/hephaestus", "/home/ada/.config/hephaestus"),
        ({"XDG_STATE_HOME": "/s", "XDG_CONFIG_HOME": "/c"}, "/s/hephaestus", "/c/hephaestus"),
        (
            {"XDG_STATE_HOME": "s", "XDG_CONFIG_HOME": ""},
            "/home/ada/.local/state/hephaestus",
            "/home/ada/.config/hephaestus",
        ),
        ({"HEPHAESTUS_HOME": "/h", "HEPHAESTUS_CONFIG": "/g", "XDG_STATE_HOME": "/s"}, "/h", "/g"),
        (
            {"HEPHAESTUS_HOME": "", "HEPHAESTUS_CONFIG": ""},
            "/home/ada/.local/state/hephaestus",
            "/home/ada/.config/hephaestus",
        ),
    ],
)
def test_places_follow_the_variables(environ, state, config) -> None:
    places = Places.of(HOME | environ)
    assert (places.state, places.config) == (Path(state), Path(config))
    assert places.role_folders() == (shipped("prompts"), Path(config) / "roles")
    assert places.theme_folders() == (shipped("themes"), Path(config) / "themes")


def test_a_relative_place_is_made_absolute_at_once(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Places.of(HOME | {"HEPHAESTUS_HOME": "mine"}).state == tmp_path / "mine"


def test_the_settings_folder_is_no_file(tmp_path) -> None:
    (tmp_path / "config.toml").write_text("")
    with pytest.raises(UsageError, match="name its folder"):
        Places.of(HOME | {"HEPHAESTUS_CONFIG": str(tmp_path / "config.toml")})


def test_a_home_that_does_not_exist_is_told() -> None:
    with pytest.raises(UsageError, match="leads nowhere"):
        Places.of({"HEPHAESTUS_HOME": "~no-such-person/x"})


def test_two_projects_of_one_name_differ_and_a_link_is_its_target(tmp_path) -> None:
    places = Places.of(HOME)
    for name in ("a", "b"):
        (tmp_path / name / "my project!").mkdir(parents=True)
    first, second = (places.project_store(tmp_path / name / "my project!") for name in ("a", "b"))
    assert first != second
    assert first.parent.name.startswith("my-project-")
    (tmp_path / "link").symlink_to(tmp_path / "a" / "my project!")
    assert places.project_store(tmp_path / "link") == first
    assert places.project_store(Path("/")).parent.name.startswith("root-")


def test_shipped_folders_are_there() -> None:
    assert list(shipped("themes").glob("*.toml"))
    assert list(shipped("prompts").glob("*.md"))


def test_a_socket_lies_beside_a_private_store(tmp_path) -> None:
    folder = tmp_path / "s"
    folder.mkdir(mode=0o700)
    assert socket_path(folder / "x.db") == folder / "x.sock"


def test_where_others_may_write_or_the_path_is_deep_the_socket_lies_in_a_folder_of_its_own(tmp_path) -> None:
    shared = tmp_path / "s"
    shared.mkdir()
    shared.chmod(0o777)
    deep = tmp_path / ("d" * 120)
    deep.mkdir(mode=0o700)
    for folder in (shared, deep, tmp_path / "not there"):
        found = socket_path(folder / "x.db")
        assert found.parent == Path(f"/tmp/hephaestus-{os.geteuid()}")
        assert found == socket_path(folder / "x.db")
        assert found != socket_path(folder / "y.db")
        assert len(os.fsencode(found)) <= 100


def test_a_project_is_a_folder_that_can_be_entered(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p").mkdir()
    assert project_folder(None) == tmp_path
    assert project_folder("p") == tmp_path / "p"
    assert project_folder(str(tmp_path / "p")) == tmp_path / "p"
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("")
    for word in ("none", "file", "file/x", "loop", "x" * 300, "p\udcff"):
        with pytest.raises(UsageError, match="is not a folder: name the project's folder with --project"):
            project_folder(word)


def test_what_a_person_should_know_of_a_project_is_noted(tmp_path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    without_git, empty = project_notes(bare)
    assert "is not under git" in without_git
    assert "is empty" in empty
    (bare / ".git").mkdir()
    assert ["is empty" in note for note in project_notes(bare)] == [True]
    (bare / "a").mkdir()
    assert project_notes(bare) == ()
    assert [("is empty" in note) for note in project_notes(bare / "a")] == [True]


def test_state_folders_are_made_private_all_the_way(tmp_path) -> None:
    before = os.umask(0)
    try:
        make_private(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)
    for folder in ("a", "a/b", "a/b/c"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700
    make_private(tmp_path / "a" / "b" / "c")


def test_a_state_folder_that_others_may_write_is_refused(tmp_path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o770)
    with pytest.raises(StoreError, match=f"chmod 700 {tmp_path / 'open'}"):
        make_private(tmp_path / "open")
    make_folder(tmp_path / "open")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_state_folder_of_someone_else_is_refused(tmp_path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", 12345, 12345)
    with pytest.raises(StoreError, match="belongs to someone else"):
        make_private(tmp_path / "theirs")


@pytest.mark.parametrize("name", ["file", "file/below", "loop/below"])
def test_what_is_in_the_way_of_a_folder_is_told(tmp_path, name) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(StoreError, match=r"cannot be made: .*Set HEPHAESTUS_HOME to a folder you can write"):
        make_folder(tmp_path / name)


def test_a_typed_path_may_begin_at_home(monkeypatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert anywhere("~/x") == Path("/home/ada/x")
