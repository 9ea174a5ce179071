"""Everything that the gate can do is done from the command line too, in words for people and in JSON for programs."""

from __future__ import annotations

import pytest


def standing(command) -> dict[str, str]:
    """What has become of each proposal of SCRIPT: the title of what still waits, or the status of the task."""
    found = {row["task_id"]: f"v{row['version']}" for row in command("proposals", "last", "--json").rows()}
    return found | {row["id"]: row["status"] for row in command("tasks", "last", "--json").rows()}


def test_many_are_decided_at_once_or_none_is(command, waiting_run) -> None:
    said = command("accept", "last", "t2", "T4", "T2")
    assert (said.code, said.out, said.err) == (0, "", f"Run {waiting_run}: 2 accepted (T2, T4).\n")
    assert standing(command) == {"T1": "completed", "T2": "pending", "T3": "v1", "T4": "pending"}
    said = command("reject", "last", "T3", "T2", "--reason", "no")
    assert (said.code, said.out) == (1, "")
    assert "T2 was already accepted by ada at" in said.err
    assert standing(command)["T3"] == "v1"


def test_many_are_edited_and_rejected_at_once(command, waiting_run) -> None:
    said = command("edit", "last", "T2", "T4", "--set", "phase=building", "--json")
    (receipt,) = said.rows()
    assert (receipt["run"], receipt["task_ids"], receipt["note"]) == (
        waiting_run,
        ["T2", "T4"],
        "2 accepted with changes",
    )
    phases = {row["id"]: row["draft"]["phase"] for row in command("tasks", "last", "--json").rows()}
    assert (phases["T2"], phases["T4"]) == ("building", "building")
    command("undo", "last", "T4")
    assert command("reject", "last", "T3", "T4", "--reason", "later").code == 0
    reasons = {row["task_id"]: row["text"] for row in command("decisions", "last", "--json").rows()}
    assert (reasons["T3"], reasons["T4"]) == ("later", "later")


def test_a_chain_is_accepted_with_what_blocks_it(command, waiting_run) -> None:
    said = command("accept", "last", "T3", "--chain")
    assert (said.code, said.err) == (0, f"Run {waiting_run}: 2 accepted (T2, T3).\n")
    assert standing(command) == {"T1": "completed", "T2": "pending", "T3": "blocked", "T4": "v1"}
    assert command("accept", "last", "T4", "--chain").err == f"Run {waiting_run}: T4 accepted.\n"


def test_a_decision_is_taken_back_and_the_record_keeps_both(command, waiting_run) -> None:
    command("accept", "last", "T2")
    said = command("undo", "last", "t2", "--reason", "too early", "--json")
    assert said.code == 0
    assert said.rows()[0]["task_id"] == "T2"
    assert standing(command)["T2"] == "v2"
    command("reject", "last", "T2", "--reason", "no")
    first, second = [row for row in command("decisions", "last", "--json").rows() if row["task_id"] == "T2"]
    assert (first["act"], first["undone"]["reason"], second["act"]) == ("accept", "too early", "reject")
    told = command("show", "last", "T2").out
    assert "taken back by ada" in told
    assert "rejected by ada" in told
    (shown,) = command("show", "last", "T2", "--json").rows()
    assert [version["version"] for version in shown["versions"]] == [1, 2]
    assert [undoing["reason"] for undoing in shown["undone"]] == ["too early"]


def test_one_is_made_part_of_another_and_one_is_made_several(command, waiting_run, tmp_path) -> None:
    said = command("merge", "last", "T4", "--into", "t3")
    assert (said.code, said.err) == (0, f"Run {waiting_run}: T4 is part of T3 now.\n")
    parts = tmp_path / "parts.md"
    parts.write_text("# Mend it\r\nFirst this.\r\n\r\n# Tidy it\r\nThen that.\r\n")
    said = command("split", "last", "T3", "--file", str(parts), "--chained")
    assert (said.code, said.err) == (0, f"Run {waiting_run}: T3 is 2 proposals now: T3, T5.\n")
    drafts = {row["task_id"]: row["draft"] for row in command("proposals", "last", "--json").rows()}
    assert (drafts["T3"]["title"], drafts["T5"]["title"]) == ("Mend it", "Tidy it")
    assert drafts["T5"]["description"] == "Then that."
    assert drafts["T5"]["blocked_by"] == ["T2", "T3"]
    assert "merged into T3 by ada" in command("show", "last", "T4").out


def test_parts_come_from_standard_input_too(hephaestus, waiting_run) -> None:
    said = hephaestus("split", "last", "T2", "--file", "-", typed="# One\na\n# Two\nb\n")
    assert said.code == 0, said.err
    said = hephaestus("split", "last", "T3", "--file", "-", typed="# One\na\n")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "standard input: 2 parts at least" in said.err


def test_the_inbox_says_what_waits_and_what_it_holds_up(command, waiting_run) -> None:
    rows = command("inbox", "last", "--json").rows()
    assert [(row["kind"], row["task_id"], row["behind"]) for row in rows] == [
        ("proposal", "T2", ["T3"]), ("proposal", "T3", []), ("proposal", "T4", []),
    ]  # fmt: skip
    first = command("inbox", "last").out.splitlines()[1].split()
    assert [*first[:2], *first[-5:]] == ["proposal", "T2", "T3", "Look", "at", "the", "cache"]
    command("reject", "last", "T2", "T3", "T4", "--reason", "no")
    said = command("inbox", "last")
    assert (said.code, said.out, said.err) == (0, "", "Nothing waits for you.\n")
    assert command("inbox", "last", "--json").out == ""


@pytest.mark.parametrize(
    ("choice", "blocked_by", "left"), [("drop", [], "v2"), ("cancel", None, None), ("keep", ["T2"], "v1")]
)
def test_what_waits_for_a_rejected_blocker_is_settled(command, waiting_run, choice, blocked_by, left) -> None:
    command("reject", "last", "T2", "--reason", "no")
    (row, *_) = [row for row in command("inbox", "last", "--json").rows() if row["kind"] == "blocker-gone"]
    assert (row["task_id"], row["concerned"]) == ("T2", ["T3"])
    said = command("settle", "last", "t2", choice)
    assert (said.code, said.err.count("\n")) == (0, 1), said.err
    assert standing(command).get("T3") == left
    if left:
        drafts = {row["task_id"]: row["draft"] for row in command("proposals", "last", "--json").rows()}
        assert drafts["T3"]["blocked_by"] == blocked_by
    said = command("settle", "last", "T2", choice)
    assert (said.code, said.err.count("\n")) == (1, 1)


def test_a_choice_may_be_made_for_all_that_follow(command, waiting_run) -> None:
    command("reject", "last", "T2", "--reason", "no")
    said = command("settle", "last", "T2", "keep", "--always", "--json")
    assert [row["run"] for row in said.rows()] == [waiting_run, waiting_run]
    assert "from now on" in said.rows()[1]["note"]
    assert command("settle", "last", "--ask-again").code == 0


def test_a_bound_is_raised_in_this_run(command, waiting_run) -> None:
    rows = {row["bound"]: row for row in command("bound", "last", "--json").rows()}
    assert (rows["depth"]["limit"], rows["depth"]["raised"], rows["per_turn"]["limit"]) == (4, False, 3)
    assert command("bound", "last", "depth").out.splitlines()[1].split()[:2] == ["depth", "4"]
    said = command("bound", "last", "depth", "--raise", "9")
    assert (said.code, said.err) == (0, f"Run {waiting_run}: depth is 9 now.\n")


def test_duplicates_are_listed_and_their_measure_is_set(command, waiting_run) -> None:
    rows = {(row["task_id"], row["near"]): row for row in command("duplicates", "last", "--json").rows()}
    assert rows["T3", "T1"]["score"] == 100
    assert rows["T3", "T1"]["likely"]
    assert rows["T3", "T1"]["stands"] == "completed"
    assert not rows["T4", "T3"]["likely"]
    assert "1 likely duplicate: from 80 of 100 up" in command("duplicates", "last").err
    assert command("duplicates", "last", "--score", "60").code == 0
    assert {row["likely"] for row in command("duplicates", "last", "--json").rows() if row["score"] >= 60} == {True}
    assert "likely duplicate of T3" in command("show", "last", "T4").out


def test_the_record_tells_rates_by_role_model_and_phase(command, waiting_run, script) -> None:
    command("accept", "last", "T2")
    command("edit", "last", "T3", "--set", "priority=high")
    command("reject", "last", "T4", "--reason", "no")
    rows = {(row["by"], row["name"]): row for row in command("decisions", "last", "--json", "--rates").rows()}
    assert rows["all", "all"]["total"] == 3
    assert rows["role", "project_manager"]["accept_rate"] == pytest.approx(1 / 3)
    assert rows["model", script]["rejected"] == 1
    assert {name for by, name in rows if by == "phase"} == {"investigation", "building", "validation"}
    told = command("decisions", "last").out
    assert "changed: priority" in told
    assert "1 (33%)" in told
    assert "T3" not in command("decisions", "last", "--rates").out
