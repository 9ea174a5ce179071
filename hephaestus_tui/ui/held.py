"""What the screen says of policy and sandbox, in one place: two screens that say it differently would be believed both."""

from __future__ import annotations

from hephaestus_tui.domain.policy import Containment, Effect, Policy

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


def policy_words(policy: Policy, containment: Containment, *, long: bool) -> tuple[str, str]:
    """What agents may do unasked, and the style in which to say it."""
    words, style = _LONG[policy]
    if policy is Policy.AUTO and containment is Containment.NONE:
        return ("writes without asking, commands ask" if long else "auto, commands ask"), "$secondary"
    return (words if long else _SHORT[policy]), style


def banner_words(containment: Containment) -> str:
    """What stands on the screen as long as nothing holds commands; empty where a sandbox does."""
    return _BANNERS.get(containment, "")


def auto_words(containment: Containment) -> str:
    """What is to be known before a policy is set under which nothing asks."""
    return _AUTO[containment]


def effect_words(effect: Effect | None, containment: Containment) -> str:
    """How far what waits for leave could reach; empty for anything but a command."""
    return _COMMAND[containment] if effect is Effect.RUN else ""
