"""Running a person's own editor: the private file, every way in which it can fail, and that nothing is lost by any."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hephaestus_tui.bootstrap.editor import LARGEST, TerminalEditor
from hephaestus_tui.domain.errors import EditorFailed
from hephaestus_tui.first_look import key_variables

TEXT = "+++\n+++\n# Täsk\n"
Made = Callable[..., TerminalEditor]


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def made(tmp_path: Path, spool: Path) -> Made:
    """An editor that is a few lines of Python, `path` the file that it is to edit."""

    def make(code: str, variable: str = "EDITOR", **environ: str) -> TerminalEditor:
        script = tmp_path / "an editor.py"
        script.write_text(f"import os, sys, signal, pathlib\npath = pathlib.Path(sys.argv[-1])\n{code}\n")
        command = f"{sys.executable} '{script}' --wait"
        return TerminalEditor({"PATH": os.environ["PATH"], variable: command, **environ}, tmp_path / "state" / "drafts")

    return make


def kept(editor: TerminalEditor) -> list[Path]:
    return sorted(editor._folder.glob("*"))


async def test_it_gives_back_what_was_stored_and_leaves_no_file(made: Made, spool: Path, tmp_path: Path) -> None:
    editor = made(
        "text = path.read_text(encoding='utf-8')\n"
        f"pathlib.Path({str(tmp_path / 'seen')!r}).write_text(f'{{path}} {{path.stat().st_mode:o}} {{path.parent.stat().st_mode:o}}')\n"
        "(path.parent / 'T3.md~').write_text(text)\n"
        "path.write_text(text + 'more', encoding='utf-8')"
    )
    assert await editor.edit(TEXT, "T3") == TEXT + "more"
    path, mode, folder_mode = (tmp_path / "seen").read_text().split()
    assert Path(path).name == "T3.md"
    assert stat.S_IMODE(int(mode, 8)) == 0o600
    assert stat.S_IMODE(int(folder_mode, 8)) == 0o700
    assert list(spool.iterdir()) == []
    assert kept(editor) == []


async def test_visual_goes_before_editor_and_an_empty_one_is_none(made: Made) -> None:
    editor = made("path.write_text('visual')", "VISUAL", EDITOR="/nowhere/vi")
    assert await editor.edit(TEXT, "T3") == "visual"
    editor = made("path.write_text('editor')", VISUAL="  ")
    assert await editor.edit(TEXT, "T3") == "editor"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "put its command into VISUAL or EDITOR"),
        ({"EDITOR": " "}, "put its command into VISUAL or EDITOR"),
        ({"EDITOR": "vi 'unclosed"}, "EDITOR is no command (No closing quotation)"),
        ({"VISUAL": "/nowhere/vi -f"}, "The editor /nowhere/vi cannot be started (No such file or directory)"),
        ({"VISUAL": "/"}, "The editor / cannot be started (Permission denied)"),
        ({"VISUAL": "no\0thing"}, "cannot be started (embedded null byte)"),
    ],
)
async def test_an_editor_that_cannot_be_started(
    environ: dict[str, str], words: str, tmp_path: Path, spool: Path
) -> None:
    with pytest.raises(EditorFailed) as caught:
        await TerminalEditor(environ, tmp_path).edit(TEXT, "T3")
    assert words in str(caught.value)
    assert caught.value.text is None
    assert list(spool.iterdir()) == []


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("sys.exit(3)", "ended with code 3: what it had stored is kept"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "was killed (SIGKILL)"),
    ],
)
async def test_an_editor_that_fails_after_it_stored_something(made: Made, spool: Path, end: str, words: str) -> None:
    with pytest.raises(EditorFailed) as caught:
        await made(f"path.write_text('written')\n{end}").edit(TEXT, "T3")
    assert words in str(caught.value)
    assert caught.value.text == "written"
    assert list(spool.iterdir()) == []


async def test_a_file_that_is_gone(made: Made) -> None:
    with pytest.raises(EditorFailed, match="not there any more") as caught:
        await made("path.unlink()").edit(TEXT, "T3")
    assert caught.value.text == TEXT


async def test_a_file_that_is_not_utf_8_is_kept_as_it_is(made: Made) -> None:
    editor = made("path.write_bytes(b'caf\\xe9')")
    with pytest.raises(EditorFailed, match="not UTF-8") as caught:
        await editor.edit(TEXT, "T3")
    (path,) = kept(editor)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == b"caf\xe9"
    assert caught.value.text == "caf\ufffd"


async def test_a_file_that_is_too_large_is_kept_and_not_read(made: Made) -> None:
    editor = made(f"path.write_bytes(b'x' * {LARGEST + 1})")
    with pytest.raises(EditorFailed, match="grown beyond") as caught:
        await editor.edit(TEXT, "T3")
    (path,) = kept(editor)
    assert path.stat().st_size == LARGEST + 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert caught.value.text == TEXT


async def test_keys_and_tokens_are_not_passed_on(made: Made, tmp_path: Path) -> None:
    editor = made(
        "path.write_text(' '.join(sorted(os.environ)))",
        ANTHROPIC_API_KEY="s", GITHUB_TOKEN="s", DB_PASSWORD="s", TERM="xterm", LANG="C.UTF-8",
    )  # fmt: skip
    names = (await editor.edit(TEXT, "T3")).split()
    assert {"TERM", "LANG", "PATH"} <= set(names)
    assert not {"ANTHROPIC_API_KEY", "GITHUB_TOKEN", "DB_PASSWORD"} & set(names)


async def test_a_key_is_not_passed_on_whatever_the_settings_call_its_variable(made: Made, tmp_path: Path) -> None:
    told = made("path.write_text(' '.join(sorted(os.environ)))")
    table = {"providers": {"own": {"api_key_env": "OUR_MODELS"}, "free": {}, "wrong": 3}}
    environ = {**told._environ, "OUR_MODELS": "s", "TERM": "xterm"}
    names = (await TerminalEditor(environ, tmp_path, key_variables(table)).edit(TEXT, "T3")).split()
    assert "TERM" in names
    assert "OUR_MODELS" not in names
    assert key_variables({}) == key_variables({"providers": 3}) == frozenset()


async def test_the_loop_goes_on_while_it_is_open(made: Made, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    editing = asyncio.create_task(made(f"path.write_text(open({str(gate)!r}).read())").edit(TEXT, "T3"))
    await asyncio.to_thread(gate.write_text, "it was open")  # returns when the editor reads
    assert await editing == "it was open"


async def test_an_editor_is_ended_with_the_app_and_what_it_stored_is_kept(
    made: Made, spool: Path, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    editor = made(f"path.write_text('half of it')\nopen({str(gate)!r}, 'w').write(str(os.getpid()))\nsignal.pause()")
    editing = asyncio.create_task(editor.edit(TEXT, "T3"))
    pid = int(await asyncio.to_thread(gate.read_text))
    editing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await editing
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    (path,) = kept(editor)
    assert path.read_text() == "half of it"
    assert list(spool.iterdir()) == []


async def test_kept_texts_have_a_file_each(made: Made) -> None:
    editor = made("")
    paths = [Path(await editor.keep(f"text {n}", "../T3 \x1b")) for n in range(3)]
    assert [path.read_text() for path in paths] == ["text 0", "text 1", "text 2"]
    assert len(set(paths)) == 3
    assert all(path.parent == editor._folder and path.name.startswith("T3") for path in paths)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in paths)


async def test_a_text_that_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EditorFailed, match="It cannot be stored in"):
        await TerminalEditor({}, tmp_path / "file" / "drafts").keep("text", "T3")
