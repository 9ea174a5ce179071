"""Says, for as long as any rule may decide, that it may, and which key ends it: nobody is to forget that they let it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from hephaestus_tui.domain.rules import rule_use
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.words import count

_HEAD = "RULES ON: "


class RulesBanner(Widget):
    """One row while a rule is on, none else; it says so in words, in every layout. `stop` is the key that stops all."""

    DEFAULT_CSS = """
    RulesBanner { height: 1; padding: 0 1; background: $warning; color: $background; text-style: bold; display: none; }
    """

    def __init__(self, stop: str) -> None:
        super().__init__()
        self._stop = line(stop)
        self._rules: tuple[tuple[str, str], ...] = ()
        self._decided = 0

    def show(self, state: RunState, now: float) -> None:
        """Take what rules have decided; `now` is Unix time, by which the hour is counted. Draws only a change."""
        uses = {rule.id: rule_use(state, rule.id, now) for rule in state.rules.values()}
        rules = tuple(
            (line(rule.id), f"{uses[rule.id].total:,} decided, {_left(rule.per_hour, uses[rule.id].hour)}")
            for rule in state.rules.values()
        )
        decided = sum(use.total for use in uses.values())
        if (rules, decided) != (self._rules, self._decided):
            self._rules, self._decided = rules, decided
            self.display = bool(rules)
            self.refresh()

    def render(self) -> Content:
        """As much as there is room for: each rule with its numbers, their names, or how many there are."""
        end = f"{self._stop} stops all"
        told = (
            ", ".join(f"{name} ({numbers})" for name, numbers in self._rules),
            f"{', '.join(name for name, _ in self._rules)} ({self._decided:,} decided)",
            f"{count(len(self._rules), 'rule')} ({self._decided:,} decided)",
            str(len(self._rules)),
        )
        width = self.content_size.width
        room = width - len(_HEAD) - len(end) - 2
        shown = next((words for words in told if len(words) <= room), told[-1])
        gap = max(width - len(_HEAD) - len(shown) - len(end), 2)
        return Content(f"{_HEAD}{shown}{' ' * gap}{end}")


def _left(per_hour: int, hour: int) -> str:
    return f"{max(per_hour - hour, 0):,} left this hour" if per_hour else "no cap"
