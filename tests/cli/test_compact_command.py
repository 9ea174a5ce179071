"""Compaction from the command line: asked for, told while it happens, and shown in the transcript."""

from __future__ import annotations

import pytest

LOOK = (
    '[[agent.turn]]\ntext = "Look."\n[[agent.turn.call]]\nid = "ID"\ntool = "list_files"\narguments = { path = "." }\n'
)
READ = '[[agent.turn]]\n[[agent.turn.call]]\nid = "ID"\ntool = "read_file"\narguments = { path = "ID.txt" }\n'
DONE = '[[agent.turn]]\n[[agent.turn.call]]\nid = "d"\ntool = "complete_task"\narguments = { summary = "s" }\n'


@pytest.fixture
def held_run(command, tmp_path) -> str:
    """A run whose only agent stands still after three turns; no process owns it."""
    script = tmp_path / "s.toml"
    looks = ""
    for number in range(5):
        (tmp_path / "project" / f"f{number}.txt").write_text("a line of a file that is long\n" * 400)
        looks += READ.replace("ID", f"f{number}")
    looks += "".join(LOOK.replace("ID", f"l{n}") for n in range(3))
    script.write_text(f'rate = 0\nsummary = "Looked thrice."\n[[agent]]\nname = "a"\n{looks}{DONE}')
    said = command("run", "look at it", "--headless", "--json", "--decide", "wait", "--model", f"scripted:{script}")
    run_id: str = said.rows()[0]["run_id"]
    return run_id


def test_it_is_asked_for_carried_out_at_the_next_turn_and_seen(command, held_run) -> None:
    said = command("compact", "last", "t1")
    assert (said.code, said.err) == (0, f"Run {held_run}: T1 is compacted before its agent's next turn.\n")
    assert "asked for already" in command("compact", "last", "T1").err
    assert "There is no task T9" in command("compact", "last", "T9").err
    went_on = command("run", "--resume", "last", "--headless", "--decide", "wait")
    assert "T1: 11 messages compacted here, " in went_on.err
    assert "(asked for)" in went_on.err
    shown = command("show", "last", "T1", "--transcript")
    assert "[11 messages compacted here, " in shown.out
    assert "    context: " in shown.out
    (row,) = command("show", "last", "T1", "--transcript", "--json").rows()
    (compaction,) = row["compactions"]
    assert (compaction["summary"], compaction["cause"]) == ("Looked thrice.", "asked for")
    assert row["context"]["tokens"] > 0
    assert len(row["messages"]) > compaction["turn"], "all of it is still there"
    assert "has ended" in command("compact", "last", "T1").err
