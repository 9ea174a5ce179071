"""What cannot be done at the gate is one sentence that says why, and nothing of it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

HUGE = "x" * 1_048_576


@pytest.fixture
def files(command) -> None:
    Path("one.md").write_text("# One\nall of it\n")
    Path("untitled.md").write_text("So.\n# Two\nb\n")
    Path("huge.md").write_text(f"# One\n{HUGE}\n# Two\nb\n")
    Path("many.md").write_text("".join(f"# Part {n}\nb\n" for n in range(40)))
    Path("two.md").write_text("# One\na\n# Two\nb\n")


def facts(command) -> list[str]:
    """All that could have changed."""
    names = ("proposals", "tasks", "decisions")
    return [command(name, "last", "--json").out for name in names]


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        # T1 is completed; T2, T3 (blocked by T2) and T4 wait
        (["accept", "T1"], 1, "T1 was already accepted by ada at"),
        (["accept", "T2", "T9"], 1, "There is no proposal T9 in this run"),
        (["accept", "T2", "T3@2"], 1, "There is no version 2 of T3, only up to 1"),
        (["accept", "T2@0"], 2, "'T2@0' names no proposal"),
        (["accept", "@"], 2, "'@' names no proposal"),
        (["accept", ""], 2, "'' names no proposal"),
        (["accept"], 2, "required: TASK"),
        (["edit", "T2", "T3", "--set", "blocked_by=T3"], 1, "T3: T3 cannot block itself"),
        (["edit", "T2", "T4", "--set", "title="], 1, "T2: title is empty"),
        (["edit", "T2", "--set", f"description={HUGE}"], 1, "description has 1048576 characters, 20000 at most"),
        (["edit", "T2", "--set", "blocked_by=T3"], 1, "would close a cycle (T2 ← T3 ← T2)"),
        (["edit", "T2", "--set", "blocked_by=T77"], 1, "there is no task T77 in this run"),
        (["edit", "T2", "T4", "--set", "role=wizard"], 1, "there is no role 'wizard'"),
        (["reject", "T2", "T3", "--reason", " "], 2, "--reason is empty"),
        (["reject", "T2", "T3"], 2, "required: --reason"),
        (["ask", "T2", " "], 2, "The question is empty"),
        (["ask", "T2"], 2, "required: QUESTION"),
        (["ask", "T2", HUGE], 1, "a question has 1 to 20,000 characters, this one 1,048,576"),
        (["ask", "T1", "why"], 1, "T1 was already accepted by ada at"),
        (["ask", "T9", "why"], 1, "There is no proposal T9 in this run"),
        (["ask", "T2", "why", "--wait", "soon"], 2, "'soon' is no number of seconds"),
        (["ask", "T2", "why", "--wait", "-1"], 2, "'-1' is no number of seconds"),
        (["ask", "T2", "why", "--wait", "nan"], 2, "'nan' is no number of seconds"),
        (["undo", "T1"], 1, "T1 has ended, so its decision stands"),
        (["undo", "T2"], 1, "T2 waits for a decision: there is none to take back"),
        (["undo", "T9"], 1, "There is no T9 in this run"),
        (["merge", "T2", "--into", "T2"], 1, "T2 cannot be merged into itself"),
        (["merge", "T2", "--into", "T9"], 1, "there is no T9 in this run"),
        (["merge", "T2"], 2, "required: --into"),
        (["merge", "T1", "--into", "T2"], 1, "T1 was already accepted by ada at"),
        (["split", "T2", "--file", "one.md"], 2, "one.md: 2 parts at least"),
        (["split", "T2", "--file", "untitled.md"], 2, "untitled.md: part 1: title is empty"),
        (["split", "T2", "--file", "huge.md"], 2, "part 1: description has 1048576 characters"),
        (["split", "T2", "--file", "many.md"], 2, "40 parts, "),
        (["split", "T2", "--file", "none.md"], 2, "none.md cannot be read"),
        (["split", "T1", "--file", "two.md"], 1, "T1 was already accepted by ada at"),
        (["split", "T2"], 2, "required: --file"),
        (["settle", "T2", "drop"], 1, "Nothing waits in vain for T2"),
        (["settle", "T9", "drop"], 1, "There is no T9 in this run"),
        (["settle", "T2", "burn"], 2, "invalid choice: 'burn'"),
        (["settle", "T2"], 2, "Say for which blocker, and what"),
        (["settle"], 2, "Say for which blocker, and what"),
        (["bound", "colour"], 2, "invalid choice: 'colour'"),
        (["bound", "depth", "--raise", "0"], 2, "'0' is no number from 1 up"),
        (["bound", "depth", "--raise", "many"], 2, "'many' is no number from 1 up"),
        (["bound", "depth", "--raise", "9999999999"], 1, "name a number from 1 to 100,000"),
        (["answer", "T1", "yes"], 1, "T1 asks nothing now"),
        (["answer", "T1"], 2, "is required"),
        (["answer", "T1", " "], 2, "The answer is empty"),
        (["answer", "T1", "--allow", "--refuse", "x"], 2, "not allowed with"),
        (["answer", "T1", "--refuse", "allow"], 2, "would be taken for leave"),
        (["duplicates", "--score", "101"], 2, "'101' is no number from 50 to 100"),
        (["duplicates", "--score", "2"], 2, "'2' is no number from 50 to 100"),
    ],
)  # fmt: skip
def test_nothing_is_done_and_one_sentence_says_why(command, waiting_run, words, code, told) -> None:
    before = facts(command)
    name, *rest = words
    said = command(name, "last", *rest)
    assert (said.code, said.out, said.err.count("\n")) == (code, "", 1), said.err
    assert said.err.startswith("hephaestus: ")
    assert told in said.err
    assert len(said.err) < 600
    assert facts(command) == before


def test_a_task_that_waits_for_another_is_not_made_part_of_its_own_blocker_s_circle(command, waiting_run) -> None:
    command("edit", "last", "T4", "--set", "blocked_by=T3")
    before = facts(command)
    said = command("merge", "last", "T2", "--into", "T4")
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert "a circle in which nothing could start" in said.err
    assert facts(command) == before


def test_a_task_that_has_started_is_not_undone(command, tmp_path) -> None:
    script = tmp_path / "s.toml"
    script.write_text(
        '[[agent]]\nname = "root"\nfor = { role = "project_manager" }\n[[agent.turn]]\n[[agent.turn.call]]\nid = "a"\n'
        'tool = "spawn_building_task"\n'
        'arguments = { title = "First", description = "d", rationale = "r", role = "qa_tester" }\n'
        '[[agent.turn]]\n[[agent.turn.call]]\nid = "e"\ntool = "complete_task"\narguments = { summary = "s" }\n'
        '[[agent]]\nname = "other"\n[[agent.turn]]\n[[agent.turn.call]]\nid = "q"\ntool = "ask_human"\n'
        'arguments = { question = "Which way?" }\n'
    )
    command("run", "go", "--headless", "--model", f"scripted:{script}")
    (tmp_path / "config" / "config.toml").write_text("[gate]\nundo_seconds = 0\n")
    assert command("accept", "last", "T2").code == 0
    command("run", "--resume", "last", "--headless")
    said = command("undo", "last", "T2")
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert "T2 has started, so its decision stands: stop it or steer its agent instead" in said.err


def test_a_rejected_one_says_by_whom_and_can_be_taken_back(command, waiting_run, monkeypatch) -> None:
    monkeypatch.setenv("HEPHAESTUS_ACTOR", "Grace Hopper")
    command("reject", "last", "T2", "--reason", "no")
    monkeypatch.delenv("HEPHAESTUS_ACTOR")
    for words in (
        ["accept", "T2"],
        ["merge", "T2", "--into", "T3"],
        ["ask", "T2", "why"],
        ["reject", "T3", "T2", "--reason", "x"],
    ):
        said = command(words[0], "last", *words[1:])
        assert (said.code, said.err.count("\n")) == (1, 1)
        assert "T2 was already rejected by Grace Hopper at " in said.err
    assert command("undo", "last", "T2").code == 0
    assert command("accept", "last", "T2").code == 0
