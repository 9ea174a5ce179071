"""Budgets from the command line: what was spent on what, raising one, and doing without a price."""

from __future__ import annotations


def test_what_was_spent_is_listed_and_a_budget_is_set(command, waiting_run) -> None:
    rows = {(row["scope"], row["of"]): row for row in command("budget", "last", "--json").rows()}
    run, task = rows["run", None], rows["task", "T1"]
    assert run["tokens"] == task["tokens"] > 0
    assert (run["dollars"], run["limits"]) == (0.0, {"dollars": None, "tokens": 20_000_000})
    assert rows["phase", "investigation"]["tokens"] == run["tokens"]
    said = command("budget", "last", "run_dollars", "--raise", "$12.50")
    assert (said.code, said.err) == (0, f"Run {waiting_run}: the dollars of the run may be $12.50 now.\n")
    command("budget", "last", "task_dollars", "t1", "--raise", "0.05")
    command("budget", "last", "phase_tokens", "building", "--raise", "1_000_000")
    rows = {(row["scope"], row["of"]): row for row in command("budget", "last", "--json").rows()}
    assert (rows["run", None]["limits"]["dollars"], rows["task", "T1"]["limits"]["dollars"]) == (12.5, 0.05)
    listed = command("budget", "last").out
    assert "of $12.50" in listed
    assert "T1 and all below it" in listed


def test_what_is_no_budget_is_told(command, waiting_run) -> None:
    assert "Say which budget" in command("budget", "last", "run_dollars").err
    assert "Say which budget" in command("budget", "last", "--raise", "3").err
    assert "spent already" in command("budget", "last", "run_tokens", "--raise", "1").err
    assert "There is no task T99" in command("budget", "last", "task_dollars", "T99", "--raise", "1").err
    assert "There is no phase 'lunch'" in command("budget", "last", "phase_dollars", "lunch", "--raise", "1").err
    assert "'much' is no number" in command("budget", "last", "run_dollars", "--raise", "much").err
    assert "from 0 up" in command("budget", "last", "run_dollars", "--raise", "nan").err


def test_a_budget_that_is_used_up_ends_a_headless_run_and_stands_in_the_inbox(command, tmp_path) -> None:
    script = tmp_path / "s.toml"
    look = '[[agent.turn]]\ntext = "Look."\n[[agent.turn.call]]\nid = "l"\ntool = "list_files"\narguments = { path = "." }\n'
    done = '[[agent.turn]]\n[[agent.turn.call]]\nid = "d"\ntool = "complete_task"\narguments = { summary = "s" }\n'
    price = "price = { input = 1000.0, output = 1000.0 }\n"
    script.write_text(f'{price}rate = 0\n[[agent]]\nname = "a"\n{look}{done}')
    (tmp_path / "config" / "config.toml").write_text("[limits]\nrun_dollars = 0.01\n")
    ran = command("run", "Look at it", "--headless", "--decide", "wait", "--model", f"scripted:{script}")
    assert ran.code == 3
    assert "the budget of the run is used up" in ran.err
    (item,) = command("inbox", "last", "--json").rows()
    assert (item["kind"], item["task_id"], item["budget"]["unit"]) == ("budget", "T1", "dollars")
    assert "Agents wait: the budget of the run is used up" in command("budget", "last").err
    (tmp_path / "config" / "config.toml").write_text("[limits]\nrun_dollars = 1000\n")
    resumed = command("run", "--resume", "last", "--headless", "--decide", "wait", "--model", f"scripted:{script}")
    assert resumed.code == 0, resumed.err


def test_a_model_without_a_price_may_go_on(command, waiting_run) -> None:
    said = command("budget", "last", "--allow-unpriced")
    assert "models without a known price go on" in said.err
    assert command("budget", "last", "--allow-unpriced").code == 1


def test_a_task_tells_what_it_and_all_around_it_cost(command, waiting_run) -> None:
    (task,) = (row for row in command("tasks", "last", "--json").rows() if row["id"] == "T1")
    (shown,) = command("show", "last", "T1", "--json").rows()
    assert list(task["spent"]) == ["task", "subtree", "phase", "run"]
    assert shown["spent"] == task["spent"]
    assert task["spent"]["task"]["tokens"] > 0
    assert "spent on the run: $0.00 (" in command("show", "last", "T1").out
    assert "COST" in command("tasks", "last").out
