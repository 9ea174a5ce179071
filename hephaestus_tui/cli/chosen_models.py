"""Which model the settings choose for each role and phase, in as few lines as say it: for `doctor`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hephaestus_tui.bootstrap.named_models import named_models
from hephaestus_tui.config import Settings
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.engine.models import Choice, choice_by_settings
from hephaestus_tui.engine.roles import Role
from hephaestus_tui.providers.registry import Registry


def chosen_lines(settings: Settings, roles: Mapping[str, Role]) -> Iterator[str]:
    """One line for each choice, what holds for most roles and phases first: "anthropic:x, effort high: tech_lead"."""
    groups: dict[str, dict[str, list[Phase]]] = {}
    for role in roles.values():
        for phase in role.phases:
            choice = choice_by_settings(settings, role.name, role.tier, phase, settings.model)
            groups.setdefault(_words(choice), {}).setdefault(role.name, []).append(phase)
    ordered = sorted(groups.items(), key=lambda group: -sum(len(phases) for phases in group[1].values()))
    for number, (words, who) in enumerate(ordered):
        if number == 0:
            yield f"{words}: {'all other' if len(ordered) > 1 else 'all'} roles and phases"
        else:
            yield f"{words}: {'; '.join(_who(roles[name], phases) for name, phases in who.items())}"


def unready_fallbacks(settings: Settings, registry: Registry) -> Iterator[str]:
    """Why what is to be fallen back on could not be asked now."""
    for place, model, is_fallback in named_models(settings):
        if is_fallback:
            try:
                registry.check(model)
            except UsageError as error:
                yield f"{place}: {error}"


def _words(choice: Choice) -> str:
    effort = f", effort {choice.effort}" if choice.effort else ""
    rest = "".join(f", then {model}" for model in choice.models[1:])
    return f"{choice.model or 'none chosen'}{effort}{rest}"


def _who(role: Role, phases: list[Phase]) -> str:
    return role.name if len(phases) == len(role.phases) else f"{role.name} in {', '.join(phases)}"
