"""An image of a workspace is shown by the system's own program, and by no other, and nothing but an image is."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hephaestus_tui.bootstrap.looker import SystemLooker
from hephaestus_tui.domain.errors import CannotShow

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8) + b"\0\0\2\x80\0\0\1\xe0" + bytes(400)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    (made / "shot.png").write_bytes(PNG)
    return made


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A system whose programs write down what they are started with."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("xdg-open", "open"):
        script = programs / name
        script.write_text(f'#!/bin/sh\necho "{name} $# $1 key=$SOME_KEY" >> {tmp_path}/started\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{programs}:/usr/bin:/bin", "DISPLAY": ":0", "SOME_KEY": "hidden"}


def started(tmp_path: Path) -> str:
    file = tmp_path / "started"
    return file.read_text() if file.exists() else ""


@pytest.mark.parametrize(("platform", "program"), [("linux", "xdg-open"), ("darwin", "open")])
async def test_it_is_given_the_file_and_no_key(
    platform: str, program: str, tmp_path: Path, folder: Path, environ: dict[str, str]
) -> None:
    named = "a $(touch x); b.png"
    (folder / named).write_bytes(PNG)
    assert await SystemLooker(environ, platform=platform).show(str(folder), named) == f"opened by {program}"
    assert started(tmp_path) == f"{program} 1 {folder / named} key=\n"


async def test_without_display_or_program_it_says_where_the_file_is(folder: Path, environ: dict[str, str]) -> None:
    with pytest.raises(CannotShow, match=rf"no display here.* {folder}/shot.png"):
        await SystemLooker({**environ, "DISPLAY": ""}, platform="linux").show(str(folder), "shot.png")
    with pytest.raises(CannotShow, match=rf"no xdg-open here.* {folder}/shot.png"):
        await SystemLooker({**environ, "PATH": "/nowhere"}, platform="linux").show(str(folder), "shot.png")


async def test_a_program_that_fails_is_told(tmp_path: Path, folder: Path, environ: dict[str, str]) -> None:
    (tmp_path / "programs" / "xdg-open").write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(CannotShow, match=r"could not show it .exit 3."):
        await SystemLooker(environ, platform="linux").show(str(folder), "shot.png")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("run.command", "not named like"),
        ("run.desktop", "not named like"),
        ("bare", "not named like"),
        ("text.png", "no image any more"),
        ("gone.png", "cannot be opened"),
        ("link.png", "links are not followed"),
        ("../shot.png", "may not contain"),
        ("/etc/passwd", "outside the workspace"),
        ("in/shot.png", "links are not followed"),
        ("a\0.png", "no path"),
    ],
)
async def test_nothing_else_is_opened(
    path: str, why: str, tmp_path: Path, folder: Path, environ: dict[str, str]
) -> None:
    for name in ("run.command", "run.desktop", "bare"):
        (folder / name).write_bytes(PNG + b"\necho owned\n")
    (tmp_path / "shot.png").write_bytes(PNG)
    (folder / "text.png").write_text("no picture")
    (folder / "link.png").symlink_to(tmp_path / "shot.png")
    (folder / "in").symlink_to(tmp_path)
    with pytest.raises(CannotShow, match=why):
        await SystemLooker(environ, platform="linux").show(str(folder), path)
    assert not started(tmp_path)
