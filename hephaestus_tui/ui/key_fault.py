"""What is wrong with a person's own keys. It stands alone, since the command line names its file without loading the screen."""

from __future__ import annotations

from hephaestus_tui.domain.errors import ConfigError


class KeyFault(ConfigError):
    """`action_id` is the entry of `[ui.keys]` that cannot be."""

    def __init__(self, action_id: str, reason: str) -> None:
        super().__init__(f"ui.keys.{action_id}: {reason}")
        self.action_id = action_id
