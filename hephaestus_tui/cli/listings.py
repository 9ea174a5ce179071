"""`runs`, `tasks`, `show`, `proposals`: read-only, also while the app is open."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace

from hephaestus_tui.cli import output
from hephaestus_tui.cli.places import Found, everywhere, find, summaries
from hephaestus_tui.cli.stores import store_of
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.decision import Proposal
from hephaestus_tui.domain.errors import UnknownTask
from hephaestus_tui.domain.message import Message, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.domain.task import Task
from hephaestus_tui.store.reader import Reader

GOAL_WIDTH = 80


def add_options(parser: ArgumentParser) -> None:
    command = parser.prog.rpartition(" ")[2]
    if command == "runs":
        parser.add_argument("--all", action="store_true", help="of every project, not only this one")
    else:
        parser.add_argument("run", metavar="RUN", help="a run's id, a unique prefix of one, or `last`")
    if command == "show":
        parser.add_argument("task", metavar="TASK", help="a task's id, such as T3")
        parser.add_argument("--transcript", action="store_true", help="with all that was said")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: Namespace) -> int:
    {"runs": _runs, "tasks": _tasks, "show": _show, "proposals": _proposals}[arguments.command](arguments)
    return 0


def _runs(arguments: Namespace) -> None:
    store = store_of(arguments)
    found = everywhere() if arguments.all else summaries(store) if store.exists() else []
    if arguments.json:
        for store, summary in found:
            output.data({**to_data(summary), "store": str(store)})
        return
    if not found:
        output.say(f"No run yet in {store}." if not arguments.all else "No run yet in any project.")
        return
    output.table(
        ("RUN", "STARTED", "TASKS", "WAITING", "COST", "GOAL"),
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


def _short(goal: str) -> str:
    first = goal.strip().partition("\n")[0]
    return first if len(first) <= GOAL_WIDTH else f"{first[: GOAL_WIDTH - 1]}…"


def _tasks(arguments: Namespace) -> None:
    state = find(arguments, arguments.run).state
    tasks = sorted(state.tasks.values(), key=lambda t: int(t.id[1:]))
    if arguments.json:
        for task in tasks:
            output.data(to_data(task))
        return
    output.table(
        ("TASK", "STATUS", "PHASE", "ROLE", "BLOCKED BY", "TITLE"),
        [
            (t.id, t.status, t.draft.phase, t.draft.role, ",".join(t.draft.blocked_by) or "-", t.draft.title)
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
        output.text(_proposal_text(proposal))
    output.say(f"Decide with: hephaestus accept|edit|reject {found.run_id} TASK")


def _proposal_text(proposal: Proposal) -> str:
    draft = proposal.draft
    origin = f"spawned by {proposal.origin.task_id}" if proposal.origin.task_id else "written by a human"
    return (
        f"{proposal.task_id}  {draft.title}\n"
        f"    {draft.phase}, {draft.role}, {draft.priority}, {draft.discovery}; {origin}; "
        f"blocked by {', '.join(draft.blocked_by) or 'nothing'}\n"
        f"    why: {draft.rationale}"
    )


def _show(arguments: Namespace) -> None:
    found = find(arguments, arguments.run)
    state, task_id = found.state, arguments.task.upper()
    task = state.tasks.get(task_id)
    proposal = state.proposals.get(task_id) or state.rejected.get(task_id)
    if task is None and proposal is None:
        raise UnknownTask(
            f"There is no task {task_id} in run {found.run_id}: `hephaestus tasks {found.run_id}` lists them."
        )
    decision = state.decisions.get(task_id)
    messages = _messages(found, task_id) if arguments.transcript else ()
    if arguments.json:
        output.data(
            {
                "task": to_data(task) if task else None,
                "proposal": to_data(proposal) if proposal else None,
                "decision": to_data(decision) if decision else None,
                **({"messages": [to_data(m) for m in messages]} if arguments.transcript else {}),
            }
        )
        return
    output.text(_task_text(task) if task else _proposal_text(proposal) if proposal else "")
    if decision:
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(decision.decided_at))
        output.text(
            f"    {decision.verdict} by {decision.actor}, {at}, after {decision.waited:.0f} s. {decision.reason}"
        )
        for change in decision.changes:
            output.text(f"      {change.field}: {change.before!r} → {change.after!r}")
    for message in messages:
        output.text(_message_text(message))


def _task_text(task: Task) -> str:
    draft = task.draft
    lines = [
        f"{task.id}  {draft.title}",
        f"    {task.status}; {draft.phase}, {draft.role}, {draft.priority}, {draft.discovery}; "
        f"blocked by {', '.join(draft.blocked_by) or 'nothing'}",
        f"    what: {draft.description}",
        f"    why: {draft.rationale}",
        *(f"    done when: {criterion}" for criterion in draft.done_criteria),
        *(f"    evidence: {e.criterion}: {e.evidence}" for e in task.evidence),
    ]
    if task.reason:
        lines.append(f"    reason: {task.reason}")
    if task.summary:
        lines.append(f"    result: {task.summary}")
    return "\n".join(lines)


def _messages(found: Found, task_id: str) -> tuple[Message, ...]:
    with Reader(found.store) as reader:
        return reader.transcript(found.run_id, task_id).messages


def _message_text(message: Message) -> str:
    said = []
    for part in message.parts:
        match part:
            case TextPart(text=words):
                said.append(words)
            case ToolCallPart(name=name, arguments=given):
                said.append(f"→ {name} {given}")
            case ToolResultPart(content=words):
                said.append(f"← {words}")
            case _:
                said.append(f"({type(part).__name__})")
    return f"\n[{message.speaker}]\n" + "\n".join(said)
