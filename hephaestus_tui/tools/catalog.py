"""All tools, in one order; without it each caller would make its own choice of what an agent may do."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hephaestus_tui.config import Limits
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.tools.answer import ANSWER_TOOL, answer_about_proposal
from hephaestus_tui.tools.base import Tool
from hephaestus_tui.tools.edits import edit_file, write_file
from hephaestus_tui.tools.environment import program
from hephaestus_tui.tools.files import find_files, list_files, read_file
from hephaestus_tui.tools.finish import complete_task
from hephaestus_tui.tools.human import ask_human
from hephaestus_tui.tools.notes import note, read_task, search_notes
from hephaestus_tui.tools.review import REVIEW_TOOL, request_review
from hephaestus_tui.tools.sandbox import Sandbox
from hephaestus_tui.tools.search import search_text
from hephaestus_tui.tools.shell import run_command
from hephaestus_tui.tools.spawn import spawn_task
from hephaestus_tui.tools.talk import report_blocker, send_message

ALWAYS = frozenset({"ask_human", "complete_task"})
_SPAWNS = frozenset({REVIEW_TOOL, *(f"spawn_{phase}_task" for phase in Phase)})


def catalog(limits: Limits, sandbox: Sandbox | None = None, root: Path | None = None) -> dict[str, Tool[Any]]:
    """Every tool by its name, in the order in which models are told of them.

    Without a sandbox commands run as whoever runs the app. No program below `root` is used by the tools themselves.
    """
    tools: tuple[Tool[Any], ...] = (
        list_files(),
        find_files(),
        search_text(program("rg", os.environ, apart_from=root)),
        read_file(),
        write_file(),
        edit_file(),
        run_command(limits, sandbox),
        *(spawn_task(phase) for phase in Phase),
        answer_about_proposal(),
        request_review(),
        send_message(),
        report_blocker(),
        note(),
        search_notes(),
        read_task(),
        ask_human(),
        complete_task(),
    )
    return {tool.name: tool for tool in tools}


def for_role(tools: Mapping[str, Tool[Any]], names: Iterable[str]) -> dict[str, Tool[Any]]:
    """The tools that a role names, in the catalog's order, and those that every agent has. Raises ConfigError."""
    wanted = set(names) | ALWAYS
    if wanted & _SPAWNS:
        wanted.add(ANSWER_TOOL)  # who may propose may be asked about it
    if unknown := sorted(wanted - tools.keys()):
        raise ConfigError(f"There is no tool {', '.join(unknown)}. A role may name: {', '.join(tools)}.")
    return {name: tool for name, tool in tools.items() if name in wanted}
