"""Rules: seen, written, switched on and off, and all stopped at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hephaestus_tui.domain.commands import StopRules, SwitchRule
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.rules import suggestion
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.notices import say, warn
from hephaestus_tui.ui.screens.new_rule import NewRuleScreen
from hephaestus_tui.ui.screens.rules import RulesScreen, StopAll, Switch, Write
from hephaestus_tui.ui.text import line

_FROM_PATTERN = (
    "Filled in from your last decisions, which were all alike. Change what you like; it is off until you switch it on."
)


@dataclass(frozen=True, slots=True)
class _File:
    """What the settings hold; `fault` says why they cannot be read."""

    rules: Sequence[Rule] = ()
    fault: str = ""


async def _read(desk: Desk) -> _File:
    if desk.host is None:
        return _File()
    try:
        return _File(await desk.host.rules())
    except ConfigError as error:
        return _File(fault=str(error))


async def rules(desk: Desk, state: RunState, shown: Target) -> None:
    at = ""
    while True:
        file = await _read(desk)
        dialog = RulesScreen(state, file.rules, desk.actor, fault=file.fault, at=at, now=desk.now, clock=desk.clock)
        match await desk.ask(dialog):
            case Switch(rule=rule, on=on):
                at = rule.id
                await desk.submit(SwitchRule(rule=rule, on=on, actor=desk.actor))
            case StopAll():
                await stop(desk, state, shown)
            case Write(rule=rule):
                at = await _write(desk, state, rule, file) or at
            case None:
                return


async def _write(desk: Desk, state: RunState, rule: Rule | None, file: _File) -> str:
    """The id of the rule that was saved; "" where none was."""
    known = {known.id: known for known in file.rules}
    told = ""
    if rule is None and (offered := suggestion(state)) and offered.id not in known:
        rule, told = offered, _FROM_PATTERN
    new, again = bool(told) or rule is None, False
    while True:
        form = NewRuleScreen(rule, state, known, new=new, told=told, clock=desk.clock)
        written = await desk.ask(form, again=again)
        if written is None or desk.host is None:
            return ""
        try:
            await desk.host.save_rule(written)
        except ConfigError as error:
            # what was typed is not lost: the form opens again
            warn(desk.app, str(error))
            rule, told, again = written, "", True
        else:
            say(desk.app, f"The rule {line(written.id)} is saved in your settings, and off.")
            return written.id


async def stop(desk: Desk, state: RunState, shown: Target) -> None:
    await desk.submit(StopRules(actor=desk.actor))


HANDLERS: Mapping[str, Handler] = {"rules": rules, "rules.stop": stop}
