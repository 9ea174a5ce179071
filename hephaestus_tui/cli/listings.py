"""`runs`, `tasks`, `proposals`: read-only, also while the app is open."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace

from hephaestus_tui.cli import output
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import everywhere, find, summaries
from hephaestus_tui.cli.spent import spent_data, spent_words
from hephaestus_tui.cli.stores import store_of
from hephaestus_tui.cli.wording import count, proposal_text
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.budget import Place, Scope

GOAL_WIDTH = 80


def add_options(parser: ArgumentParser) -> None:
    command = parser.prog.rpartition(" ")[2]
    if command == "runs":
        parser.add_argument("--all", action="store_true", help="of every project, not only this one")
    else:
        add_run(parser)
    add_json(parser, "one JSON object a line")


def run(arguments: Namespace) -> int:
    {"runs": _runs, "tasks": _tasks, "proposals": _proposals}[arguments.command](arguments)
    return 0


def _runs(arguments: Namespace) -> None:
    store = store_of(arguments)
    found = everywhere() if arguments.all else summaries(store) if store.exists() else []
    if arguments.json:
        for store, summary in found:
            output.data({**to_data(summary), "store": str(store)})
        return
    if not found:
        output.say("No run yet in any project." if arguments.all else f"No run yet in {store}.{_elsewhere()}")
        return
    output.table(
        ("RUN", "STARTED", "TASKS", "PROPOSED", "COST", "GOAL"),
        [
            (
                s.run_id,
                time.strftime("%Y-%m-%d %H:%M", time.localtime(s.started_at)),
                f"{s.completed}/{s.tasks}" + (f" ({s.failed} failed)" if s.failed else ""),
                str(s.waiting),
                "unknown" if s.cost is None else f"${s.cost:.2f}",
                _short(s.goal),
            )
            for _, s in found
        ],
    )


def _elsewhere() -> str:
    """Where the runs are, if there are any: the demo's are in a folder of its own, and `last` finds them from everywhere."""
    found = everywhere()
    if not found:
        return ""
    are = "is" if len(found) == 1 else "are"
    return f" {count(len(found), 'run')} {are} in other projects, the demo's among them if you ran it: `hephaestus runs --all`."


def _short(goal: str) -> str:
    first = goal.strip().partition("\n")[0]
    return first if len(first) <= GOAL_WIDTH else f"{first[: GOAL_WIDTH - 1]}…"


def _tasks(arguments: Namespace) -> None:
    state = find(arguments, arguments.run).state
    tasks = sorted(state.tasks.values(), key=lambda t: int(t.id[1:]))
    if arguments.json:
        for task in tasks:
            output.data({**to_data(task), "spent": spent_data(state, task.id)})
        return
    output.table(
        ("TASK", "STATUS", "PHASE", "ROLE", "COST", "BLOCKED BY", "TITLE"),
        [
            (
                t.id,
                t.status,
                t.draft.phase,
                t.draft.role,
                spent_words(state, Place(Scope.TASK, t.id), tokens=False),
                ",".join(t.draft.blocked_by) or "-",
                t.draft.title,
            )
            for t in tasks
        ],
    )


def _proposals(arguments: Namespace) -> None:
    found = find(arguments, arguments.run)
    proposals = list(found.state.proposals.values())
    if arguments.json:
        for proposal in proposals:
            output.data({"run": found.run_id, **to_data(proposal)})
        return
    if not proposals:
        output.say("Nothing waits for a decision.")
        return
    for proposal in proposals:
        output.text(proposal_text(found.state, proposal))
    output.say(f"Decide with: hephaestus accept|edit|reject|ask {found.run_id} TASK")
