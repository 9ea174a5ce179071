"""Which model answers: by role and phase, chosen while the run goes on, and the next one where one cannot be had."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from hephaestus_tui.config import Dialect, Effort, ModelSettings, Price, ProviderSettings, RoleSettings, Settings
from hephaestus_tui.domain.commands import Answer, ChooseModel, Decide, Resume
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.errors import CommandRefused, UnknownTask, UsageError
from hephaestus_tui.domain.events import ModelSwitched, Recorded, UsageRecorded
from hephaestus_tui.domain.message import Speaker
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import Phase, TaskStatus
from hephaestus_tui.engine.local import LocalSession
from hephaestus_tui.engine.models import Choice, choice_by_settings, choice_of
from hephaestus_tui.providers.registry import Registry

ADA = Actor(ActorKind.HUMAN, "ada")
Until: TypeAlias = Callable[[LocalSession, Callable[[RunState], bool]], Awaitable[RunState]]

DONE = """
[[agent]]
name = "a"
[[agent.turn]]
text = "done"
[[agent.turn.call]]
id = "c1"
tool = "complete_task"
arguments = { summary = "done by the script", evidence = [] }
"""


@dataclass
class Server:
    """Answers every request with the next status; a 200 is a whole turn that completes the task."""

    statuses: list[int]
    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(n.split(b":")[1]) for n in head.lower().split(b"\r\n") if n.startswith(b"content-length"))
        self.bodies.append(json.loads(await reader.readexactly(length)))
        self.asked.set()
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        writer.write(_answer(status))
        await writer.drain()
        writer.close()


def _answer(status: int) -> bytes:
    if status != 200:
        body = json.dumps({"error": {"message": f"no {status}"}})
        extra = "retry-after: 500\r\n" if status == 429 else ""
        return f"HTTP/1.1 {status} X\r\n{extra}content-length: {len(body)}\r\nconnection: close\r\n\r\n{body}".encode()
    arguments = json.dumps({"summary": "done by the server", "evidence": []})
    call = {"index": 0, "id": "c", "function": {"name": "complete_task", "arguments": arguments}}
    chunks = [
        {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
        {"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 5}},
    ]
    stream = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)
    return f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{stream}".encode()


@pytest.fixture
async def server() -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    started: list[asyncio.Server] = []

    async def start(*statuses: int) -> Server:
        made = Server(list(statuses))
        listening = await asyncio.start_server(made.serve, "127.0.0.1", 0, limit=2**20)
        started.append(listening)
        made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
        return made

    yield start
    for listening in started:
        listening.close()
        await listening.wait_closed()


Start: TypeAlias = Callable[..., Awaitable[Server]]


def stalled(state: RunState) -> bool:
    return "T1" in state.agents and state.agents["T1"].status is AgentStatus.STALLED


def script(folder: Path) -> str:
    path = folder / "done.toml"
    path.write_text(DONE, encoding="utf-8")
    return f"scripted:{path}"


def provider(server: Server) -> ProviderSettings:
    return ProviderSettings(dialect=Dialect.OPENAI, base_url=server.url)


def set_up(forge: Any, server: Server, **more: Any) -> None:
    forge.settings = replace(forge.settings, **{"providers": {"far": provider(server)}} | more)


async def switches(session: LocalSession) -> list[ModelSwitched]:
    found: list[ModelSwitched] = []
    last = session.state().seq
    async for event in session.watch(0):
        if isinstance(event, Recorded):
            found += [event.fact] if isinstance(event.fact, ModelSwitched) else []
            if event.seq == last:
                break
    return found


ASKS = """
[[agent]]
name = "a"
[[agent.turn]]
text = "a question"
[[agent.turn.call]]
id = "c2"
tool = "ask_human"
arguments = { question = "Shall I?", options = [] }
[[agent.turn]]
text = "done"
[[agent.turn.call]]
id = "c3"
tool = "complete_task"
arguments = { summary = "done by the script", evidence = [] }
"""


# -- what the settings say

BY_ROLE = RoleSettings(model="a:role", effort=Effort.HIGH, fallback=("b:role",))
BY_PHASE = ModelSettings(model="a:phase", effort=Effort.LOW, fallback=())


@pytest.mark.parametrize(
    ("settings", "model", "where", "effort", "fallback"),
    [
        (Settings(), "a:run", "model", None, ()),
        (Settings(effort=Effort.MAX, fallback=("b:run",)), "a:run", "model", Effort.MAX, ("b:run",)),
        (Settings(models={"strong": "a:tier"}), "a:tier", "models.strong", None, ()),
        (
            Settings(models={"strong": "a:tier"}, phases={Phase.BUILDING: BY_PHASE}, fallback=("b:run",)),
            "a:phase", "phases.building.model", Effort.LOW, (),
        ),
        (
            Settings(roles={"dev": BY_ROLE}, phases={Phase.BUILDING: BY_PHASE}),
            "a:role", "roles.dev.model", Effort.HIGH, ("b:role",),
        ),
        (
            Settings(roles={"dev": RoleSettings(model="a:role")}, phases={Phase.BUILDING: ModelSettings(effort=Effort.LOW)}),
            "a:role", "roles.dev.model", Effort.LOW, (),
        ),
        (Settings(roles={"other": BY_ROLE}, phases={Phase.VALIDATION: BY_PHASE}), "a:run", "model", None, ()),
    ],
)  # fmt: skip
def test_role_before_phase_before_tier_before_the_run(
    settings: Settings, model: str, where: str, effort: Effort | None, fallback: tuple[str, ...]
) -> None:
    choice = choice_by_settings(settings, "dev", "strong", Phase.BUILDING, "a:run")
    assert (choice.model, choice.setting, choice.effort, choice.fallback) == (model, where, effort, fallback)
    assert choice.models == tuple(dict.fromkeys((model, *fallback)))


async def test_the_wire_is_asked_for_the_roles_model_and_effort(forge: Any, server: Start, until: Until) -> None:
    far = await server(200)
    roles = {"backend_developer": RoleSettings(model="far:deep", effort=Effort.HIGH)}
    set_up(forge, far, roles=roles, providers={"far": replace(provider(far), cache=True)})
    session = await forge.start(DONE)
    state = await until(session, lambda state: state.tasks["T1"].status.ended)
    assert state.tasks["T1"].summary == "done by the server"
    assert state.agents["T1"].model == "far:deep"
    body = far.bodies[0]
    assert (body["model"], body["reasoning_effort"], body["prompt_cache_key"]) == (
        "deep",
        "high",
        f"{session.run_id}.T1",
    )


# -- falling back


@pytest.mark.parametrize(
    ("status", "says"), [(401, "no 401"), (404, "no 404"), (413, "larger context"), (402, "top it up")]
)
async def test_where_a_model_cannot_be_had_the_next_one_answers_and_it_is_told(
    status: int, says: str, forge: Any, server: Start, until: Until
) -> None:
    far = await server(status)
    set_up(forge, far, fallback=("far:other", script(forge.folder)))
    session = await forge.start_with("far:first")
    forge.serve(session)
    state = await until(session, lambda state: state.tasks["T1"].status.ended)
    assert state.tasks["T1"].summary == "done by the script"
    agent = state.agents["T1"]
    assert (agent.first, agent.model) == ("far:first", script(forge.folder))
    assert agent.fell_back is not None
    assert says in agent.fell_back.why
    assert agent.fell_back.since > 0
    first, second = await switches(session)
    assert [(s.before, s.model, s.fallback) for s in (first, second)] == [
        ("far:first", "far:other", True), ("far:other", agent.model, True),
    ]  # fmt: skip
    assert says in first.reason
    assert [body["model"] for body in far.bodies] == ["first", "other"]
    transcript = await session.transcript("T1")
    assert [m.model for m in transcript.messages if m.speaker is Speaker.ASSISTANT] == [agent.model]
    assert len(transcript.cuts) == 2


async def test_a_fault_of_ours_is_put_to_a_human_and_to_no_other_model(forge: Any, server: Start, until: Until) -> None:
    far = await server(400)
    set_up(forge, far, fallback=(script(forge.folder),))
    session = await forge.start_with("far:first")
    forge.serve(session)
    state = await until(session, stalled)
    assert "no 400" in state.agents["T1"].note
    assert await switches(session) == []


async def test_when_none_can_be_had_the_agent_says_so_and_begins_with_the_last_when_it_is_resumed(
    forge: Any, server: Start, until: Until
) -> None:
    far = await server(401, 401, 401, 200)
    set_up(forge, far, fallback=("far:other", "nowhere:x"))
    session = await forge.start_with("far:first")
    forge.serve(session)
    state = await until(session, stalled)
    assert (
        "None of far:first, far:other, nowhere:x could be asked. The last one: There is no provider"
        in state.agents["T1"].note
    )
    await session.submit(Resume(reach=only("T1"), actor=ADA))
    state = await until(session, lambda state: state.tasks["T1"].status.ended)
    assert [s.model for s in await switches(session)] == ["far:other", "nowhere:x", "far:first", "far:other"]
    assert [body["model"] for body in far.bodies] == ["first", "other", "first", "other"]
    assert state.agents["T1"].model == "far:other"


async def test_the_next_task_begins_with_the_first_choice_again(forge: Any, server: Start, until: Until) -> None:
    far = await server(401, 200)
    path = forge.folder / "two.toml"
    path.write_text(
        """
[[agent]]
name = "a"
[[agent.turn]]
text = "one more"
[[agent.turn.call]]
id = "c4"
tool = "spawn_building_task"
arguments = { title = "Second", description = "Do it.", rationale = "It is needed for the first one.", blocking_task_ids = [] }
[[agent.turn]]
text = "done"
[[agent.turn.call]]
id = "c5"
tool = "complete_task"
arguments = { summary = "first", evidence = [] }
""",
        encoding="utf-8",
    )
    set_up(forge, far, fallback=(f"scripted:{path}",))
    session = await forge.start_with("far:first")
    forge.serve(session)
    state = await until(session, lambda state: state.tasks["T1"].status.ended and bool(state.proposals))
    await _accept(session, "T2")
    state = await until(session, lambda state: state.tasks["T2"].status.ended)
    assert state.tasks["T2"].summary == "done by the server"
    assert state.agents["T2"].fell_back is None
    assert [(s.task_id, s.fallback) for s in await switches(session)] == [("T1", True)]


async def _accept(session: LocalSession, task_id: str) -> None:
    await session.submit(Decide(task_id=task_id, verdict=Verdict.ACCEPT, version=1, actor=ADA))


async def test_what_it_costs_is_counted_by_who_answered(forge: Any, server: Start, until: Until) -> None:
    far = await server(401, 200)
    prices = {"far:first": Price(input=1_000_000.0, output=0.0), "far:other": Price(input=1.0, output=2.0)}
    set_up(forge, far, fallback=("far:other",), prices=prices)
    session = await forge.start_with("far:first")
    forge.serve(session)
    state = await until(session, lambda state: state.tasks["T1"].status.ended)
    assert state.usage.cost == pytest.approx((10 + 2 * 5) / 1e6)
    assert await used_models(session) == ["far:other"]


async def test_a_model_without_a_price_waits_for_leave_before_it_takes_over(
    forge: Any, server: Start, until: Until
) -> None:
    far, far_away = await server(401), await server(200)
    keyed = replace(provider(far_away), api_key_env="AWAY_KEY")
    limits = replace(forge.settings.limits, run_dollars=5.0)
    set_up(forge, far, fallback=("away:x",), limits=limits, providers={"far": provider(far), "away": keyed})
    session = await forge.start_with("far:first")
    forge.serve(session)
    state = await until(session, lambda state: bool(state.budgets_reached))
    (reached,) = state.budgets_reached.values()
    assert reached.unpriced == "away:x"
    assert far_away.bodies == []


async def used_models(session: LocalSession) -> list[str]:
    last, found = session.state().seq, []
    async for event in session.watch(0):
        if isinstance(event, Recorded):
            found += [event.fact.model] if isinstance(event.fact, UsageRecorded) else []
            if event.seq == last:
                break
    return found


async def test_after_a_crash_the_one_that_answered_goes_on(forge: Any, server: Start, until: Until) -> None:
    far = await server(401)
    path = forge.folder / "asks.toml"
    path.write_text(ASKS, encoding="utf-8")
    set_up(forge, far, fallback=(f"scripted:{path}",))
    session = await forge.start_with("far:first")
    forge.serve(session)
    await until(session, lambda state: bool(state.questions))
    await forge.halt()
    session = await forge.resume(session.run_id)
    await session.submit(Resume(reach=only("T1"), actor=ADA))
    (question,) = session.state().questions
    await session.submit(Answer(question_id=question, answer="yes", actor=ADA))
    state = await until(session, lambda state: state.tasks["T1"].status.ended)
    assert state.tasks["T1"].status is TaskStatus.COMPLETED
    assert state.agents["T1"].fell_back is not None
    assert len(far.bodies) == 1


# -- chosen by a human


async def test_a_human_chooses_while_a_provider_is_waited_for(forge: Any, server: Start, until: Until) -> None:
    """Nobody sits out a wait of minutes for a model that is not wanted any more."""
    far = await server(429)
    set_up(forge, far)
    session = await forge.start_with("far:first")
    forge.serve(session)
    await far.asked.wait()
    receipt = await session.submit(ChooseModel(task_id="T1", model=script(forge.folder), actor=ADA))
    assert "for T1 from the next turn on" in receipt.note
    state = await until(session, lambda state: state.tasks["T1"].status.ended)
    assert state.tasks["T1"].summary == "done by the script"
    agent = state.agents["T1"]
    assert (agent.model, agent.first, agent.fell_back) == (script(forge.folder), script(forge.folder), None)
    (switch,) = await switches(session)
    assert (switch.before, switch.fallback) == ("far:first", False)
    assert len(far.bodies) == 1


async def test_one_that_stands_still_goes_on_with_what_is_chosen_for_it(
    forge: Any, server: Start, until: Until
) -> None:
    far = await server(401)
    set_up(forge, far)
    session = await forge.start_with("far:first")
    forge.serve(session)
    await until(session, stalled)
    await session.submit(ChooseModel(task_id="T1", model=script(forge.folder), actor=ADA))
    state = await until(session, lambda state: state.tasks["T1"].status.ended)
    assert state.tasks["T1"].summary == "done by the script"


async def test_a_choice_for_a_task_before_one_for_the_run_before_the_settings(forge: Any, server: Start) -> None:
    far = await server(200)
    roles = {"backend_developer": RoleSettings(model="far:role", effort=Effort.LOW, fallback=("far:next",))}
    set_up(forge, far, roles=roles)
    session = await forge.start_with("far:first")

    async def choose(model: str, task_id: str | None = None) -> Choice:
        await session.submit(ChooseModel(task_id=task_id, model=model, actor=ADA))
        return choice_of(forge._kit(), session.state(), "T1")

    chosen = [await choose("far:all"), await choose("far:one", "T1"), await choose("", "T1"), await choose("")]
    assert [c.model for c in chosen] == ["far:all", "far:one", "far:all", "far:role"]
    assert all((c.effort, c.fallback) == (Effort.LOW, ("far:next",)) for c in chosen)
    forge.serve(session)


async def test_who_fell_back_is_asked_anew_when_a_human_chooses_even_the_same(
    forge: Any, server: Start, until: Until
) -> None:
    far = await server(401, 200)
    path = forge.folder / "asks.toml"
    path.write_text(ASKS, encoding="utf-8")
    set_up(forge, far, fallback=(f"scripted:{path}",))
    session = await forge.start_with("far:first")
    forge.serve(session)
    state = await until(session, lambda state: bool(state.questions))
    assert state.agents["T1"].fell_back is not None
    await session.submit(ChooseModel(model="far:first", actor=ADA))
    (question,) = state.questions
    await session.submit(Answer(question_id=question, answer="yes", actor=ADA))
    state = await until(session, lambda state: state.tasks["T1"].status.ended)
    assert state.tasks["T1"].summary == "done by the server"
    assert [s.fallback for s in await switches(session)] == [True, False]


async def test_what_cannot_be_chosen(forge: Any, server: Start) -> None:
    far = await server(200)
    set_up(forge, far)
    session = await forge.start_with("far:first")
    with pytest.raises(UnknownTask):
        await session.submit(ChooseModel(task_id="T9", model="far:x", actor=ADA))
    with pytest.raises(CommandRefused, match="No model was chosen for T1"):
        await session.submit(ChooseModel(task_id="T1", model="", actor=ADA))
    await session.submit(ChooseModel(model="far:x", actor=ADA))
    with pytest.raises(CommandRefused, match="chosen for the run already"):
        await session.submit(ChooseModel(model="far:x", actor=ADA))
    session._kit = replace(session._kit, check=Registry(forge.settings, {}).check)
    for model, says in (
        ("anthropic:x", "No key for anthropic:x"),
        ("nope:x", "no provider"),
        ("far", "PROVIDER:MODEL"),
    ):
        with pytest.raises(UsageError, match=says):
            await session.submit(ChooseModel(model=model, actor=ADA))
    forge.serve(session)
