"""A proposal is changed in a file or in the person's own editor; whatever comes of that, what they wrote is not lost."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from hephaestus_tui.paths import socket_path

pytestmark = pytest.mark.usefixtures("waiting_run")


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """`editor("text = text.replace(…)")` sets an editor that changes the file's text so, and ends as `ending` says."""

    def write(change: str, ending: str = "") -> None:
        program = tmp_path / "editor.py"
        program.write_text(
            "import os, signal, sys\nfrom pathlib import Path\npath = Path(sys.argv[1])\n"
            f"text = path.read_text()\n{change}\npath.write_text(text)\n{ending}\n"
        )
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"{sys.executable} {program}")

    return write


def draft_of(command, task_id: str) -> dict[str, object]:
    (shown,) = command("show", "last", task_id, "--json").rows()
    draft: dict[str, object] = (shown["task"] or shown["proposal"])["draft"]
    return draft


def kept(said) -> Path:
    """The file that the program says it kept the text in."""
    return Path(said.err.partition("What you wrote is kept in ")[2].partition(". Go on")[0])


# -- a file


def test_what_show_prints_is_what_edit_reads(command, tmp_path) -> None:
    said = command("show", "last", "T3", "--draft")
    assert (said.code, said.err) == (0, "")
    path = tmp_path / "t3.md"
    path.write_text(said.out.replace("Mend the cache", "Mend it well").replace("Change it.", "One.\n\nTwo."))
    said = command("edit", "last", "T3", "--file", str(path))
    assert said.code == 0, said.err
    draft = draft_of(command, "T3")
    assert (draft["title"], draft["description"], draft["blocked_by"]) == ("Mend it well", "One.\n\nTwo.", ["T2"])


def test_a_file_comes_from_standard_input_too(command, hephaestus) -> None:
    text = command("show", "last", "T2", "--draft").out
    said = hephaestus("edit", "last", "T2", "--file", "-", typed=text.replace("Look at", "Stare at"))
    assert said.code == 0, said.err
    assert "Stare at the cache" in command("tasks", "last").out


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("# Mend the cache", "# ", "line 9: title is empty"),
        ("# Mend the cache", "Mend the cache", "the title comes first here"),
        ('role = "backend_developer"', 'role = "wizard"', "line 3: there is no role 'wizard'"),
        ('phase = "building"', 'phase = "later"', "line 2: "),
        ('blocked_by = ["T2"]', 'blocked_by = ["T77"]', "there is no task T77 in this run"),
        ('blocked_by = ["T2"]', 'blocked_by = ["T3"]', "T3 cannot block itself"),
        ('blocked_by = ["T2"]', 'blocked_by = "', "line 6: "),
        ("Change it.", "x" * 1_048_576, "description has 1048576 characters, 20000 at most"),
        ("## Rationale", "## Why", "the line `## Rationale` is missing"),
        ("+++", "", "two lines of +++"),
    ],
)
def test_a_file_that_will_not_do_is_told_with_its_line_and_nothing_is_decided(
    command, tmp_path, old, new, told
) -> None:
    path = tmp_path / "t3.md"
    path.write_text(command("show", "last", "T3", "--draft").out.replace(old, new, 1))
    said = command("edit", "last", "T3", "--file", str(path))
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith(f"hephaestus: {path}: line ")
    assert told in said.err
    assert len(command("proposals", "last", "--json").rows()) == 3


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["T3", "--file", "none.md"], 2, "none.md cannot be read: No such file"),
        (["T3", "--file", "."], 2, ". cannot be read: Is a directory"),
        (["T3", "--file", "noise"], 2, "noise is not UTF-8 text (byte 0)"),
        (["T3", "--file", "huge"], 2, "huge has more than 4 MB"),
        (["T2", "T3", "--file", "none.md"], 2, "A file is about one proposal"),
        (["T9", "--file", "none.md"], 1, "There is no proposal T9"),
        (["T3", "--file", "none.md", "--set", "title=x"], 2, "not allowed with argument"),
        (["T3", "--editor"], 2, "Nobody is here to confirm it, so nothing was done: repeat it with --yes"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(command, words, code, told) -> None:
    Path("noise").write_bytes(b"\xff\xfe\x00")
    Path("huge").write_bytes(b"x" * (4 * 1024 * 1024 + 1))
    said = command("edit", "last", *words)
    assert (said.code, said.out, said.err.count("\n")) == (code, "", 1)
    assert told in said.err
    assert len(command("proposals", "last", "--json").rows()) == 3


# -- an editor


def test_what_the_editor_leaves_is_shown_and_accepted(command, editor) -> None:
    editor("text = text.replace('Mend the cache', 'Mend it').replace('Change it.', 'One.\\nTwo.')")
    said = command("edit", "last", "T3", "--editor", "--yes")
    assert said.code == 0, said.err
    assert "title: 'Mend the cache' → 'Mend it'" in said.err
    assert "    -Change it.\n    +One.\n    +Two." in said.err
    assert draft_of(command, "T3")["title"] == "Mend it"
    assert not (Path(os.environ["HEPHAESTUS_HOME"]) / "drafts").exists()


@pytest.mark.parametrize(("typed", "decided"), [("y\n", True), ("\n", False), ("n\n", False), ("", False)])
def test_a_person_at_a_terminal_is_asked_first(command, editor, at_terminal, typed, decided) -> None:
    editor("text = text.replace('Mend the cache', 'Mend it')")
    at_terminal(typed)
    said = command("edit", "last", "T3", "--editor")
    assert said.code == (0 if decided else 1), said.err
    assert "Accept T3 with these changes? [y/N]" in said.err
    assert ("T3" in {row["id"] for row in command("tasks", "last", "--json").rows()}) is decided
    if not decided:
        assert "# Mend it" in kept(said).read_text()


@pytest.mark.parametrize(
    ("change", "ending", "told"),
    [
        ("text = text.replace('# Mend', '# Sew')", "sys.exit(3)", "ended with code 3"),
        ("text = text.replace('# Mend', '# Sew')", "os.kill(os.getpid(), signal.SIGKILL)", "was killed (SIGKILL)"),
        ("text = text.replace('# Mend', '# Sew').replace('## Rationale', '## Why')", "", "`## Rationale` is missing"),
        ("text = text.replace('# Mend', '# Sew').replace('T2', 'T99')", "", "there is no task T99"),
    ],
)
def test_an_editor_that_fails_or_leaves_what_will_not_do_loses_nothing(command, editor, change, ending, told) -> None:
    editor(change, ending)
    said = command("edit", "last", "T3", "--editor", "--yes")
    assert (said.code, said.out) == (1, "")
    assert told in said.err
    path = kept(said)
    text = path.read_text()
    assert "# Sew the cache" in text
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(command("proposals", "last", "--json").rows()) == 3
    # mended by hand it is taken, as the sentence says
    path.write_text(text.replace("## Why", "## Rationale").replace("T99", "T2"))
    assert command("edit", "last", "T3", "--file", str(path)).code == 0
    assert draft_of(command, "T3")["title"] == "Sew the cache"


def test_how_to_go_on_can_be_pasted_into_a_shell(command, editor, monkeypatch, tmp_path) -> None:
    home = Path(os.environ["HEPHAESTUS_HOME"])
    (store,) = home.rglob("*.db")
    copied = tmp_path / "my runs.db"
    copied.write_bytes(store.read_bytes())
    monkeypatch.setenv("HEPHAESTUS_HOME", str(tmp_path / "another home"))
    editor("text = text.replace('# Mend', '# Sew')", "sys.exit(3)")
    said = command("edit", "last", "T3", "--editor", "--yes", "--db", str(copied))
    words = shlex.split(said.err.partition("Go on with it: ")[2].partition("\n")[0])
    assert words[0] == "hephaestus"
    said = command(*words[1:])
    assert said.code == 0, said.err


def test_an_editor_that_changes_nothing_decides_nothing(command, editor, tmp_path) -> None:
    editor("")
    said = command("edit", "last", "T3", "--editor", "--yes")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "Nothing was changed, so nothing was decided" in said.err
    assert not (tmp_path / "state" / "drafts").exists()


@pytest.mark.parametrize(
    ("word", "told"),
    [("", "No editor is set"), ("/none/at/all", "cannot be started"), ("vi 'x", "EDITOR is no command")],
)
def test_without_an_editor_it_is_said_how_to_name_one(command, monkeypatch, word, told) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", word)
    said = command("edit", "last", "T3", "--editor", "--yes")
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert told in said.err


def test_a_proposal_that_was_decided_while_it_was_written_is_told_and_the_text_is_kept(command, editor, script) -> None:
    (row,) = command("runs", "--json").rows()
    assert not socket_path(Path(row["store"])).exists()
    decide = f"import subprocess; subprocess.run([{sys.executable!r}, '-m', 'hephaestus_tui', 'accept', 'last', 'T3'])"
    editor("text = text.replace('# Mend', '# Sew')", decide)
    said = command("edit", "last", "T3", "--editor", "--yes")
    assert said.code == 1
    assert "T3 was already accepted by ada at" in said.err
    assert "# Sew the cache" in kept(said).read_text()


def test_a_version_that_was_not_seen_is_not_edited(command, editor) -> None:
    command("accept", "last", "T3")
    command("undo", "last", "T3")
    editor("text = text.replace('# Mend', '# Sew')")
    said = command("edit", "last", "T3@1", "--editor", "--yes")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "T3 has changed since it was shown (version 1, now 2)" in said.err
