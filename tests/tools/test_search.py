"""A search finds the same with and without ripgrep, ends in time, and never leaves the workspace."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hephaestus_tui.tools.base import ToolContext, ToolFault, ToolOutcome
from hephaestus_tui.tools.environment import program
from hephaestus_tui.tools.search import search_text

RIPGREP = program("rg", os.environ)
Search = Callable[..., Awaitable[ToolOutcome]]


@pytest.fixture(
    params=[
        pytest.param(RIPGREP, id="rg", marks=pytest.mark.skipif(RIPGREP is None, reason="ripgrep is not installed")),
        pytest.param(None, id="own"),
    ]
)
def search(request: pytest.FixtureRequest, context: ToolContext) -> Search:
    tool = search_text(request.param)

    async def by_arguments(**arguments: object) -> ToolOutcome:
        return await tool.run(tool.arguments.model_validate(arguments), context)

    return by_arguments


@pytest.fixture
def project(root: Path) -> Path:
    for path, text in {
        "a.py": "import os\nprint('Hello')\n",
        "src/b.py": "# hello (again)\nx = 1\n",
        "src/c.ts": "hello()\r\n",
        ".github/ci.yml": "hello: yes\n",
        ".git/config": "hello\n",
        "node_modules/m.js": "hello\n",
        "-n": "hello -v\n",
        "binary": "hello\0",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return root


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            {"pattern": "hello"},
            {"-n:1:hello -v", ".github/ci.yml:1:hello: yes", "src/b.py:1:# hello (again)", "src/c.ts:1:hello()"},
        ),
        (
            {"pattern": "HELLO", "ignore_case": True, "glob": "*.py"},
            {"a.py:2:print('Hello')", "src/b.py:1:# hello (again)"},
        ),
        ({"pattern": r"hello\(\)$"}, {"src/c.ts:1:hello()"}),
        ({"pattern": "(again)", "literal": True}, {"src/b.py:1:# hello (again)"}),
        ({"pattern": "hello", "path": "src"}, {"src/b.py:1:# hello (again)", "src/c.ts:1:hello()"}),
        ({"pattern": "x", "path": "src/b.py"}, {"src/b.py:2:x = 1"}),
        ({"pattern": "-v"}, {"-n:1:hello -v"}),
        ({"pattern": "hello", "path": "-n"}, {"-n:1:hello -v"}),
        ({"pattern": "hello", "glob": "src/*.{ts,js}"}, {"src/c.ts:1:hello()"}),
        ({"pattern": "--pre=/bin/sh"}, {"No line matches --pre=/bin/sh in .."}),
    ],
)
async def test_lines_are_found(search: Search, project: Path, arguments: dict[str, object], lines: set[str]) -> None:
    outcome = await search(**arguments)
    assert {line.removesuffix("\r") for line in outcome.content.split("\n")} == lines


async def test_links_are_not_searched(search: Search, project: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("hello secret\n")
    (project / "folder").symlink_to(tmp_path / "outside")
    (project / "file").symlink_to(tmp_path / "outside" / "secret")
    assert "secret" not in (await search(pattern="hello")).content
    for path in ("folder", "file", "folder/secret", str(tmp_path / "outside"), "../outside"):
        with pytest.raises(ToolFault):
            await search(pattern="hello", path=path)


async def test_a_wrong_expression_is_explained(search: Search, project: Path) -> None:
    with pytest.raises(ToolFault, match=r"(?s)The search failed: .*literal"):
        await search(pattern="hello(")
    with pytest.raises(ToolFault, match="line break"):
        await search(pattern="a\nb")
    with pytest.raises(ToolFault, match="glob"):
        await search(pattern="a", glob="!*.py")


async def test_a_flood_of_matches_is_bounded_and_says_so(search: Search, root: Path) -> None:
    for number in range(40):
        (root / f"{number:02}").write_text(f"needle {'x' * 90}\n" * 200)
    (root / "wide").write_text("needle" * 100_000)
    begun = time.monotonic()
    outcome = await search(pattern="needle")
    assert time.monotonic() - begun < 5.0
    assert len(outcome.content) < 33_000
    assert outcome.content.endswith("\n[there is more; use a narrower pattern, path or glob]")
    assert all(line.startswith(("0", "1", "[")) for line in outcome.content.split("\n"))


async def test_one_file_gives_a_hundred_matches_and_long_lines_are_cut(search: Search, root: Path) -> None:
    (root / "many").write_text("needle\n" * 200)
    (root / "wide").write_text("needle" + "y" * 100_000)
    lines = (await search(pattern="needle")).content.split("\n")
    assert sum(line.startswith("many:") for line in lines) == 100
    assert max(map(len, lines)) < 500


async def test_an_expression_that_backtracks_for_ever_is_stopped(context: ToolContext, root: Path) -> None:
    (root / "a").write_text("a" * 60 + "b\n")
    tool = search_text(None, seconds=0.5)
    begun = time.monotonic()
    outcome = await tool.run(tool.arguments(pattern="(a+)+c"), context)
    assert time.monotonic() - begun < 4.0
    assert outcome.content == "[stopped at its time limit; use a narrower path or a simpler pattern]"


async def test_code_in_the_workspace_is_not_imported_by_the_search(context: ToolContext, root: Path) -> None:
    (root / "re.py").write_text("open('planted', 'w')\n")
    (root / "json.py").write_text("open('planted', 'w')\n")
    tool = search_text(None)
    assert "re.py:1:" in (await tool.run(tool.arguments(pattern="planted"), context)).content
    assert not (root / "planted").exists()


@pytest.mark.skipif(RIPGREP is None, reason="ripgrep is not installed")
async def test_what_git_ignores_is_not_searched(context: ToolContext, root: Path) -> None:
    (root / ".git").mkdir()
    (root / ".gitignore").write_text("build/\n")
    (root / "build").mkdir()
    (root / "build" / "out").write_text("hello\n")
    tool = search_text(RIPGREP)
    assert (await tool.run(tool.arguments(pattern="hello"), context)).content.startswith("No line matches")


@pytest.mark.parametrize(("printed", "found"), [("./a:1:hello", "a:1:hello"), ("", "No line matches hello in ..")])
async def test_a_file_that_cannot_be_opened_does_not_fail_the_search(
    context: ToolContext, tmp_path: Path, printed: str, found: str
) -> None:
    ripgrep = tmp_path / "rg"
    ripgrep.write_text(f"#!/bin/sh\nprintf '%s' '{printed}'\nexit 2\n")
    ripgrep.chmod(0o755)
    tool = search_text(str(ripgrep))
    assert (await tool.run(tool.arguments(pattern="hello"), context)).content == found


def test_a_program_is_never_taken_from_a_relative_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "rg").write_text("#!/bin/sh\n")
    (root / "rg").chmod(0o755)
    monkeypatch.chdir(root)
    assert program("rg", {"PATH": ".:"}) is None
    assert program("rg", {"PATH": f".:{root}"}) == str(root / "rg")
