"""`rules`: what may decide without asking: listed, tried on what is past, switched on by a person, and off."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace

from hephaestus_tui.cli import output
from hephaestus_tui.cli.confirm import confirmed
from hephaestus_tui.cli.options import add_json
from hephaestus_tui.cli.places import Found, find
from hephaestus_tui.cli.rule_words import trial
from hephaestus_tui.cli.stores import places
from hephaestus_tui.cli.submit import carry_out, person
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.commands import StopRules, SwitchRule
from hephaestus_tui.domain.errors import CommandRefused, ConfigError, UsageError
from hephaestus_tui.domain.rule import Rule, conditions
from hephaestus_tui.domain.rules import Listed, WhatIf, listed, rule_use, what_if
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.rules_file import FILE, own_rules

DONE, DECLINED = 0, 1


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", nargs="?", help="a run's id, a unique prefix of one, or `last`")
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--what-if", metavar="ID", help="show what the rule would have done to every past proposal")
    does.add_argument("--on", metavar="ID", help="show that, ask, and let the rule decide from now on")
    does.add_argument("--off", metavar="ID", help="let the rule decide no longer")
    does.add_argument("--stop", action="store_true", help="all rules off, at once")
    parser.add_argument("--yes", action="store_true", help="with --on: do not ask")
    add_json(parser, "one JSON object a line")


def run(arguments: Namespace) -> int:
    if arguments.yes and not arguments.on:
        raise UsageError("--yes goes with --on.")
    named = (arguments.what_if, arguments.on, arguments.off)
    if "" in named:
        raise UsageError("The id of the rule is empty: name the rule.")
    acts = any((*named, arguments.stop))
    if arguments.run is None:
        if acts:
            raise UsageError("Name the run: a rule is switched on and off in one run, and tried on one.")
        _list(arguments, None)
        return DONE
    found = find(arguments, arguments.run)
    if arguments.what_if:
        _tell(arguments, found, what_if(_rule(found, arguments.what_if), found.state))
    elif arguments.on:
        return _switch_on(arguments, found)
    elif arguments.off:
        rule = found.state.rules.get(arguments.off)
        if rule is None:
            raise CommandRefused(f"The rule {arguments.off!r} is not on in run {found.run_id}: {_on(found.state)}.")
        carry_out(arguments, found, SwitchRule(rule=rule, on=False, actor=person()))
    elif arguments.stop:
        carry_out(arguments, found, StopRules(actor=person()))
    else:
        _list(arguments, found)
    return DONE


def _on(state: RunState) -> str:
    return f"these are: {', '.join(state.rules)}" if state.rules else "none is"


def _rule(found: Found, rule_id: str) -> Rule:
    """As it stands in the file, which is what would be switched on. Raises ConfigError, UsageError."""
    known = {rule.id: rule for rule in own_rules(places().config)}
    if rule_id not in known:
        these = f"it has {', '.join(known)}" if known else "it has none yet; `L` in the app writes one, or you do"
        raise UsageError(f"There is no rule {rule_id!r} in {places().config / FILE}: {these}.")
    return known[rule_id]


def _switch_on(arguments: Namespace, found: Found) -> int:
    rule = _rule(found, arguments.on)
    # with --json the receipt is the data, and what it would have done is narration
    _narrate(found, what_if(rule, found.state))
    if not confirmed(f"Let rule {rule.id} decide in run {found.run_id} from now on?", arguments.yes):
        output.say("Nothing was switched on.")
        return DECLINED
    carry_out(arguments, found, SwitchRule(rule=rule, on=True, actor=person()))
    return DONE


def _narrate(found: Found, tried: WhatIf) -> None:
    for line in trial(found.state, tried):
        output.say(line)


def _tell(arguments: Namespace, found: Found, tried: WhatIf) -> None:
    if not arguments.json:
        for line in trial(found.state, tried):
            output.text(line)
        return
    for case in tried.cases:
        output.data(
            {
                "run": found.run_id, "rule": tried.rule.id, "task_id": case.proposal.task_id,
                "verdict": tried.rule.verdict, "capped": case.capped, "agrees": case.agrees,
                "decision": to_data(case.decision) if case.decision else None,
            }
        )  # fmt: skip


def _list(arguments: Namespace, found: Found | None) -> None:
    """Those of the file, and those that are on in the run; the latter even where the file cannot be read."""
    state, failure = found.state if found else RunState(), None
    in_file: tuple[Rule, ...] = ()
    try:
        in_file = own_rules(places().config)
    except ConfigError as error:
        failure = error
    rows = listed(state, in_file)
    if arguments.json:
        for row in rows:
            use = {"hour": (u := rule_use(state, row.rule.id, time.time())).hour, "total": u.total}
            standing = {"run": found.run_id, "on": row.on, "use": use} if found else {}
            output.data({**to_data(row.rule), **standing, "note": row.note})
    elif rows:
        head = ("RULE", *(("ON", "DECIDED") if found else ()), "DOES", "AN HOUR", "WHEN")
        output.table(head, [_row(state, found, row) for row in rows])
    if failure:
        raise failure
    if not rows:
        output.say(f"There is no rule yet in {places().config / FILE}.")


def _row(state: RunState, found: Found | None, row: Listed) -> tuple[str, ...]:
    rule = row.rule
    decided = rule_use(state, rule.id, time.time()).total
    when = conditions(rule) + (f" ({row.note})" if row.note else "")
    standing = ("on" if row.on else "-", str(decided)) if found else ()
    return (rule.id, *standing, rule.verdict, str(rule.per_hour) if rule.per_hour else "no cap", when)
