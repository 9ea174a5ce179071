"""Opens a project's store, equips the agents, and answers other terminals: the engine as a front end's host."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.bootstrap.logbook import close_log, open_log
from hephaestus_tui.bootstrap.model_choice import chosen_model, keep_model
from hephaestus_tui.bootstrap.named_models import check_models, without_named
from hephaestus_tui.bootstrap.shield import shield_memory
from hephaestus_tui.config import Settings
from hephaestus_tui.domain.commands import ChooseModel, Command, Receipt, SetPolicy
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.errors import StoreBusy, StoreError, UsageError
from hephaestus_tui.domain.policy import Containment
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import TEXT_LIMIT, RunId
from hephaestus_tui.engine.grounds import Grounds
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.local import LocalSession
from hephaestus_tui.engine.roles import load_roles
from hephaestus_tui.paths import WORKSPACES, Places, log_path, make_folder, make_private, own_files, real, socket_path
from hephaestus_tui.providers.registry import PRESETS, Registry
from hephaestus_tui.providers.secret import Secret
from hephaestus_tui.remote.server import Server
from hephaestus_tui.rules_file import own_rules, save_rule
from hephaestus_tui.session import Finds, NewRun, RunSummary, Told
from hephaestus_tui.settings import read_settings
from hephaestus_tui.store.store import Store
from hephaestus_tui.tools.catalog import catalog, for_role
from hephaestus_tui.tools.sandbox import NoSandbox, Sandbox, find_sandbox
from hephaestus_tui.tools.workspace import Workspace

log = logging.getLogger(__name__)

ALONE_SECONDS = 30
NO_MODEL = (
    "No model is chosen. Name one with --model (anthropic:NAME, openai:NAME, ollama:NAME) or as `model` in {path}; "
    "`hephaestus demo` needs none."
)


class LocalHost:
    """Implements `session.Host`. Everything is opened at the first call that needs it, and closed by `close`."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._places = Places.of(opening.environ)
        settings = read_settings(self._places.config, opening.environ, opening.options)
        self.settings: Settings = without_named(settings) if opening.one_model else settings
        self.actor = Actor(ActorKind.HUMAN, self.settings.actor)
        self._registry = Registry(self.settings, opening.environ, speed=opening.speed)
        self._store: Store | None = None
        self._server: Server | None = None
        self._kit: Kit | None = None
        self._session: LocalSession | None = None
        self._outside = asyncio.Lock()
        self._equipping = asyncio.Lock()
        self._unheld = self._chosen = ""
        self._log_handler: logging.Handler | None = None

    async def runs(self) -> Sequence[RunSummary]:
        return await (await self._open_store()).runs()

    async def finds(self) -> Finds:
        return await self._registry.finds(await self._model())

    async def choose(self, model: str) -> None:
        self._check_model(model)
        await asyncio.to_thread(keep_model, self._places.state, model)
        self._chosen = model

    async def start(self, request: NewRun) -> LocalSession:
        """What cannot be is told before anything is stored. Raises UsageError, StoreError."""
        self.settings = replace(self.settings, model=await self._model())
        self._check_model(self.settings.model)
        kit = await self._open_kit(self._opening.project)
        check_models(self.settings, kit.roles, self._registry)
        _check_request(request, kit)
        store = await self._open_store()
        self._note_containment()
        self._session = await LocalSession.start(store, kit, request, str(self._opening.project), self.actor)
        return self._session

    async def resume(self, run_id: RunId, told: Told | None = None) -> LocalSession:
        """The run that an id, a unique prefix of one, or "last" names. Raises UsageError, StoreError."""
        store = await self._open_store()
        found = await store.find_run(run_id)
        summary = next(summary for summary in await store.runs() if summary.run_id == found)
        self._check_model(self.settings.model or summary.model)
        kit = await self._open_kit(_project_of(summary))
        check_models(self.settings, kit.roles, self._registry)
        self._note_containment()
        self._session = session = await LocalSession.resume(store, kit, found, told)
        if self._opening.options.get("policy") and session.state().policy is not self.settings.policy:
            await session.submit(SetPolicy(policy=self.settings.policy, actor=self.actor))
        if self._opening.options.get("model") and session.state().model_chosen:
            # what is said now comes before what was said in the run
            await session.submit(ChooseModel(model="", actor=self.actor))
        return session

    async def rules(self) -> Sequence[Rule]:
        return await asyncio.to_thread(own_rules, self._places.config)

    async def save_rule(self, rule: Rule) -> None:
        await asyncio.to_thread(save_rule, self._places.config, rule)

    async def serve(self) -> None:
        if self._session is None:
            raise RuntimeError("serve() before start() or resume()")
        await self._session.serve()

    async def submit(self, run_id: RunId, command: Command) -> Receipt:
        """A command from outside: to the run that is open, or to any other of this store as it lies."""
        if self._session is not None and self._session.run_id == run_id:
            return await self._session.submit(command)
        # one at a time: each opens the run anew, and two that read it at once would number their decisions alike
        async with self._outside:
            kit = self._kit or await self._open_kit(self._opening.project)
            session = await LocalSession.open(await self._open_store(), kit, run_id)
            try:
                return await session.submit(command)
            finally:
                session.close()

    async def close(self) -> None:
        if self._server is not None:
            await self._server.close()
        if self._session is not None:
            self._session.close()
        await self._registry.aclose()
        if self._kit is not None:
            self._kit.workspace.close()
        if self._store is not None:
            await self._store.close()
        if self._log_handler is not None:
            close_log(self._log_handler)

    def _keys(self) -> list[Secret]:
        named = [provider.api_key_env for provider in (PRESETS | self.settings.providers).values()]
        return [Secret(key) for name in named if name and (key := self._opening.environ.get(name))]

    async def _model(self) -> str:
        """Of a new run: what was chosen for it just now, what the settings name, or what was chosen once."""
        return self._chosen or self.settings.model or await asyncio.to_thread(chosen_model, self._places.state)

    def _check_model(self, model: str) -> None:
        if not model:
            raise UsageError(NO_MODEL.format(path=self._places.config / "config.toml"))
        self._registry.check(model)

    async def _open_store(self) -> Store:
        if self._store is None:
            path = self._opening.store
            # a database that a person named may lie among their other files; ours lie in a folder of their own
            inside = path.is_relative_to(self._places.state)
            make_private(path.parent) if inside else make_folder(path.parent)
            self._log_handler = open_log(log_path(path), self._keys())
            self._store = await Store.open(path)
            await self._listen(socket_path(path))
        return self._store

    async def _listen(self, path: Path) -> None:
        try:
            make_private(path.parent)
            server = Server(path, self.submit)
            await server.start()
        except (StoreError, OSError) as error:
            # some file systems have no sockets: the run goes on, and other terminals are told that nobody answers
            log.warning("no other terminal can decide: %s", error)
        else:
            self._server = server

    async def _open_kit(self, project: Path) -> Kit:
        """What agents of `project` are equipped with, which need not be the folder that this was started in."""
        async with self._equipping:
            if self._kit is not None and self._kit.workspace.root != real(project):
                self._kit.workspace.close()
                self._kit = None
            if self._kit is None:
                self._kit = await self._new_kit(project)
            return self._kit

    async def _new_kit(self, project: Path) -> Kit:
        shield_memory()
        roles, shared = load_roles(self._places.role_folders())
        sandbox = await self._sandbox(project)
        tools = catalog(self.settings.limits, sandbox, real(project))
        for role in roles.values():
            for_role(tools, role.tools)  # a role file that names an unknown tool is told at the start
        return Kit(
            settings=self.settings,
            roles=roles,
            shared_prompt=shared,
            tools=tools,
            resolve=self._registry.resolve,
            check=self._registry.check,
            workspace=Workspace(project),
            grounds=Grounds(
                project=real(project),
                folder=self._places.project_store(project).parent / WORKSPACES,
                environ=self._opening.environ,
                choice=self.settings.workspaces,
            ),
            containment=self._containment(sandbox),
        )

    async def _sandbox(self, project: Path) -> Sandbox | None:
        if not self.settings.sandbox:
            return None
        hidden = own_files(self._opening.store, self._places)
        environ, commits = self._opening.environ, self._opening.trusted
        found = await asyncio.to_thread(find_sandbox, hidden, environ, real(project), commits=commits)
        if isinstance(found, NoSandbox):
            self._unheld = found.reason
            return None
        return found

    def _note_containment(self) -> None:
        # not where it is found out: before the store is open there is no log, and it would be written over the screen
        if self._unheld:
            log.warning("commands run without a sandbox: %s", self._unheld)

    def _containment(self, sandbox: Sandbox | None) -> Containment:
        if sandbox is not None:
            return Containment.SANDBOX
        return Containment.TRUSTED if self._opening.trusted else Containment.NONE


def _project_of(run: RunSummary) -> Path:
    project = Path(run.project)
    if not os.path.isdir(project):
        raise UsageError(f"The project of run {run.run_id}, {project}, is gone: put it back, or start a new run.")
    return project


def _check_request(request: NewRun, kit: Kit) -> None:
    if not request.goal.strip():
        raise UsageError("The goal is empty: say in a sentence what is to be achieved.")
    if len(request.goal) > TEXT_LIMIT:
        raise UsageError(
            f"The goal has {len(request.goal):,} characters, {TEXT_LIMIT:,} at most: "
            "put the details into a file of the project and name it in the goal."
        )
    if request.role not in kit.roles:
        raise UsageError(f"There is no role {request.role!r}. These exist: {', '.join(kit.roles)}.")


async def submit_alone(opening: Opening, run_id: RunId, command: Command) -> Receipt:
    """Carry out one command where no other process owns the store. Raises StoreBusy where one does."""
    host = LocalHost(opening)
    try:
        async with asyncio.timeout(ALONE_SECONDS):
            return await host.submit(run_id, command)
    except TimeoutError as error:
        raise StoreBusy(
            f"{opening.store} did not take the decision within {ALONE_SECONDS} s: try again, and see `hephaestus doctor`."
        ) from error
    finally:
        await host.close()
