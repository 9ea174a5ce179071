"""A run that is killed while the engine checks a criterion checks it again, and completes the task once."""

from __future__ import annotations

import json
import signal


def test_killed_in_the_midst_of_a_check_it_is_run_again_and_the_task_completed_once(hephaestus, stored_of) -> None:
    command = "sleep 2"
    script = hephaestus.project / "script.toml"
    script.write_text(
        f"""rate = 0
[[agent]]
name = "kid"
for = {{ title = "Kid" }}
[[agent.turn]]
text = "Done."
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = {{ summary = "kid", evidence = [{{ criterion = "It runs", evidence = "e" }}] }}
[[agent]]
name = "root"
[[agent.turn]]
text = "I begin."
[[agent.turn.call]]
id = "kid"
tool = "spawn_validation_task"
arguments = {{ title = "Kid", description = "d", rationale = "r", role = "qa_tester", done_criteria = [{{ text = "It runs", command = {json.dumps(command)} }}] }}
[[agent.turn]]
text = "I end."
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = {{ summary = "root" }}
"""
    )
    options = ("--headless", "--json", "--decide", "ask")
    process = hephaestus.start(
        "run", "do it", *options, "--policy", "ask", "--role", "backend_developer", "--phase", "building",
        "--model", f"scripted:{script}",
    )  # fmt: skip
    process.stdin.write("a\n" * 9)
    process.stdin.flush()
    for line in process.stdout:
        if '"check.started"' in line:
            break
    process.kill()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    ended = hephaestus("run", "--resume", "last", *options)
    assert ended.code == 0, ended.err
    stored = stored_of(hephaestus.home)
    kinds = [row["kind"] for row in stored.query("SELECT kind FROM facts ORDER BY seq")]
    assert kinds.count("check.started") == 2
    assert kinds.count("criteria.unmet") == 0
    (evidence,) = [
        json.loads(row["evidence"]) for row in stored.query("SELECT evidence FROM tasks WHERE title = 'Kid'")
    ]
    assert evidence[0]["checked"]["code"] == 0
