"""Words that several commands have for the same thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import unified_diff

from hephaestus_tui.domain.criterion import command_of, said, words_of
from hephaestus_tui.domain.decision import Change, Decision, FieldValue, Near, Proposal, Verdict
from hephaestus_tui.domain.plain import clean
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Task, TaskDraft, TaskId

_MADE = {Verdict.ACCEPT: "accepted", Verdict.EDIT: "accepted with changes", Verdict.REJECT: "rejected"}


def count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def standing(decision: Decision) -> str:
    """A decision with whoever made it: "accepted by ada", "merged into T3 by ada"."""
    verdict = f"merged into {decision.merged_into}" if decision.merged_into else _MADE[decision.verdict]
    return f"{verdict} by {decision.actor}"


def likely(state: RunState, proposal: Proposal) -> list[Near]:
    """Those so near that they are shown as likely duplicates in this run."""
    return [near for near in proposal.near if near.score >= state.duplicate_score]


def title(state: RunState, task_id: TaskId) -> str:
    draft = state.draft(task_id)
    return draft.title if draft else ""


def proposal_text(state: RunState, proposal: Proposal, whole: bool = False) -> str:
    """A proposal in a few lines, with what one should know before one decides; `whole`: with its description."""
    draft = proposal.draft
    origin = f"spawned by {proposal.origin.task_id}" if proposal.origin.task_id else "written by a human"
    version = f"  (version {proposal.version})" if proposal.version > 1 else ""
    lines = [
        f"{proposal.task_id}  {draft.title}{version}",
        f"    {draft.phase}, {draft.role}, {draft.priority}, {draft.discovery}; {origin}; "
        f"blocked by {', '.join(draft.blocked_by) or 'nothing'}"
        + (f"; blocks {', '.join(draft.blocks)} when accepted" if draft.blocks else ""),
        *((f"    what: {draft.description}",) if whole else ()),
        f"    why: {draft.rationale}",
        *criteria_lines(draft),
        *(
            f"    likely duplicate of {near.task_id} ({near.score} of 100): {title(state, near.task_id)}"
            for near in likely(state, proposal)
        ),
    ]
    if query := state.queries.get(proposal.task_id):
        lines.append(f"    {query.actor} asked, and waits for the answer: {query.text}")
    return "\n".join(lines)


def criteria_lines(draft: TaskDraft) -> Iterator[str]:
    """What must be true when it is done, and below it the command that decides, where there is one."""
    for criterion in draft.done_criteria:
        yield f"    done when: {words_of(criterion)}"
        if command := command_of(criterion):
            yield f"        checked by: {clean(command, exact=True)}"


def evidence_lines(task: Task) -> Iterator[str]:
    """What its agent offered, what was run to check it, what a validation found, and who let it be."""
    for piece in task.evidence:
        yield f"    evidence: {piece.criterion}: {piece.evidence}"
        if (check := piece.checked) is not None:
            how = f"exit code {check.code} after {check.seconds:.1f} s" if check.code is not None else check.note
            yield f"        checked by the engine: {clean(check.command, exact=True)}: {how}"
    if task.finding:
        yield f"    verdict: {task.finding}"
    if task.waived:
        yield f"    accepted as it is by {task.waived.by}: {task.waived.reason}"


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """What was changed, field by field; of long texts only the lines that differ."""
    for change in changes:
        before, after = _lines(change.before), _lines(change.after)
        if max(len(before), len(after)) <= 1:
            yield f"  {change.field}: {''.join(before)!r} → {''.join(after)!r}"
            continue
        yield f"  {change.field}:"
        for line in list(unified_diff(before, after, lineterm="", n=0))[2:]:
            if not line.startswith("@@"):
                yield f"    {line}"


def _lines(value: FieldValue) -> list[str]:
    return value.split("\n") if isinstance(value, str) else [said(one) for one in value]


def stands(state: RunState, task_id: TaskId) -> str:
    """What has become of a task or proposal, in a word, and if it was rejected, why."""
    if task := state.tasks.get(task_id):
        return task.status.replace("_", " ")
    decision = state.decisions.get(task_id)
    return f"rejected: {decision.reason}" if decision else "proposed"


def age(seconds: float) -> str:
    """A span of time in its two largest units: "3 d 4 h", "12 s"."""
    left = max(0, int(seconds))
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        amount, left = divmod(left, size)
        if amount or (unit == "s" and not parts):
            parts.append(f"{amount} {unit}")
    return " ".join(parts[:2])
