"""What is listed is what is stored, for people and for programs, and nothing in it commands the terminal."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path


def test_each_listing_is_a_table_for_people_and_json_for_programs(command, waiting_run) -> None:
    (row,) = command("runs", "--json").rows()
    assert (row["run_id"], row["goal"], row["tasks"], row["completed"], row["waiting"]) == (
        waiting_run, "mend the cache", 1, 1, 3,
    )  # fmt: skip
    assert Path(row["store"]).is_file()
    assert waiting_run in command("runs").out

    (task,) = command("tasks", "last", "--json").rows()
    assert (task["id"], task["status"], task["draft"]["title"]) == ("T1", "completed", "mend the cache")
    assert "completed" in command("tasks", "last").out

    proposals = command("proposals", "last", "--json").rows()
    assert [p["task_id"] for p in proposals] == ["T2", "T3", "T4"]
    assert proposals[1]["draft"]["blocked_by"] == ["T2"]
    assert {p["run"] for p in proposals} == {waiting_run}
    said = command("proposals", "last")
    assert "Mend the cache" in said.out
    assert "It is stale." in said.out
    assert f"hephaestus accept|edit|reject|ask {waiting_run} TASK" in said.err


def test_a_task_is_shown_with_its_decision_and_on_demand_with_all_that_was_said(command, waiting_run) -> None:
    (shown,) = command("show", "last", "t1", "--transcript", "--json").rows()
    assert shown["decision"]["actor"] == {"kind": "human", "name": "ada"}
    assert [m["speaker"] for m in shown["messages"]][:3] == ["system", "user", "assistant"]
    said = command("show", "last", "T1", "--transcript").out
    assert "accepted by ada" in said
    assert "→ spawn_building_task" in said
    assert "Two things and a half." not in command("show", "last", "T1").out


def test_an_open_proposal_is_shown_too_and_an_unknown_task_is_an_error(command, waiting_run) -> None:
    assert "Mend the cache" in command("show", "last", "T3").out
    said = command("show", "last", "T99")
    assert (said.code, said.out) == (1, "")
    assert "There is no task T99 in run" in said.err


def test_nothing_to_list_is_said_on_stderr_and_is_no_failure(command) -> None:
    for words in (["runs"], ["runs", "--all"]):
        said = command(*words)
        assert (said.code, said.out) == (0, "")
        assert said.err.startswith("No run yet in ")
        assert command(*words, "--json").out == ""
        assert "other projects" not in said.err


def test_where_there_is_no_run_one_is_told_of_those_elsewhere(command, waiting_run, tmp_path, monkeypatch) -> None:
    (tmp_path / "elsewhere" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "elsewhere")
    said = command("runs")
    assert (said.code, said.out) == (0, "")
    assert "1 run is in other projects" in said.err
    assert "`hephaestus runs --all`" in said.err
    assert waiting_run in command("runs", "--all").out


def test_the_column_of_proposals_is_called_so_and_a_script_has_its_short_name(command, waiting_run) -> None:
    assert "PROPOSED" in command("runs").out
    assert "scripted:script.toml" in command("model", "last").out
    assert "on scripted:script.toml" in command("show", "last", "T1").out


def test_the_smallest_script_of_the_readme_is_played(command, tmp_path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    block = readme.partition("`--model scripted:FILE`")[2].partition("\n    [[agent]]\n")[2]
    rows = takewhile(lambda row: not row or row.startswith("    "), block.splitlines())
    script = tmp_path / "smallest.toml"
    script.write_text("\n".join(["[[agent]]", *rows]))
    said = command("run", "do it", "--headless", "--json", "--model", f"scripted:{script}")
    assert said.code == 0, said.err
    (task,) = command("tasks", "last", "--json").rows()
    assert (task["status"], task["summary"]) == ("completed", "Nothing had to be done.")


def test_when_everything_is_decided_nothing_waits(command, script) -> None:
    command("run", "mend the cache", "--headless", "--json", "--model", script, "--decide", "accept")
    said = command("proposals", "last")
    assert (said.code, said.out, said.err) == (0, "", "Nothing waits for a decision.\n")


def test_escapes_in_a_goal_and_in_a_title_are_shown_and_never_written(command, tmp_path) -> None:
    evil = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31mred\u202eeval"
    toml = evil.encode("unicode_escape").decode().replace("\\x", "\\u00")
    path = tmp_path / "evil.toml"
    path.write_text(
        f"""
[[agent]]
name = "root"
[[agent.turn]]
text = "{toml}"
[[agent.turn.call]]
id = "p"
tool = "spawn_building_task"
arguments = {{ title = "{toml}", description = "{toml}", rationale = "{toml}", role = "qa_tester" }}
[[agent.turn]]
text = "{toml}"
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = {{ summary = "{toml}" }}
"""
    )
    said = command("run", f"look at {evil}", "--headless", "--model", f"scripted:{path}")
    assert said.code == 0
    written = said.out + said.err
    for words in (
        ["runs"],
        ["tasks", "last"],
        ["proposals", "last"],
        ["show", "last", "T1", "--transcript"],
        ["show", "last", "T2"],
    ):
        said = command(*words)
        assert said.code == 0
        assert "red" in said.out
        written += said.out + said.err
    for words in (["runs", "--json"], ["tasks", "last", "--json"], ["show", "last", "T1", "--transcript", "--json"]):
        written += command(*words).out
    assert not set(written) & {"\x1b", "\x07", "\x9b", "\u202e"}


def test_a_reader_that_goes_away_is_no_traceback(hephaestus) -> None:
    process = hephaestus.start("doctor", "--json")
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")


def test_a_terminal_without_our_signs_gets_substitutes(command, hephaestus, script) -> None:
    command("run", "mend → the cache", "--headless", "--model", script)
    said = hephaestus("show", "last", "T1", "--transcript", PYTHONIOENCODING="ascii")
    assert said.code == 0
    assert "mend \\u2192 the cache" in said.out
