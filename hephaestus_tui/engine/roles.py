"""Role files: who an agent is, which tools it holds, and what it is told. Shipped ones first, a person's own over them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.task import Phase

FENCE = "+++"
SHARED_FILE = "shared.md"


class _FrontMatter(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    title: str = Field(min_length=1, max_length=60)
    phases: tuple[Phase, ...] = Field(min_length=1)
    tools: tuple[str, ...]
    tier: str = "strong"
    policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """`tier` is looked up in the settings' `models` table; a run's own model serves where it has no entry.

    `policy` is the loosest that its agents may have, None where the file does not tighten the run's.
    """

    name: str
    title: str
    phases: tuple[Phase, ...]
    tools: tuple[str, ...]
    tier: str
    body: str
    policy: Policy | None = None


def parse_role(text: str, source: Path) -> Role:
    """Read one file: TOML between `+++` lines, then Markdown. Raises ConfigError that names the file and the field."""
    head, found, body = text.removeprefix(FENCE + "\n").partition(f"\n{FENCE}\n")
    if not text.startswith(FENCE + "\n") or not found:
        raise ConfigError(f"{source}: a role begins with its settings between two lines of {FENCE}; add them.")
    try:
        front = _FrontMatter.model_validate(tomllib.loads(head))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: the settings between {FENCE} are not TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{source}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    if not body.strip():
        raise ConfigError(f"{source}: the role has no text below its settings; say who it is and how it works.")
    return Role(front.name, front.title, front.phases, front.tools, front.tier, body.strip(), front.policy)


def load_roles(folders: Iterable[Path]) -> tuple[Mapping[str, Role], str]:
    """Every role by name, and the text shared by all. A later folder replaces what an earlier one named."""
    roles: dict[str, Role] = {}
    shared = ""
    for folder in folders:
        for path in sorted(folder.glob("*.md")) if folder.is_dir() else ():
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"{path}: the role file cannot be read: {error}.") from error
            if path.name == SHARED_FILE:
                shared = text.strip()
                continue
            role = parse_role(text, path)
            roles[role.name] = role
    if not roles:
        raise ConfigError(
            "No role file was found: reinstall hephaestus, or put one into `roles/` of the config folder."
        )
    return roles, shared
