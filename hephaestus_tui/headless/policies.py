"""Who decides when there is no screen: a fixed verdict, a rules file, or a person at the terminal."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from hephaestus_tui.domain.check import Ruling, read_ruling, ruling_text
from hephaestus_tui.domain.commands import Decide
from hephaestus_tui.domain.criterion import said
from hephaestus_tui.domain.decision import Actor, ActorKind, Proposal, Verdict
from hephaestus_tui.domain.errors import ConfigError, UsageError
from hephaestus_tui.domain.events import ALLOW, Question, QuestionKind
from hephaestus_tui.domain.rule import HOUR, Rule
from hephaestus_tui.domain.rules import is_for_rules
from hephaestus_tui.rules_file import read_rules

NOBODY = "Nobody is here to answer: go by your own judgement, and say in your summary what you assumed."
NOBODY_ALLOWS = "Nobody is here to allow it; go on without it, and say in your summary what you could not do."


_HINTS = {
    QuestionKind.QUESTION: "answer: ",
    QuestionKind.PERMISSION: "a to allow, or a reason to refuse: ",
    QuestionKind.CRITERION: "accept: REASON, back: A WORD TO THE AGENT, or fail: ",
}

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


class Rules:
    """The first rule that matches, and has not decided as much as it may in an hour, decides; the rest waits.

    As in the app it decides on what an agent proposes, before anyone has changed, asked about or taken it back.
    `clock` counts seconds.
    """

    def __init__(self, rules: Sequence[Rule], clock: Callable[[], float] = time.monotonic) -> None:
        self._rules, self._clock = rules, clock
        self._made: dict[str, deque[float]] = {rule.id: deque() for rule in rules}

    async def decide(self, proposal: Proposal) -> Decide | None:
        for rule in self._rules if is_for_rules(proposal) else ():
            if rule.matches(proposal) and self._within_cap(rule):
                self._made[rule.id].append(self._clock())
                return Decide(
                    task_id=proposal.task_id,
                    verdict=rule.verdict,
                    actor=Actor(ActorKind.RULE, rule.id),
                    version=proposal.version,
                    reason=rule.reason,
                )
        return None

    async def answer(self, question: Question) -> str | None:
        return unattended_answer(question)

    def _within_cap(self, rule: Rule) -> bool:
        made, begin = self._made[rule.id], self._clock() - HOUR
        while made and made[0] <= begin:
            made.popleft()
        return rule.per_hour == 0 or len(made) < rule.per_hour


@dataclass(frozen=True, slots=True)
class Asking:
    """A person at standard input. `ask` writes a prompt and returns a line, raising EOFError at the end of input."""

    actor: Actor
    ask: Ask

    async def decide(self, proposal: Proposal) -> Decide | None:
        draft = proposal.draft
        # to accept it is to let its commands be run
        criteria = "".join(f"  done when: {said(criterion)}\n" for criterion in draft.done_criteria)
        prompt = (
            f"\n{proposal.task_id} {draft.phase}: {draft.title}\n  {draft.rationale}\n"
            f"  blocked by: {', '.join(draft.blocked_by) or 'nothing'}\n"
            f"{criteria}"
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
        prompt = f"\n{question.task_id} asks: {question.text}\n{_HINTS[question.kind]}"
        try:
            line = await self.ask(prompt)
            while question.kind is QuestionKind.CRITERION and line.strip() and read_ruling(line) is None:
                line = await self.ask(_HINTS[question.kind])
        except EOFError:
            return None
        if question.kind is QuestionKind.PERMISSION and line.strip() in ("a", "allow", "y", "yes"):
            return ALLOW
        return line.strip() or None


def unattended_answer(question: Question) -> str:
    match question.kind:
        case QuestionKind.PERMISSION:
            return NOBODY_ALLOWS
        case QuestionKind.CRITERION:
            return ruling_text(Ruling.FAIL, "nobody is here to accept it as it is")
        case QuestionKind.QUESTION:
            return NOBODY


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
    rules = read_rules(path)
    if not rules:
        raise ConfigError(f"{path}: it holds no rule: write one or more [[rule]] tables.")
    return Rules(rules)
