"""What an agent sees of a project is complete where it says so, bounded, and says how to see the rest."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hephaestus_tui.tools.base import ToolFault, ToolOutcome
from hephaestus_tui.tools.clip import Clip, clipped
from hephaestus_tui.tools.globs import matcher

Call = Callable[..., Awaitable[ToolOutcome]]


def lay(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x\n")


async def test_a_folder_is_listed_with_kinds_and_sizes(call: Call, root: Path) -> None:
    lay(root, "b.txt", "a/c.txt")
    (root / "link").symlink_to("b.txt")
    os.mkfifo(root / "pipe")
    outcome = await call("list_files")
    assert outcome.content.split("\n") == [
        "a/",
        "b.txt  2",
        "link -> b.txt (a link; not followed)",
        "pipe (neither file nor folder)",
    ]


async def test_odd_names_are_one_line_of_valid_text(call: Call, root: Path) -> None:
    (root / "a\nb\x1b").write_text("")
    Path(os.fsdecode(os.fsencode(root) + b"/c\xff")).write_text("")
    outcome = await call("list_files")
    assert outcome.content.split("\n") == ["a\\nb\\x1b  0", "c\\xff  0"]
    outcome.content.encode()


async def test_a_huge_folder_is_cut_and_says_so(call: Call, root: Path) -> None:
    for number in range(2_500):
        (root / f"file-{number:020}").touch()
    outcome = await call("list_files")
    assert len(outcome.content) < 33_000
    assert "more; use find_files" in outcome.content


async def test_an_empty_or_missing_folder_is_a_sentence(call: Call) -> None:
    assert (await call("list_files")).content == "(. is empty)"
    with pytest.raises(ToolFault, match="does not exist"):
        await call("list_files", path="nowhere")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.py", ["a.py", "src/b.py", "src/deep/test_c.py"]),
        ("/*.py", ["a.py"]),
        ("src/*.py", ["src/b.py"]),
        ("src/**/*.py", ["src/b.py", "src/deep/test_c.py"]),
        ("**/*.{py,ts}", ["a.py", "src/b.py", "src/d.ts", "src/deep/test_c.py"]),
        ("test_?.py", ["src/deep/test_c.py"]),
        ("src/**", ["src/b.py", "src/d.ts", "src/deep/test_c.py"]),
        ("[ab].py", ["a.py", "src/b.py"]),
    ],
)
async def test_globs_find_what_they_say(call: Call, root: Path, pattern: str, found: list[str]) -> None:
    lay(root, "a.py", "src/b.py", "src/d.ts", "src/deep/test_c.py", ".git/e.py", "node_modules/f.py")
    outcome = await call("find_files", pattern=pattern)
    assert outcome.content.split("\n") == [*found, f"[{len(found)} of {len(found)}]"]


async def test_a_glob_is_relative_to_the_folder_it_is_given(call: Call, root: Path) -> None:
    lay(root, "src/b.py", "src/deep/c.py")
    outcome = await call("find_files", pattern="deep/*.py", path="src/")
    assert outcome.content.startswith("src/deep/c.py\n")
    outcome = await call("find_files", pattern="*.rs", path="src")
    assert outcome.content == "No file matches *.rs in src."


async def test_a_single_file_matches_as_in_its_folder_only(call: Call, root: Path) -> None:
    lay(root, "src/b.py")
    with pytest.raises(ToolFault, match="not a folder"):
        await call("find_files", pattern="*", path="src/b.py")


@pytest.mark.parametrize("pattern", ["!*.py", "/", "{a,b}" * 7])
async def test_a_glob_that_cannot_be_meant_is_refused(call: Call, pattern: str) -> None:
    with pytest.raises(ToolFault, match="glob"):
        await call("find_files", pattern=pattern)


def test_a_glob_made_to_backtrack_ends_soon() -> None:
    begun = time.monotonic()
    assert not matcher("/".join(["**", "a*a*a*a*b"] * 12))("/".join(["a" * 60] * 40))
    assert time.monotonic() - begun < 1.0


async def test_lines_are_numbered_and_the_rest_is_pointed_to(call: Call, root: Path) -> None:
    (root / "f").write_text("".join(f"line {n}\n" for n in range(1, 11)))
    outcome = await call("read_file", path="f", offset=3, limit=2)
    assert outcome.content.split("\n") == [
        "     3\tline 3",
        "     4\tline 4",
        "[lines 3 to 4 of 10; go on with offset=5]",
    ]
    outcome = await call("read_file", path="f", offset=10)
    assert outcome.content == "    10\tline 10"
    with pytest.raises(ToolFault, match="10 lines"):
        await call("read_file", path="f", offset=11)


async def test_reading_is_bounded_in_lines_and_bytes(call: Call, root: Path) -> None:
    (root / "wide").write_text("é" * 500_000 + "\nnext\n")
    (root / "long").write_text(("y" * 99 + "\n") * 1_000)
    wide = await call("read_file", path="wide")
    assert "498,000 more characters" in wide.content
    assert wide.content.endswith("     2\tnext")
    long = await call("read_file", path="long")
    assert len(long.content) < 33_000
    assert long.content.endswith("go on with offset=307]")
    assert (await call("read_file", path="long", offset=307)).content.startswith("   307\ty")


async def test_line_ends_and_foreign_bytes_are_told(call: Call, root: Path) -> None:
    (root / "dos").write_bytes(b"a\r\nb\xff\x0bc\r\n")
    outcome = await call("read_file", path="dos")
    assert outcome.content == "     1\ta\n     2\tb\ufffd\x0bc\n[its lines end in CRLF]"
    (root / "empty").touch()
    assert (await call("read_file", path="empty")).content == "(empty is empty)"


@given(st.binary(max_size=300), st.lists(st.integers(1, 40), max_size=20), st.integers(0, 60), st.integers(0, 60))
def test_a_clip_keeps_both_ends_and_counts_the_rest(data: bytes, cuts: list[int], head: int, tail: int) -> None:
    clip, at = Clip(head, tail), 0
    for cut in [*cuts, len(data)]:
        clip.feed(data[at : at + cut])
        at += cut
    text = clip.text()
    text.encode()
    assert "\0" not in text
    if len(data) <= head + tail:
        assert text == data.decode("utf-8", "replace").replace("\0", "␀")
        assert clip.left_out == 0
    else:
        assert clip.left_out == len(data) - head - tail
        assert f"[… {clip.left_out:,} bytes left out here …]" in text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=200))
def test_a_clip_of_valid_text_holds_no_broken_character(text: str) -> None:
    kept = clipped(text, 50, 50)
    assert ("\ufffd" in kept) <= ("\ufffd" in text)
    head, _, tail = kept.partition("\n[… ")
    assert text.startswith(head)
    assert text.endswith(tail.partition(" …]\n")[2])
