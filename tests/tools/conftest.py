"""A real folder, a desk that only writes down, and a way to call a tool as an agent does."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hephaestus_tui.config import Limits
from hephaestus_tui.domain.task import Evidence, TaskDraft
from hephaestus_tui.tools.base import Completion, Tool, ToolContext, ToolOutcome
from hephaestus_tui.tools.catalog import catalog
from hephaestus_tui.tools.workspace import Workspace

Call = Callable[..., Awaitable[ToolOutcome]]


@dataclass
class WritingCommons:
    """Writes down what it is asked to tell, and says yes."""

    told: list[tuple[object, ...]] = field(default_factory=list)

    async def send_message(self, to: str, text: str) -> str:
        self.told.append(("message", to, text))
        return "sent"

    async def report_blocker(self, text: str, wait: bool) -> str:
        self.told.append(("report", text, wait))
        return "reported"

    async def note(self, text: str, tags: tuple[str, ...]) -> str:
        self.told.append(("note", text, tags))
        return "noted"

    async def search_notes(self, query: str) -> str:
        self.told.append(("search", query))
        return "found"

    async def read_task(self, task_id: str) -> str:
        self.told.append(("read", task_id))
        return "a task"


@dataclass
class WritingDesk:
    """Writes down what it is asked, and says yes."""

    task_id: str = "T1"
    commons: WritingCommons = field(default_factory=WritingCommons)
    proposed: list[tuple[TaskDraft, bool]] = field(default_factory=list)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    answered: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    completed: list[tuple[str, tuple[Evidence, ...]]] = field(default_factory=list)

    async def propose(self, draft: TaskDraft, wait: bool) -> str:
        self.proposed.append((draft, wait))
        return json.dumps({"id": f"T{len(self.proposed)}"})

    async def answer_about(self, task_id: str, answer: str, changes: Mapping[str, Any]) -> str:
        self.answered.append((task_id, answer, dict(changes)))
        return json.dumps({"task_id": task_id, "standing": "proposed"})

    async def ask_human(self, question: str, options: tuple[str, ...]) -> str:
        self.asked.append((question, options))
        return "yes"

    async def complete(self, completion: Completion) -> str:
        self.completed.append((completion.summary, completion.evidence))
        return "completed"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    return folder


@pytest.fixture
def workspace(root: Path) -> Iterator[Workspace]:
    workspace = Workspace(root)
    yield workspace
    workspace.close()


@pytest.fixture
def desk() -> WritingDesk:
    return WritingDesk()


@pytest.fixture
def seen() -> list[str]:
    return []


@pytest.fixture
def context(workspace: Workspace, desk: WritingDesk, seen: list[str]) -> ToolContext:
    return ToolContext(workspace, desk, seen.append)


@pytest.fixture
def tools() -> dict[str, Tool[Any]]:
    return catalog(Limits(command_seconds=20.0))


@pytest.fixture
def call(tools: dict[str, Tool[Any]], context: ToolContext) -> Call:
    async def by_name(name: str, **arguments: object) -> ToolOutcome:
        tool = tools[name]
        return await tool.run(tool.parse(json.dumps(arguments)), context)

    return by_name
