"""Who decides when there is no screen: a fixed verdict, a rules file, or a person at the terminal."""

from __future__ import annotations

import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from hephaestus_tui.domain.commands import Decide
from hephaestus_tui.domain.decision import Actor, ActorKind, Proposal, Verdict
from hephaestus_tui.domain.errors import ConfigError, UsageError
from hephaestus_tui.domain.events import ALLOW, Question, QuestionKind
from hephaestus_tui.domain.task import Discovery, Phase, Priority

NOBODY = "Nobody is here to answer: go by your own judgement, and say in your summary what you assumed."
NOBODY_ALLOWS = "Nobody is here to allow it; start the run with a policy that does (--policy auto)."


Ask: TypeAlias = Callable[[str], Awaitable[str]]


class Decider(Protocol):
    """None leaves the proposal or the question waiting."""

    async def decide(self, proposal: Proposal) -> Decide | None: ...

    async def answer(self, question: Question) -> str | None: ...


class Waiting:
    """Leaves everything to whoever comes later."""

    async def decide(self, proposal: Proposal) -> Decide | None:
        return None

    async def answer(self, question: Question) -> str | None:
        return None


@dataclass(frozen=True, slots=True)
class Always:
    """One verdict for every proposal."""

    verdict: Verdict

    async def decide(self, proposal: Proposal) -> Decide | None:
        actor = Actor(ActorKind.RULE, f"--decide {self.verdict}")
        reason = "rejected by --decide reject" if self.verdict is Verdict.REJECT else ""
        return Decide(
            task_id=proposal.task_id, verdict=self.verdict, actor=actor, version=proposal.version, reason=reason
        )

    async def answer(self, question: Question) -> str | None:
        return unattended_answer(question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A verdict for the proposals that match every named field; None matches all."""

    name: str
    verdict: Verdict
    reason: str = ""
    phase: Phase | None = None
    role: str | None = None
    discovery: Discovery | None = None
    priority: Priority | None = None

    def matches(self, proposal: Proposal) -> bool:
        draft = proposal.draft
        return all(
            wanted is None or wanted == found
            for wanted, found in (
                (self.phase, draft.phase),
                (self.role, draft.role),
                (self.discovery, draft.discovery),
                (self.priority, draft.priority),
            )
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """The first rule that matches decides; what none matches waits."""

    rules: tuple[Rule, ...]

    async def decide(self, proposal: Proposal) -> Decide | None:
        for rule in self.rules:
            if rule.matches(proposal):
                return Decide(
                    task_id=proposal.task_id,
                    verdict=rule.verdict,
                    actor=Actor(ActorKind.RULE, rule.name),
                    version=proposal.version,
                    reason=rule.reason,
                )
        return None

    async def answer(self, question: Question) -> str | None:
        return unattended_answer(question)


@dataclass(frozen=True, slots=True)
class Asking:
    """A person at standard input. `ask` writes a prompt and returns a line, raising EOFError at the end of input."""

    actor: Actor
    ask: Ask

    async def decide(self, proposal: Proposal) -> Decide | None:
        draft = proposal.draft
        prompt = (
            f"\n{proposal.task_id} {draft.phase}: {draft.title}\n  {draft.rationale}\n"
            f"  blocked by: {', '.join(draft.blocked_by) or 'nothing'}\n"
            "accept (a), reject (r REASON), wait (w)? "
        )
        while True:
            try:
                line = (await self.ask(prompt)).strip()
            except EOFError:
                return None
            word, _, rest = line.partition(" ")
            decide = {"task_id": proposal.task_id, "actor": self.actor, "version": proposal.version}
            match word:
                case "a" | "accept":
                    return Decide(verdict=Verdict.ACCEPT, **decide)  # type: ignore[arg-type]
                case "r" | "reject" if rest.strip():
                    return Decide(verdict=Verdict.REJECT, reason=rest, **decide)  # type: ignore[arg-type]
                case "w" | "wait":
                    return None
                case _:
                    prompt = "Type a, w, or r with a reason: "

    async def answer(self, question: Question) -> str | None:
        hint = "y to allow, or a reason to refuse: " if question.kind is QuestionKind.PERMISSION else "answer: "
        try:
            line = await self.ask(f"\n{question.task_id} asks: {question.text}\n{hint}")
        except EOFError:
            return None
        if question.kind is QuestionKind.PERMISSION and line.strip() in ("y", "yes"):
            return ALLOW
        return line.strip() or None


def unattended_answer(question: Question) -> str:
    return NOBODY_ALLOWS if question.kind is QuestionKind.PERMISSION else NOBODY


def policy(word: str, actor: Actor, ask: Ask) -> Decider:
    """The decider that `--decide WORD` names. Raises UsageError, and ConfigError for a rules file that will not do."""
    match word:
        case "accept":
            return Always(Verdict.ACCEPT)
        case "reject":
            return Always(Verdict.REJECT)
        case "wait":
            return Waiting()
        case "ask":
            return Asking(actor, ask)
    path = Path(word).expanduser()
    if not path.is_file():
        raise UsageError(f"--decide takes accept, reject, wait, ask, or a rules file; {word!r} is none of them.")
    return Rules(read_rules(path))


def read_rules(path: Path) -> tuple[Rule, ...]:
    """`[[rule]]` tables with `verdict` (accept or reject), `reason`, and any of phase, role, discovery, priority."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: the rules cannot be read: {error}.") from error
    entries = table.get("rule")
    if set(table) != {"rule"} or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise ConfigError(f"{path}: write one or more [[rule]] tables and nothing else.")
    return tuple(_rule(path, number, entry) for number, entry in enumerate(entries, 1))


def _rule(path: Path, number: int, entry: dict[str, Any]) -> Rule:
    kinds: dict[str, Callable[[Any], Any]] = {
        "verdict": Verdict, "reason": str, "phase": Phase, "role": str, "discovery": Discovery,
        "priority": Priority, "name": str,
    }  # fmt: skip
    if unknown := sorted(set(entry) - set(kinds)):
        raise ConfigError(f"{path}: rule {number}: unknown field {unknown[0]!r}; known: {', '.join(kinds)}.")
    try:
        fields = {name: kinds[name](value) for name, value in entry.items()}
    except ValueError as error:
        raise ConfigError(f"{path}: rule {number}: {error}.") from error
    if fields.get("verdict") not in (Verdict.ACCEPT, Verdict.REJECT):
        raise ConfigError(f"{path}: rule {number}: verdict must be accept or reject.")
    if fields["verdict"] is Verdict.REJECT and not fields.get("reason", "").strip():
        raise ConfigError(f"{path}: rule {number}: a rejection needs a reason: the agent learns from it.")
    fields.setdefault("name", f"{path.name}#{number}")
    return Rule(**fields)
