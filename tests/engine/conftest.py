"""A real store, real tools in a real folder, and the scripted provider: only the model's words are made up."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from hephaestus_tui.config import GateSettings, Limits, Settings, SpawnBounds, WorkspaceChoice
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.policy import Containment, Policy
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.engine.grounds import Grounds
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.local import LocalSession
from hephaestus_tui.engine.roles import Role
from hephaestus_tui.providers.registry import Registry
from hephaestus_tui.session import NewRun
from hephaestus_tui.store.store import Store
from hephaestus_tui.tools.catalog import catalog
from hephaestus_tui.tools.sandbox import Sandbox
from hephaestus_tui.tools.workspace import Workspace
from hephaestus_tui.workspaces.worktrees import Worktrees

ADA = Actor(ActorKind.HUMAN, "ada")
BOB = Actor(ActorKind.HUMAN, "bob")
ROLES = ("backend_developer", "tech_lead", "qa_tester", "project_manager", "frontend_developer")


@dataclass
class Forge:
    """Starts sessions on one store, and ends them as a process would end: with `stop`, or without a word with `drop`."""

    folder: Path
    settings: Settings = field(default_factory=Settings)
    policy: Policy = Policy.AUTO
    role_policies: dict[str, Policy] = field(default_factory=dict)  # as their files have them
    containment: Containment = Containment.TRUSTED  # what it runs is written in these tests
    sandbox: Sandbox | None = None
    store: Store | None = None
    serving: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, script: str, goal: str = "make it so", serve: bool = True) -> LocalSession:
        path = self.folder / "script.toml"
        path.write_text(script, encoding="utf-8")
        session = await self.start_with(f"scripted:{path}", goal)
        if serve:
            self.serve(session)
        return session

    async def start_with(self, model: str, goal: str = "make it so") -> LocalSession:
        """A session with any model, not served yet."""
        self.settings = replace(self.settings, model=model)
        request = NewRun(goal=goal, role="backend_developer", phase=Phase.BUILDING, policy=self.policy)
        return await LocalSession.start(await self._store(), self._kit(), request, str(self.project), ADA)

    async def resume(self, run_id: str, serve: bool = True) -> LocalSession:
        session = await LocalSession.resume(await self._store(), self._kit(), run_id)
        if serve:
            self.serve(session)
        return session

    def serve(self, session: LocalSession) -> None:
        self.serving.append(asyncio.create_task(session.serve()))

    async def halt(self) -> None:
        """No agent works any more; commands are carried out all the same."""
        for task in self.serving:
            task.cancel()
        if self.serving:
            await asyncio.wait(self.serving)
        self.serving.clear()

    async def stop(self) -> None:
        await self.halt()
        if self.store:
            await self.store.close()
            self.store = None

    @property
    def project(self) -> Path:
        folder = self.folder / "project"
        folder.mkdir(exist_ok=True)
        return folder

    async def _store(self) -> Store:
        if self.store is None:
            self.store = await Store.open(self.folder / "hephaestus.db")
        return self.store

    def _kit(self) -> Kit:
        tools = catalog(self.settings.limits, self.sandbox)
        roles = {
            name: Role(
                name, name, tuple(Phase), tuple(tools), "strong", f"You are a {name}.", self.role_policies.get(name)
            )
            for name in ROLES
        }
        return Kit(
            settings=self.settings,
            roles=roles,
            shared_prompt="Shared words.",
            tools=tools,
            resolve=Registry(self.settings, {}).resolve,
            workspace=Workspace(self.project),
            containment=self.containment,
            sleep=_no_sleep,
            grounds=self._grounds(),
        )

    def _grounds(self) -> Grounds | None:
        """Here agents work in the project itself."""
        return None


class Grounded(Forge):
    """The same on a git repository, in which each task has a worktree of its own, unless `choice` says something else."""

    choice = WorkspaceChoice.AUTO
    environ: Mapping[str, str] = os.environ
    grounds: type[Grounds] = Grounds

    def git(self, *arguments: str) -> str:
        settings = ("-c", "user.name=ada", "-c", "user.email=ada@example.org")
        environ = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ("git", *settings, *arguments), check=True, cwd=self.project, capture_output=True, text=True, env=environ
        )
        return done.stdout

    def folder_of(self, run_id: str, task_id: str) -> Path:
        return self.folder / "workspaces" / run_id / task_id

    def folders(self, run_id: str) -> list[Path]:
        """Those of tasks that are there now."""
        return sorted(path for path in (self.folder / "workspaces" / run_id).iterdir() if path.name != ".own")

    async def trees(self, session: LocalSession) -> Worktrees:
        """The worktrees of a run, as another process would open them."""
        return await Worktrees.of(self.project, self.folder / "workspaces" / session.run_id, session.run_id, os.environ)

    def _grounds(self) -> Grounds | None:
        return self.grounds(
            project=self.project, folder=self.folder / "workspaces", environ=self.environ, choice=self.choice
        )


async def _no_sleep(seconds: float) -> None:
    await asyncio.sleep(0)


@pytest.fixture
async def forge(tmp_path: Path) -> AsyncIterator[Forge]:
    made = Forge(tmp_path, Settings(limits=Limits(), spawn=SpawnBounds(), gate=GateSettings(undo_seconds=0)))
    yield made
    await made.stop()


@pytest.fixture
async def grounded(forge: Forge) -> AsyncIterator[Grounded]:
    made = Grounded(forge.folder, forge.settings)
    (made.project / "shared.txt").write_text("".join(f"line {n}\n" for n in range(1, 9)))
    made.git("init", "-q", "-b", "main")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "begin")
    yield made
    await made.stop()


Until = Callable[[LocalSession, Callable[[RunState], bool]], object]


@pytest.fixture
def until() -> Callable[[LocalSession, Callable[[RunState], bool]], object]:
    """Waits for a condition on a session's state, fact by fact; fails after ten seconds with the state it saw last."""

    async def wait(session: LocalSession, condition: Callable[[RunState], bool]) -> RunState:
        state = session.state()
        if condition(state):
            return state
        try:
            async with asyncio.timeout(10), aclosing(session.watch(state.seq)) as events:
                async for _ in events:
                    state = session.state()
                    if condition(state):
                        return state
        except TimeoutError:
            pytest.fail(f"the condition never held; last seen: {state}")
        raise AssertionError("the session closed")

    return wait


@pytest.fixture
def ada() -> Actor:
    return ADA


@pytest.fixture
def bob() -> Actor:
    return BOB


def call(tool: str, call_id: str, arguments: str) -> str:
    return f'[[agent.turn.call]]\nid = "{call_id}"\ntool = "{tool}"\narguments = {arguments}\n'


def turn(text: str, *calls: str, extra: str = "") -> str:
    return f'[[agent.turn]]\ntext = "{text}"\n{extra}\n' + "".join(calls)


def entry(name: str, match: str, *turns: str) -> str:
    return f'[[agent]]\nname = "{name}"\nfor = {{ {match} }}\n' + "".join(turns)


@dataclass(frozen=True)
class Words:
    """How tests write scripts."""

    call = staticmethod(call)
    turn = staticmethod(turn)
    entry = staticmethod(entry)

    @staticmethod
    def done(evidence: str = "[]") -> str:
        return turn("Finished.", call("complete_task", "done", f'{{ summary = "done", evidence = {evidence} }}'))

    @staticmethod
    def spawn(call_id: str, phase: str = "building", more: str = "") -> str:
        fields = f'title = "Task {call_id}", description = "Do {call_id}.", rationale = "It would serve twelve routes."'
        return call(f"spawn_{phase}_task", call_id, f"{{ {fields}{', ' + more if more else ''} }}")

    @staticmethod
    def children(*names: str) -> str:
        return "".join(entry(n, f'call = "{n}"', Words.done()) for n in names)

    @staticmethod
    def script(*entries: str) -> str:
        return "rate = 0\n" + "".join(entries)


@pytest.fixture
def say() -> type[Words]:
    return Words
