"""A person's own keys, checked against every key that can be moved: the actions', the panes' and the review's."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.ui.keymap import Scope, checked_keys
from hephaestus_tui.ui.pane_keys import PANE_KEYS
from hephaestus_tui.ui.screens.work import REVIEW_KEYS

# as the help lists them
SCOPES: tuple[Scope, ...] = (*PANE_KEYS, REVIEW_KEYS)


def own_keys(keys: Mapping[str, str]) -> dict[str, str]:
    """The settings' rebindings, complete. Raises KeyFault."""
    return checked_keys(keys, PANE_KEYS, (REVIEW_KEYS,))
