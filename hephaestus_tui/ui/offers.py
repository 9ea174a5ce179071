"""Offers a rule where a person has decided alike several times in a row. It only says so: nothing is written or switched."""

from __future__ import annotations

from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.rule import Rule, conditions
from hephaestus_tui.domain.rules import ROW, suggestion
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.text import line

_PAST = {Verdict.ACCEPT: "accepted", Verdict.REJECT: "rejected"}


class RuleOffers:
    """Each pattern is offered once; what was decided before the screen came up is none."""

    def __init__(self, rules_key: str) -> None:
        self._key = rules_key
        self._offered: set[str] = set()
        self._decisions: int | None = None

    def words(self, state: RunState) -> str:
        """What to say after a frame; "" where there is nothing."""
        before, self._decisions = self._decisions, len(state.record)
        if before is None or before == self._decisions:
            return ""
        rule = suggestion(state)
        if rule is None or rule.id in self._offered or rule.id in state.rules:
            return ""
        self._offered.add(rule.id)
        return f"You have {_PAST[rule.verdict]} {ROW} alike in a row: {_what(rule)}. {self._key}, then n, makes a rule of it."


def _what(rule: Rule) -> str:
    return line(conditions(rule), 100)
