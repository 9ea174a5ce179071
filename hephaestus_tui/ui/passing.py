"""What a fact says in passing, where nobody asked: a budget nearly spent, where tasks work and what they do not see."""

from __future__ import annotations

from hephaestus_tui.domain.events import BudgetWarned, Fact, WorkspacesChosen
from hephaestus_tui.domain.spending import warned_words
from hephaestus_tui.domain.work_words import chosen_words


def passing_words(fact: Fact) -> str:
    """Empty for a fact that is seen where it belongs."""
    match fact:
        case BudgetWarned():
            return warned_words(fact)
        case WorkspacesChosen():
            words = chosen_words(fact)
            return f"{words[:1].upper()}{words[1:]}." if words else ""
        case _:
            return ""
