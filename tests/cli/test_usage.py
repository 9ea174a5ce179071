"""Whoever mistypes is told what would be right, costs no money, and gets the code for wrong usage."""

from __future__ import annotations

import re

import pytest

from hephaestus_tui import __version__
from hephaestus_tui.cli.main import COMMANDS


@pytest.mark.parametrize("name", [*COMMANDS, ""])
def test_help_says_what_a_command_does(command, name, capfd) -> None:
    with pytest.raises(SystemExit) as ended:
        command(*([name] if name else []), "--help")
    assert ended.value.code == 0
    out = capfd.readouterr().out
    what = COMMANDS[name][1] if name else "Supervise coding agents"
    assert what.casefold() in " ".join(out.split()).casefold()
    assert "--project" in out
    assert "--db" in out


def test_help_lists_every_command_with_what_it_does(command, capfd) -> None:
    with pytest.raises(SystemExit):
        command("--help")
    out = capfd.readouterr().out
    for name, (_, what) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(what)}$", out, re.MULTILINE)


def test_what_does_not_exist_yet_is_not_listed(command, capfd) -> None:
    for absent in ("attach", "replay", "export"):
        assert absent not in COMMANDS
        assert command(absent, "last").code == 2


def test_the_version_is_told(command, capfd) -> None:
    with pytest.raises(SystemExit) as ended:
        command("--version")
    assert ended.value.code == 0
    assert capfd.readouterr().out == f"hephaestus {__version__}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["demos"], "'demos' is no command. Did you mean `hephaestus demo`?"),
        (["proposal", "last"], "Did you mean `hephaestus proposals`?"),
        (["xyzzy"], "'xyzzy' is no command. If it is a goal of one word: hephaestus -- xyzzy"),
        (["--speed", "2", "dmeo"], "Did you mean `hephaestus demo`?"),
        (["tasks"], "required: RUN. See: hephaestus tasks --help"),
        (["runs", "last"], "Unrecognized arguments: last. See: hephaestus runs --help"),
        (["runs", "--jsn"], "Unrecognized arguments: --jsn"),
        (["runs", "--js"], "Unrecognized arguments: --js"),
        (["run"], "Give a goal, or --resume RUN"),
        (["run", "a goal", "--resume", "last"], "not both"),
        (["run", "a goal", "--json"], "--decide, --work and --json go with --headless"),
        (["run", "a goal", "--work", "merge"], "--work and --json go with --headless"),
        (["run", "a goal", "--decide", "accept"], "--decide, --work and --json go with --headless"),
        (["run", "a goal", "--headless", "--decide", "perhaps"], "'perhaps' is none of them"),
        (["run", "a goal", "--headless", "--agents", "many"], "invalid int value: 'many'"),
        (["run", "a goal", "--headless", "--policy", "yolo"], "invalid choice: 'yolo'"),
        (["run", "a goal", "--headless", "--phase", "later"], "invalid choice: 'later'"),
        (["demo", "--speed", "fast"], "invalid float value: 'fast'"),
        (["demo", "--speed", "-1", "--headless"], "--speed is a factor of 0 or more"),
        (["demo", "--speed", "nan", "--headless"], "--speed is a factor of 0 or more"),
        (["demo", "--resume", "--headless"], "There is no demo to go on with"),
        (["demo", "--headless", "--decide", "perhaps"], "'perhaps' is none of them"),
    ],
)
def test_a_mistake_is_one_sentence_and_makes_nothing(command, tmp_path, words, told) -> None:
    before = sorted(tmp_path.rglob("*"))
    said = command(*words)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("hephaestus: ")
    assert told in said.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_word_that_is_a_command_may_be_a_goal_or_a_reason(command, script, waiting_run) -> None:
    said = command("reject", "last", "T4", "--reason", "demo")
    assert (said.code, said.err) == (0, f"Run {waiting_run}: T4 rejected.\n")
    said = command("run", "demo", "--headless", "--json", "--model", script)
    assert said.rows()[0]["goal"] == "demo"


@pytest.mark.parametrize("words", [[], ["fix it all"], ["demo"], ["run", "fix it all"], ["--resume", "last"]])
def test_without_a_terminal_the_app_says_what_to_use_instead(hephaestus, words) -> None:
    said = hephaestus(*words, TERM="xterm-256color")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "The app needs a terminal, and there is none" in said.err
    assert "hephaestus run GOAL --headless --decide POLICY" in said.err
    assert not hephaestus.home.exists()


def test_an_error_of_ours_is_a_sentence_that_names_the_place_and_no_value(tmp_path, hephaestus) -> None:
    """A broken install stands in for a mistake in the code: a module of the library that fails when it is used."""
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "difflib.py").write_text("def get_close_matches(*_, **__): raise LookupError('sk-secret')\n")
    said = hephaestus("demos", PYTHONPATH=str(shadow))
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert re.search(r"an error of hephaestus itself \(LookupError in main\.py, line \d+\)", said.err)
    assert "sk-secret" not in said.err
