"""What a person sees in the main states of the app; `pytest tests/snapshots --snapshot-update` renews the pictures."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.message import ReasoningPart, Speaker, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.domain.policy import Effect, Policy
from hephaestus_tui.domain.task import Discovery, Phase, Priority, TaskDraft, TaskId
from hephaestus_tui.session import Finds, NewRun, RunSummary

SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (200, 60)
LIGHT, ASCII = UiSettings(theme="forge-light"), UiSettings(ascii=True)
GOAL = "Let people see and end their own sessions"
WORDS = "One thing catches my eye: only `/auth/verify` asks the token cache."


def draft(
    title: str, phase: Phase = Phase.BUILDING, *blocked_by: TaskId, role: str = "backend_developer",
    discovery: Discovery = Discovery.OTHER,
) -> TaskDraft:  # fmt: skip
    return TaskDraft(
        title=title,
        description="Only /auth/verify answers from the token cache; every other route runs two queries and a write "
        "for each request. Find out whether a cached answer could be served to all of them.",
        rationale="Each request pays three statements, one of them a write, before it does anything of its own.",
        phase=phase,
        role=role,
        blocked_by=blocked_by,
        done_criteria=("the cost of a request is measured", "it is written down when a cached answer is too old"),
        discovery=discovery,
        priority=Priority.HIGH if discovery is Discovery.PERFORMANCE else Priority.NORMAL,
    )


@pytest.fixture
def at_work(stage: Any) -> TaskId:
    """One task, on which an agent has read and searched."""
    stage.run(GOAL)
    task_id: TaskId = stage.start(stage.accept(stage.propose(draft("GET /users/{user_id}/sessions"))))
    stage.say(task_id, TextPart("You are a backend developer."), speaker=Speaker.SYSTEM)
    stage.say(task_id, TextPart("Add a route that lists the sessions of a user."), speaker=Speaker.USER)
    stage.say(
        task_id,
        ReasoningPart("The list of someone's devices is private: I must see who may read what."),
        TextPart("I begin by reading how routes are laid out.\n\n- `app.py` mounts them\n- **stores** speak SQL"),
        ToolCallPart("c1", "read_file", '{"path": "rollcall/auth.py"}'),
        ToolCallPart("c2", "search_text", '{"pattern": "auth\\\\.verify", "path": "rollcall"}'),
        ToolCallPart("c3", "run_command", '{"command": "python3 -m unittest"}'),
        ToolCallPart("c4", "spawn_investigation_task", '{"title": "Can the token cache serve every route?"}'),
    )
    for call_id, result, failed in (
        ("c1", "def verify(token): ...\n" * 40, False),
        ("c2", "rollcall/routes/auth.py:31: auth.verify(token)\n", False),
        ("c3", "[exit code 1 after 2.4 s]\nFAILED (failures=1)", True),
        ("c4", '{"task_id": "T2", "standing": "proposed"}', False),
    ):
        stage.say(task_id, ToolResultPart(call_id, result, failed), speaker=Speaker.TOOL)
    stage.spend(task_id, 18_400, 0.0731)
    return task_id


@pytest.fixture
def proposals(stage: Any, at_work: TaskId) -> list[TaskId]:
    """Four proposals of the agent at work: three in a row, and one by itself."""
    look = stage.propose(
        draft(
            "Can the token cache serve every route?",
            Phase.INVESTIGATION,
            role="tech_lead",
            discovery=Discovery.PERFORMANCE,
        ),
        by=at_work,
    )
    build = stage.propose(draft("Serve every route from the token cache", Phase.BUILDING, look), by=at_work)
    check = stage.propose(
        draft("A revoked token is refused at once", Phase.VALIDATION, build, role="qa_tester"), by=at_work
    )
    other = stage.propose(draft("Check the length of names in POST /users", discovery=Discovery.BUG), by=at_work)
    return [look, build, check, other]


def streaming(task_id: TaskId) -> list[e.Flicker]:
    turn = 7  # the ordinal of the message that it becomes
    return [e.TurnBegan(task_id, turn, 1), e.TextStreamed(task_id, turn, e.Channel.TEXT, WORDS)]


# -- the panes


def test_opening(looks_as_before: Any) -> None:
    assert looks_as_before(GOAL, size=SMALL, opening=NewRun(goal=GOAL), opens=False)


def test_streaming_transcript_at_80x24(at_work: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("catches my eye", size=SMALL, keys=[("2", "following")], streamed=streaming(at_work))


def test_proposals_at_80x24_tasks(proposals: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("Check the length", size=SMALL)


def test_proposals_at_80x24_detail(proposals: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("PROPOSAL", size=SMALL, keys=[("3", "PROPOSAL")])


def test_three_panes_at_120x40(at_work: TaskId, proposals: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("PROPOSAL", "catches my eye", size=MIDDLE, streamed=streaming(at_work))


def test_light_theme(at_work: TaskId, proposals: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("PROPOSAL", "catches my eye", size=MIDDLE, streamed=streaming(at_work), settings=LIGHT)


def test_ascii(at_work: TaskId, proposals: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("PROPOSAL", "catches my eye", size=MIDDLE, streamed=streaming(at_work), settings=ASCII)


def test_every_state_at_200x60(stage: Any, proposals: list[TaskId], looks_as_before: Any) -> None:
    look, build, _, other = proposals
    stage.accept(look)
    stage.accept(build)
    stage.reject(other, "Names are checked by the gateway.")
    done = stage.start(stage.accept(stage.propose(draft("Read the routes", Phase.INVESTIGATION))))
    stage.complete(done, "Routes are classes, one for each part of the address space.")
    failed = stage.start(stage.accept(stage.propose(draft("Count the statements of a request", Phase.INVESTIGATION))))
    stage.record(e.TaskFailed(task_id=failed, reason="The limit of 50 turns was reached.", limit="turns"))
    stage.accept(stage.propose(draft("Halve the statements of a request", Phase.BUILDING, failed)))
    gone = stage.accept(stage.propose(draft("Rewrite the stores for another database")))
    stage.record(e.TaskCancelled(task_id=gone, reason="out of scope", actor=Actor(ActorKind.HUMAN, "Ada")))
    asking = stage.start(stage.accept(stage.propose(draft("DELETE /users/{user_id}/sessions/{id}"))))
    stage.say(
        asking,
        TextPart("The route ends one session. The goal leaves open what to say of one that is gone:"),
        ToolCallPart("c9", "ask_human", '{"question": "204 or 404?"}'),
    )
    stage.ask(asking, "Shall ending a session that is not there be 204 or 404?", "204", "404")
    stage.accept(stage.propose(draft("Describe the session routes in the README")))
    stage.accept(stage.propose(draft("Walk through both routes by hand", Phase.VALIDATION, "T1", asking)))
    stage.propose(draft("Name the device in the list of sessions"), by=asking)
    stage.spend(asking, 240_000, 1.26)
    assert looks_as_before("QUESTION", "Walk through", "ask_human", size=LARGE)


# -- dialogs


def test_permission(stage: Any, at_work: TaskId, looks_as_before: Any) -> None:
    command = "python3 -m unittest discover -s tests && git add -A && git commit -m 'List sessions'"
    stage.ask(at_work, command, kind=e.QuestionKind.PERMISSION, effect=Effect.RUN)
    assert looks_as_before("a allow", size=SMALL, keys=[("y", "May T1 do this?")])


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["80x24", "120x40"])
def test_no_sandbox(stage: Any, at_work: TaskId, looks_as_before: Any, size: tuple[int, int]) -> None:
    stage.record(
        e.RunResumed(model=stage.state().model, policy=Policy.AUTO, roles=stage.state().roles)
    )  # fmt: skip
    stage.ask(at_work, "make test", kind=e.QuestionKind.PERMISSION, effect=Effect.RUN)
    assert looks_as_before("NO SANDBOX", size=size)


def test_question(stage: Any, at_work: TaskId, looks_as_before: Any) -> None:
    stage.ask(at_work, "Shall ending a session that is not there be 204 or 404?", "204, as if it was ended", "404")
    assert looks_as_before("leave it waiting", size=SMALL, keys=[("y", "in your own words")])


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["80x24", "120x40"])
def test_edit(size: tuple[int, int], proposals: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("nothing changed", size=size, keys=[("j", "T3"), ("e", "Edit T3")])


def test_ascii_edit(proposals: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("nothing changed", size=SMALL, keys=[("e", "Edit T2")], settings=ASCII)


def test_reject(proposals: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("enter send", size=SMALL, keys=[("r", "Reject T2")])


def test_help(at_work: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("Accept the selected proposal", size=SMALL, keys=[("question_mark", "up/down")])


def test_runs(stage: Any, looks_as_before: Any) -> None:
    def run(run_id: str, goal: str, before: float, done: int, failed: int, waiting: int) -> RunSummary:
        return RunSummary(
            run_id=run_id, goal=goal, project="/home/ada/rollcall", model="ollama:qwen3:8b", started_at=0.0,
            last_at=stage.now() - before, tasks=7, completed=done, failed=failed, waiting=waiting, cost=None,
        )  # fmt: skip

    earlier = [
        run("r3", GOAL, 200.0, 3, 1, 2),
        run("r2", "Refuse passwords that are known to have leaked", 90_000.0, 7, 0, 0),
        run("r1", "Find out why the tests of the session store are slow", 900_000.0, 2, 0, 1),
    ]
    assert looks_as_before(
        "Earlier runs", "3/7 tasks", size=SMALL, opening=None, earlier=earlier, found=Finds(model="ollama:qwen3:8b")
    )


# -- hostile text


def test_hostile_text(stage: Any, looks_as_before: Any) -> None:
    markup, escapes, bidi = "[red]markup[/red] [@click=app.quit]", "\x1b[2J\x1b]0;owned\x07", "user\u202egnp.exe\u2066"
    wide, emoji, stack = "会话缓存 セッション 세션", "👩‍💻🔥 🇩🇪 👍🏽", "Z" + "\u0335" * 30 + "algo"
    everything = f"{markup} {escapes} {bidi} {wide} {emoji} {stack}"
    stage.run(everything)
    evil = TaskDraft(
        title=everything, description=everything, rationale=f"{wide}\n{emoji}\n{bidi}", phase=Phase.BUILDING,
        role="backend_developer", done_criteria=(escapes, markup, emoji),
    )  # fmt: skip
    task_id = stage.start(stage.accept(stage.propose(evil)))
    stage.say(task_id, TextPart(everything), ToolCallPart("c1", "run_command", '{"command": "echo \\u001b[2J [red]"}'))
    stage.say(task_id, ToolResultPart("c1", everything, True), speaker=Speaker.TOOL)
    stage.propose(evil, by=task_id)
    stage.ask(task_id, everything, kind=e.QuestionKind.PERMISSION)
    assert looks_as_before("PERMISSION", "following", size=MIDDLE)
