"""Where the app is measured: a project, a home and settings of its own, scripts to play and runs stored beforehand."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.message import Message, Speaker, TextPart
from hephaestus_tui.domain.policy import Containment, Policy
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft
from hephaestus_tui.store.store import Store
from tests.benchmarks.terminal import Terminal

ROOT = Path(__file__).parents[2]
ADA = Actor(ActorKind.HUMAN, "ada")
NOBODY = Origin()  # a human asked for it
# told apart by one word each, which nothing else on the screen says
NAMES = ("Alfa", "Bravo", "Carol", "Delta", "Ember", "Fjord", "Gamma", "Haiku", "Indigo", "Jolly")
WORDS = (
    "the",
    "cache",
    "keeps",
    "a",
    "user",
    "for",
    "thirty",
    "seconds",
    "and",
    "every",
    "route",
    "**asks**",
    "`again`",
)
SETTINGS = "[limits]\nturns = 0\ntokens = 0\nseconds = 0\nrun_tokens = 0\n"
APP = (sys.executable, "-c", "from hephaestus_tui.__main__ import main; raise SystemExit(main())")


def prose(tokens: int, seed: int = 7) -> str:
    """Markdown of about so many tokens of four characters: paragraphs, lists, code."""
    dice, parts, size = random.Random(seed), [], 0
    while size < tokens * 4:
        if dice.random() < 0.2:
            part = "```python\n" + "    found = find_user(name)  # once\n" * dice.randint(2, 6) + "```\n\n"
        elif dice.random() < 0.4:
            part = "".join(f"- {_sentence(dice, 8)}\n" for _ in range(dice.randint(2, 6))) + "\n"
        else:
            part = " ".join(_sentence(dice, 14) for _ in range(dice.randint(2, 5))) + "\n\n"
        parts.append(part)
        size += len(part)
    return "".join(parts)[: tokens * 4]


def _sentence(dice: random.Random, words: int) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(words)).capitalize() + "."


class Stage:
    """One folder for all; `environ` writes bytecode into it, so that what is measured is a warm start.

    In a smoke run it is used and written where Python has it: compiling everything anew takes longer than all the rest.
    """

    def __init__(self, folder: Path, smoke: bool = False) -> None:
        self.folder = folder
        self.project = folder / "project"
        self.project.mkdir()
        (self.project / "README.md").write_text("A project to measure in.\n")
        (folder / "config").mkdir()
        self.configure("")
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environ = {
            **kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT),
            **({} if smoke else {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}), "HEPHAESTUS_HOME": str(folder / "home"),
            "HEPHAESTUS_CONFIG": str(folder / "config"),
        }  # fmt: skip

    def configure(self, more: str) -> None:
        (self.folder / "config" / "config.toml").write_text(SETTINGS + more)

    def store(self, name: str) -> Path:
        return self.folder / name / "hephaestus.db"

    def app(self, *arguments: str) -> Terminal:
        return Terminal([*APP, *arguments], self.environ, self.project)

    def bare(self) -> Terminal:
        return Terminal([sys.executable, str(ROOT / "tests/benchmarks/bare_floor.py")], self.environ, self.project)

    def floor(self, module: str, *arguments: int) -> Terminal:
        """The app that runs as `python -m tests.benchmarks.MODULE`."""
        command = [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, arguments)]
        return Terminal(command, self.environ, self.project)

    def script(self, name: str, rate: float, turns: Sequence[str]) -> Path:
        """A script whose only agent says these texts, a turn each, lists the files in between, and is done."""
        lines = [f"rate = {rate}", "[[agent]]", 'name = "one"']
        for number, text in enumerate(turns, 1):
            last = number == len(turns)
            # never the same thrice: an agent that goes round in circles is stopped
            folder = "." if number % 2 else "./"
            call = ("complete_task", '{ summary = "done" }') if last else ("list_files", f'{{ path = "{folder}" }}')
            lines += [
                "[[agent.turn]]", f"text = {json.dumps(text)}",
                "[[agent.turn.call]]", f'id = "c{number}"', f'tool = "{call[0]}"', f"arguments = {call[1]}",
            ]  # fmt: skip
        path = self.folder / f"{name}.toml"
        path.write_text("\n".join(lines))
        return path

    def long_run(self, tasks: int, tokens: int) -> Path:
        """The database of a stored run of so many completed tasks, in which so much was said; made once."""
        path = self.store(f"long{tasks}")
        if not path.exists():
            path.parent.mkdir(mode=0o700)
            script = self.script("long-run", 100, ["Nothing is said."])
            groups = facts("long", f"scripted:{script}", self.project, tasks, True, tokens)
            asyncio.run(_store(path, groups))
        return path

    @contextmanager
    def served(self, module: str, *arguments: int) -> Iterator[int]:
        """The port of a server that runs as `python -m tests.benchmarks.MODULE` meanwhile, and says first where it listens."""
        command = [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, arguments)]
        server = subprocess.Popen(command, env=self.environ, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout
            yield int(server.stdout.readline())
        finally:
            server.kill()
            server.wait()
            if server.stdout:
                server.stdout.close()

    def stored(self, name: str, model: str, tasks: int, done: bool = False) -> Path:
        """The database of a stored run of so many tasks: all completed, or all ready to start when it is resumed."""
        path = self.store(name)
        path.parent.mkdir(mode=0o700)
        asyncio.run(_store(path, facts(name, model, self.project, tasks, done)))
        return path


def facts(run_id: str, model: str, project: Path, tasks: int, done: bool, tokens: int = 0) -> Iterator[list[e.Fact]]:
    """A run as its journal tells it, in groups that belong together. Half of the tokens are said by its last task."""
    words = prose(2_000)
    yield [started(run_id, model, project)]
    dice = random.Random(3)
    for number in range(1, tasks + 1):
        blockers = tuple({f"T{max(number - dice.randint(1, 9), 1)}" for _ in range(2)}) if done and number > 1 else ()
        group: list[e.Fact] = [*accepted(number, blockers)]
        if done:
            task_id = f"T{number}"
            group += [
                e.TaskStarted(
                    task_id=task_id, agent_id=f"{task_id}.1", role="backend_developer", model=model, attempt=1
                ),
            ]
            said = tokens // 2 if number == tasks else tokens // 2 // tasks
            group += [_said(task_id, n, words) for n in range(1, said // 500 + 1)]
            group += [_said(task_id, 0, words[: said % 500 * 4])] if said % 500 else []
            group.append(e.TaskCompleted(task_id=task_id, summary="Measured.", evidence=()))
        yield group


def _said(task_id: str, ordinal: int, words: str) -> e.MessageAdded:
    parts = (TextPart(words[ordinal % 4 * 1_000 :][:2_000]),)
    return e.MessageAdded(
        task_id=task_id, message=Message(ordinal=ordinal, speaker=Speaker.ASSISTANT, parts=parts, at=9.0)
    )


def started(run_id: str, model: str, project: Path) -> e.RunStarted:
    return e.RunStarted(
        containment=Containment.SANDBOX, run_id=run_id, goal="Measure what this costs", project=str(project),
        model=model, policy=Policy.AUTO, roles=("backend_developer",),
    )  # fmt: skip


def accepted(
    number: int, blockers: tuple[str, ...], origin: Origin = NOBODY
) -> tuple[e.TaskProposed, e.ProposalDecided]:
    """A task that was proposed, and accepted as it was."""
    task_id = f"T{number}"
    draft = TaskDraft(
        title=f"{NAMES[(number - 1) % len(NAMES)]} is measured here", description="It is read from the store.",
        rationale="Without it nobody would know what this costs.", phase=tuple(Phase)[number % 3],
        role="backend_developer", blocked_by=blockers,
    )  # fmt: skip
    proposal = Proposal(task_id=task_id, version=1, draft=draft, origin=origin, waits=False, proposed_at=1.0)
    decision = Decision(
        id=number, task_id=task_id, version=1, verdict=Verdict.ACCEPT, actor=ADA, decided_at=2.0, waited=1.0,
        final=draft,
    )  # fmt: skip
    task = Task(id=task_id, draft=draft, origin=origin, decision_id=number, created_at=2.0)
    return e.TaskProposed(proposal=proposal), e.ProposalDecided(decision=decision, task=task)


async def _store(path: Path, groups: Iterator[list[e.Fact]]) -> None:
    store = await Store.open(path)
    run_id, waiting = "", []
    for group in groups:
        if isinstance(group[0], e.RunStarted):
            run_id = group[0].run_id
        waiting.append(asyncio.ensure_future(store.append(run_id, group, durable=False)))
        if len(waiting) >= 500:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)
    await store.close()


@contextmanager
def stage(smoke: bool = False) -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="hephaestus-bench-", ignore_cleanup_errors=True) as folder:
        yield Stage(Path(folder).resolve(), smoke)
