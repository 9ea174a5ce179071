"""`show`: one task or proposal with all that was said, asked and decided about it."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from hephaestus_tui.cli import output
from hephaestus_tui.cli.options import add_json, add_run
from hephaestus_tui.cli.places import Found, find
from hephaestus_tui.cli.spent import spent_data, spent_lines
from hephaestus_tui.cli.wording import change_lines, criteria_lines, evidence_lines, proposal_text, standing
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.answering import fell_back_words
from hephaestus_tui.domain.context_words import compacted_words, use_words
from hephaestus_tui.domain.decision import Decision
from hephaestus_tui.domain.draft_file import write_draft
from hephaestus_tui.domain.errors import UnknownTask
from hephaestus_tui.domain.message import Message, ReviewPart, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.overlap import overlaps_of
from hephaestus_tui.domain.plain import clean
from hephaestus_tui.domain.review_words import review_text
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Task, TaskId
from hephaestus_tui.session import Transcript
from hephaestus_tui.store.reader import Reader


def add_options(parser: ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("task", metavar="TASK", help="a task's id, such as T3")
    parser.add_argument("--draft", action="store_true", help="only its fields, as the file that `edit --file` reads")
    parser.add_argument("--transcript", action="store_true", help="with all that was said")
    add_json(parser, "as one JSON object")


def run(arguments: Namespace) -> int:
    found = find(arguments, arguments.run)
    state, task_id = found.state, arguments.task.upper()
    task = state.tasks.get(task_id)
    proposal = state.proposals.get(task_id) or state.rejected.get(task_id)
    if task is None and proposal is None:
        raise UnknownTask(
            f"There is no task {task_id} in run {found.run_id}: `hephaestus tasks {found.run_id}` lists them."
        )
    if arguments.draft:
        output.exact(write_draft(draft, state.roles) if (draft := state.draft(task_id)) else "")
        return 0
    said = _transcript(found, task_id) if arguments.transcript else Transcript(task_id=task_id, seq=0, messages=())
    if arguments.json:
        decision = state.decisions.get(task_id)
        output.data(
            {
                "task": to_data(task) if task else None,
                "proposal": to_data(proposal) if proposal else None,
                "decision": to_data(decision) if decision else None,
                "versions": [to_data(version) for version in state.versions.get(task_id, ())],
                "question": to_data(query) if (query := state.queries.get(task_id)) else None,
                "replies": [to_data(reply) for reply in state.replies.get(task_id, ())],
                "overlaps": [
                    {"task": pair.other(task_id), "paths": pair.paths} for pair in overlaps_of(state, task_id)
                ],
                "spent": spent_data(state, task_id),
                "unread": [to_data(word) for word in state.steering.get(task_id, ())],
                "held": task_id in state.on_hold,
                "stepping": task_id in state.stepping,
                "agent": to_data(agent) if (agent := state.agents.get(task_id)) else None,
                "undone": [to_data(undoing) for _, undoing in _undone(state, task_id)],
                "context": to_data(use) if (use := state.context.get(task_id)) else None,
                **(_said_data(said) if arguments.transcript else {}),
            }
        )
        return 0
    output.text(_task_text(task) if task else proposal_text(state, proposal, whole=True) if proposal else "")
    for line in (
        *_asks(state, task_id),
        *_overlaps(state, task_id),
        *spent_lines(state, task_id),
        *_answering(state, task_id),
        *_context(state, task_id),
        *_orders(state, task_id),
        *_history(state, task_id),
    ):
        output.text(f"    {line}")
    for text in _said_text(said):
        output.text(text)
    return 0


def _answering(state: RunState, task_id: TaskId) -> Iterator[str]:
    """Which model answers, and, where it is not the first choice, why and since when."""
    if agent := state.agents.get(task_id):
        fell = f"; since {_at(agent.fell_back.since)} {fell_back_words(agent)}" if agent.fell_back else ""
        yield f"agent: {agent.role} on {short_model(agent.model)}{fell}"


def _orders(state: RunState, task_id: TaskId) -> Iterator[str]:
    """How it is held, and what was said to its agent that is not read yet."""
    if held := state.on_hold.get(task_id):
        yield f"held by {held.actor}: not to start (hephaestus resume {state.run_id} {task_id})"
    if task_id in state.stepping:
        yield f"stepping, by {state.stepping[task_id].actor}"
    for word in state.steering.get(task_id, ()):
        yield f"not read yet ({word.when}, {word.number}): {word.actor}: {word.text}"


def _asks(state: RunState, task_id: TaskId) -> Iterator[str]:
    """What its agent waits for, whole."""
    for question in state.questions.values():
        if question.task_id == task_id:
            first, *rest = clean(question.text, exact=True).splitlines() or [""]
            yield f"asks ({question.kind}): {first}"
            yield from (f"    {line}" for line in rest)


def _overlaps(state: RunState, task_id: TaskId) -> Iterator[str]:
    for pair in overlaps_of(state, task_id):
        other = pair.other(task_id)
        yield f"overlaps with {other} ({state.tasks[other].draft.title}): {', '.join(pair.paths)}"


def _undone(state: RunState, task_id: TaskId) -> list[tuple[Decision, object]]:
    return [(d, state.undone[d.id]) for d in state.record.values() if d.task_id == task_id and d.id in state.undone]


def _history(state: RunState, task_id: TaskId) -> Iterator[str]:
    """Versions, questions and decisions, in words."""
    versions, times = state.versions.get(task_id, ())[1:], state.versions_at.get(task_id, ())[1:]
    for version, at in zip(versions, times, strict=True):
        by = f" by {version.by}" if version.by else ""
        yield f"version {version.version}{by}, {_at(at)}" + (f": {version.note}" if version.note else "")
    for reply in state.replies.get(task_id, ()):
        yield f"{reply.query.actor} asked: {reply.query.text}"
        yield f"{'no answer' if reply.failed else 'answer'}: {reply.text}"
    if query := state.queries.get(task_id):
        yield f"{query.actor} asked, and waits for the answer: {query.text}"
    for decision in (d for d in state.record.values() if d.task_id == task_id):
        yield f"{standing(decision)}, {_at(decision.decided_at)}, after {decision.waited:.0f} s. {decision.reason}".rstrip()
        yield from change_lines(decision.changes)
        if undoing := state.undone.get(decision.id):
            yield f"taken back by {undoing.actor}, {_at(undoing.at)}. {undoing.reason}".rstrip()


def _at(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))


def _task_text(task: Task) -> str:
    draft = task.draft
    lines = [
        f"{task.id}  {draft.title}",
        f"    {task.status}; {draft.phase}, {draft.role}, {draft.priority}, {draft.discovery}; "
        f"blocked by {', '.join(draft.blocked_by) or 'nothing'}",
        f"    what: {draft.description}",
        f"    why: {draft.rationale}",
        *criteria_lines(draft),
        *evidence_lines(task),
    ]
    if task.reason:
        lines.append(f"    reason: {task.reason}")
    if task.summary:
        lines.append(f"    result: {task.summary}")
    return "\n".join(lines)


def _context(state: RunState, task_id: TaskId) -> Iterator[str]:
    if use := state.context.get(task_id):
        yield f"context: {use_words(use)}"


def _transcript(found: Found, task_id: str) -> Transcript:
    with Reader(found.store) as reader:
        return reader.transcript(found.run_id, task_id)


def _said_data(said: Transcript) -> dict[str, object]:
    return {
        "messages": [to_data(m) for m in said.messages],
        "compactions": [to_data(fact) for _, fact in said.compactions],
    }


def _said_text(said: Transcript) -> Iterator[str]:
    """The messages, and where the model got less of them from then on."""
    compactions = [fact for _, fact in said.compactions]
    for message in said.messages:
        while compactions and compactions[0].turn <= message.ordinal:
            yield f"\n[{compacted_words(compactions.pop(0))}]"
        yield _message_text(message)
    for fact in compactions:
        yield f"\n[{compacted_words(fact)}]"


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
            case ReviewPart(review=review, number=number):
                said.append(review_text(review, number))
            case _:
                said.append(f"({type(part).__name__})")
    return f"\n[{message.speaker}]\n" + "\n".join(said)
