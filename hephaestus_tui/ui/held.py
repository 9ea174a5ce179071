"""What the screen says of policy and sandbox, in one place: two screens that say it differently would be believed both."""

from __future__ import annotations

from hephaestus_tui.domain.policy import Containment, Effect, Policy
from hephaestus_tui.domain.state import RunState

_LONG = {
    Policy.READ_ONLY: ("read-only", "$text-muted"),
    Policy.ASK: ("asks before it writes", "$text-muted"),
    Policy.AUTO_EDIT: ("edits without asking", "$secondary"),
    Policy.AUTO: ("writes and runs without asking", "bold $error"),
}
_SHORT = {
    Policy.READ_ONLY: "read-only",
    Policy.ASK: "asks",
    Policy.AUTO_EDIT: "auto-edit",
    Policy.AUTO: "AUTO",
}
_BANNERS = {
    Containment.NONE: "NO SANDBOX: a command can do whatever you can do, so each one asks",
    Containment.TRUSTED: "NO SANDBOX: the demo's own commands run without asking, in its own folder",
}
_AUTO = {
    Containment.NONE: "Agents will change files without asking. No sandbox works here, so each command still asks.",
    Containment.SANDBOX: (
        "Agents will change files of the project and run any command without asking. Commands run in the sandbox: they "
        "can write in the project alone, and have no network."
    ),
    Containment.TRUSTED: "Agents will change files and run any command, as you, without asking.",
}
_COMMAND = {
    Containment.NONE: "no sandbox: it can do whatever you can do",
    Containment.SANDBOX: "in the sandbox: writes in the project alone, no network",
    Containment.TRUSTED: "no sandbox: it can do whatever you can do",
}


def policy_words(policy: Policy, containment: Containment, *, long: bool, roles: int = 0) -> tuple[str, str]:
    """What agents may do unasked, and the style in which to say it; `roles` counts those that may do something else."""
    words, style = _LONG[policy] if long else (_SHORT[policy], _LONG[policy][1])
    if policy is Policy.AUTO and containment is Containment.NONE:
        words, style = ("writes without asking, commands ask" if long else "auto, commands ask"), "$secondary"
    if roles:
        words += f", {roles} role{'s' if roles > 1 else ''} else" if long else f" +{roles}"
    return words, style


def roles_words(state: RunState) -> str:
    """The roles whose policy is another than the run's, in a sentence; empty where there is none."""
    found = other_policies(state)
    return f"{', '.join(f'{role}: {policy}' for role, policy in found)}." if found else ""


def other_policies(state: RunState) -> list[tuple[str, Policy]]:
    """Each role that has a policy of its own, as it counts now."""
    found = [(own.role, state.policy_of(own.role)) for own in state.role_policies]
    return [(role, policy) for role, policy in found if policy is not state.policy]


def banner_words(containment: Containment) -> str:
    """What stands on the screen as long as nothing holds commands; empty where a sandbox does."""
    return _BANNERS.get(containment, "")


def auto_words(containment: Containment) -> str:
    """What is to be known before a policy is set under which nothing asks."""
    return _AUTO[containment]


def effect_words(effect: Effect | None, containment: Containment) -> str:
    """How far what waits for leave could reach; empty for anything but a command."""
    return _COMMAND[containment] if effect is Effect.RUN else ""
