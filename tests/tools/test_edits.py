"""An edit changes exactly what was meant, or nothing, and then says why."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hephaestus_tui.tools.base import ToolFault, ToolOutcome
from hephaestus_tui.tools.edits import EditFile, edit_file
from hephaestus_tui.tools.workspace import Workspace

Call = Callable[..., Awaitable[ToolOutcome]]
SOURCE = "def a():\n    return 1\n\n\ndef b():\n    return 1\n"


@pytest.fixture
def source(root: Path) -> Path:
    file = root / "m.py"
    file.write_text(SOURCE)
    file.chmod(0o755)
    return file


async def test_one_match_is_replaced_and_shown_as_a_diff(call: Call, source: Path) -> None:
    outcome = await call("edit_file", path="m.py", old_text="def b():\n    return 1", new_text="def b():\n    return 2")
    assert source.read_text() == SOURCE[:-2] + "2\n"
    assert stat.S_IMODE(source.stat().st_mode) == 0o755
    assert outcome.content.split("\n") == [
        "Changed m.py in 1 place.",
        "--- a/m.py",
        "+++ b/m.py",
        "@@ -3,4 +3,4 @@",
        " ",
        " ",
        " def b():",
        "-    return 1",
        "+    return 2",
    ]


@pytest.mark.parametrize(
    ("old", "every", "head", "hunk"),
    [
        ("def b():\n    return 1", False, "edit m.py (1 insertion, 1 deletion, at line 5)", "@@ -3,5 +3,5 @@"),
        ("return 1", True, "edit m.py (2 insertions, 2 deletions, 2 places, at lines 2, 6)", "@@ -1,7 +1,7 @@"),
    ],
)
def test_a_person_sees_where_in_the_file_an_edit_lands(
    old: str, every: bool, head: str, hunk: str, source: Path, root: Path
) -> None:
    arguments = EditFile(path="m.py", old_text=old, new_text=old.replace("1", "2"), replace_all=every)
    with closing(Workspace(root)) as workspace:
        rows = edit_file().shown(arguments, workspace).split("\n")
    assert (rows[0], rows[4]) == (head, hunk)
    assert rows[-3:] == ["-    return 1", "+    return 2", " "]
    assert source.read_text() == SOURCE


def test_an_edit_that_would_fail_says_so_before_it_is_allowed(source: Path, root: Path) -> None:
    arguments = EditFile(path="m.py", old_text="nothing of it", new_text="x")
    with closing(Workspace(root)) as workspace:
        told = edit_file().shown(arguments, workspace)
    assert "-nothing of it\n+x" in told
    assert "As the file is now, this edit would fail: old_text does not occur in m.py." in told


async def test_several_matches_need_to_be_meant(call: Call, source: Path) -> None:
    with pytest.raises(ToolFault, match=r"occurs 2 times in m\.py, at lines 2, 6\. .*replace_all"):
        await call("edit_file", path="m.py", old_text="return 1", new_text="return 2")
    assert source.read_text() == SOURCE
    outcome = await call("edit_file", path="m.py", old_text="return 1", new_text="return 2", replace_all=True)
    assert outcome.content.startswith("Changed m.py in 2 places.")
    assert source.read_text() == SOURCE.replace("1", "2")


@pytest.mark.parametrize(
    ("old", "hint"),
    [
        ("  def b():\n  return 1", "line 5, but with other indentation"),
        ("def bb():", "The nearest is line 5: 'def b"),
        ("entirely different words", "Nothing in it is near"),
    ],
)
async def test_no_match_says_what_is_near(call: Call, source: Path, old: str, hint: str) -> None:
    with pytest.raises(ToolFault, match="does not occur") as raised:
        await call("edit_file", path="m.py", old_text=old, new_text="x")
    assert hint in str(raised.value)
    assert source.read_text() == SOURCE


async def test_an_edit_that_changes_nothing_is_refused(call: Call, source: Path) -> None:
    with pytest.raises(ToolFault, match="the same"):
        await call("edit_file", path="m.py", old_text="def a", new_text="def a")


async def test_crlf_files_stay_crlf(call: Call, root: Path) -> None:
    (root / "dos").write_bytes(b"one\r\ntwo\r\nthree\r\n")
    await call("edit_file", path="dos", old_text="one\ntwo\n", new_text="1\n2\n")
    assert (root / "dos").read_bytes() == b"1\r\n2\r\nthree\r\n"


async def test_a_file_that_is_not_utf8_keeps_its_bytes(call: Call, root: Path) -> None:
    (root / "latin").write_bytes(b"F\xe4hre one")
    with pytest.raises(ToolFault, match="not UTF-8"):
        await call("edit_file", path="latin", old_text="one", new_text="two")
    assert (root / "latin").read_bytes() == b"F\xe4hre one"


async def test_a_missing_file_is_a_sentence(call: Call) -> None:
    with pytest.raises(ToolFault, match="does not exist"):
        await call("edit_file", path="nowhere", old_text="a", new_text="b")


async def test_writing_creates_folders_and_tells_new_from_replaced(call: Call, root: Path) -> None:
    outcome = await call("write_file", path="a/b/c.txt", content="one\ntwo\n")
    assert outcome.content == "Created a/b/c.txt (2 lines)."
    outcome = await call("write_file", path="a/b/c.txt", content="one\n2\n")
    assert outcome.content.startswith("Replaced a/b/c.txt.\n--- a/a/b/c.txt")
    assert "-two\n+2" in outcome.content
    assert (root / "a/b/c.txt").read_text() == "one\n2\n"


async def test_a_binary_file_may_be_replaced_by_text(call: Call, root: Path) -> None:
    (root / "data").write_bytes(b"\0\1")
    outcome = await call("write_file", path="data", content="text")
    assert outcome.content == "Replaced data.\n"
    assert (root / "data").read_text() == "text"


async def test_a_large_diff_is_bounded(call: Call, root: Path) -> None:
    (root / "big").write_text("".join(f"old {n}\n" for n in range(9_000)))
    outcome = await call("write_file", path="big", content="".join(f"new {n}\n" for n in range(9_000)))
    assert len(outcome.content) < 33_500
    assert "bytes left out" in outcome.content
    outcome = await call("write_file", path="big", content="x\n" * 20_000)
    assert outcome.content == "Replaced big.\n(9,000 lines before, 20,000 now)"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text("ab\n", max_size=12), old=st.text("ab\n", min_size=1, max_size=3), everywhere=st.booleans())
async def test_edits_do_as_replace_does_or_nothing(
    call: Call, root: Path, text: str, old: str, everywhere: bool
) -> None:
    (root / "f").write_text(text)
    count = text.count(old)
    arguments = {"path": "f", "old_text": old, "new_text": "X", "replace_all": everywhere}
    if count == 1 or (count and everywhere):
        await call("edit_file", **arguments)
        assert (root / "f").read_text() == text.replace(old, "X")
    else:
        with pytest.raises(ToolFault):
            await call("edit_file", **arguments)
        assert (root / "f").read_text() == text


async def test_a_file_is_not_replaced_in_the_middle_of_an_edit(call: Call, source: Path, workspace: Workspace) -> None:
    with workspace.changing:
        writing = asyncio.ensure_future(call("write_file", path="m.py", content="new\n"))
        done, _ = await asyncio.wait({writing}, timeout=0.1)
        assert not done
        assert source.read_text() == SOURCE
    await writing
    assert source.read_text() == "new\n"
