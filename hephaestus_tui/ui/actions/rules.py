"""Rules that decide for a person, and the record of all decisions."""

from __future__ import annotations

from hephaestus_tui.ui.actions.action import Action, Group
from hephaestus_tui.ui.applies import is_open, rules_are_on

ACTIONS: tuple[Action, ...] = (
    Action(
        id="rules", key="L", label="rules", group=Group.RULES, applies=is_open,
        tooltip="Rules that may decide for you: what each would have done, and which are on",
    ),
    Action(
        id="rules.stop", key="!", label="stop all rules", group=Group.RULES, applies=rules_are_on, rank=4,
        tooltip="Switch every rule off at once",
    ),
    Action(
        id="decisions", key="D", label="decisions", group=Group.RULES, applies=is_open,
        tooltip="Every decision of the run, with who made it, what was changed and how long it waited",
    ),
    Action(
        id="duplicates.score", key="%", label="duplicate threshold", group=Group.RULES, applies=is_open,
        tooltip="From which similarity on a proposal says that it is a likely duplicate",
    ),
)  # fmt: skip
