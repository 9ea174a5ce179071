"""Finds the command that the arguments name, and turns every failure into one sentence and an exit code."""

from __future__ import annotations

import argparse
import difflib
import gc
import importlib
import io
import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from hephaestus_tui import __version__
from hephaestus_tui.domain.errors import HephaestusError, UsageError
from hephaestus_tui.domain.plain import clean
from hephaestus_tui.paths import PACKAGE, anywhere

INTERRUPTED = 130

# group → name → (module, what it does): a module is imported when its command is used, since the app must start at once
GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "run": {
        "demo": ("demo", "a whole supervised run, with no key and no network"),
        "run": ("run", "a run; with --headless without a screen"),
        "doctor": ("doctor", "what works on this machine"),
    },
    "look": {
        "runs": ("listings", "earlier runs of this project"),
        "tasks": ("listings", "the tasks of a run"),
        "show": ("show", "everything about one task"),
        "inbox": ("waiting", "all that waits for you, and what it holds up"),
        "proposals": ("listings", "what waits for a decision"),
        "notes": ("notes", "what agents noted for each other; add, change or strike one"),
        "duplicates": ("duplicates", "proposals that say much the same as something else"),
        "decisions": ("decisions", "who decided what, and how often and how fast"),
    },
    "steer": {
        "steer": ("orders", "say something to agents: now, when they are done, or interrupting"),
        "pause": ("orders", "hold agents, and what has not started"),
        "resume": ("orders", "let what is held go on"),
        "step": ("orders", "let held agents take one turn, and hold them again"),
        "stop": ("orders", "end tasks now; what was said and done is kept"),
        "restart": ("orders", "begin a new attempt, with a note"),
    },
    "decide": {
        "accept": ("decide", "accept proposals"),
        "edit": ("decide", "accept proposals with changes"),
        "reject": ("decide", "reject proposals, with a reason"),
        "ask": ("ask_back", "ask the agent about its proposal"),
        "undo": ("reshape", "take a decision back, while its task has not started"),
        "work": ("work", "what tasks have made: look at it, merge it, send it back, give it up"),
        "merge": ("reshape", "make a proposal part of another task"),
        "split": ("reshape", "make several proposals of one"),
        "settle": ("waiting", "choose for those that wait for a blocker that is gone"),
        "budget": ("budget", "what was spent of which budget; raise one, or do without"),
        "model": ("model", "which model answers for which task; choose another one"),
        "bound": ("waiting", "the bounds of spawning; take note of one, or raise it"),
        "compact": ("compact", "have an agent's long conversation summed up before its next turn"),
        "answer": ("waiting", "answer what an agent asks, or allow or refuse it"),
        "leave": ("leave", "what you have allowed for a task or the run; take it back"),
        "rules": ("rules", "rules that decide without asking: list, try, switch on and off"),
    },
}
COMMANDS: dict[str, tuple[str, str]] = {name: entry for group in GROUPS.values() for name, entry in group.items()}
APP = "app"
_VALUED = {
    "--project", "--db", "--model", "--resume", "--role", "--phase", "--policy", "--agents", "--decide", "--speed", "--set",
    "--reason", "--file", "--wait", "--into", "--raise", "--refuse", "--score", "--what-if", "--on", "--off", "--search", "--add",
    "--strike", "--tag", "--change", "--text", "--comment", "--work", "--workspaces", "--for", "--instead", "--take-back", "--when", "--note",
}  # fmt: skip


class Parser(argparse.ArgumentParser):
    """argparse, with usage errors raised as ours so that they share the one boundary."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. See: {self.prog} --help")


def run(argv: Sequence[str]) -> int:
    """The exit code: 0 done, 1 failed, 2 wrong usage or configuration, 3 stopped at a limit, 4 work waits, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a locale without our signs must not turn a listing into a failure
            stream.reconfigure(errors="backslashreplace")
    try:
        return _dispatch(list(argv))
    except HephaestusError as error:
        return _failed(str(error), error.exit_code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of our output has gone; nothing is left to say, and Python must not try at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the last boundary: a traceback could show a secret, a sentence cannot
        return _failed(
            f"an error of hephaestus itself ({_where(error)}). What was stored is safe; please report it.", 1
        )


def _failed(words: str, code: int) -> int:
    print(f"hephaestus: {clean(words)}", file=sys.stderr)
    return code


def _where(error: Exception) -> str:
    """The kind of an error and the line of ours that it came from; its own words may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    last = (ours or frames)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"


def _dispatch(argv: list[str]) -> int:
    name, rest = _command(argv)
    gc.disable()  # what is imported stays: to look through it again and again is a tenth of the start
    module = importlib.import_module(f"hephaestus_tui.cli.{COMMANDS[name][0] if name in COMMANDS else APP}")
    gc.freeze()
    gc.enable()
    parser = _parser(name)
    module.add_options(parser)
    # where what may be left out is followed by options, argparse would take it for left out
    parse = parser.parse_intermixed_args if getattr(module, "INTERMIXED", False) else parser.parse_args
    arguments = parse(rest)
    arguments.command = name
    code: int = module.run(arguments)
    return code


def _command(argv: list[str]) -> tuple[str, list[str]]:
    """The command's name and the other arguments; a word that is no command is a goal for the app."""
    position = 0
    while position < len(argv):
        word = argv[position]
        if word == "--":
            break
        if word in COMMANDS:
            return word, argv[:position] + argv[position + 1 :]
        if not word.startswith("-"):
            _refuse_typo(word)
            break
        position += 2 if word in _VALUED else 1
    return APP, argv


def _refuse_typo(word: str) -> None:
    # a mistyped command must not become a goal that costs money
    if " " in word.strip():
        return
    near = difflib.get_close_matches(word, COMMANDS, n=1)
    hint = f" Did you mean `hephaestus {near[0]}`?" if near else ""
    raise UsageError(f"{word!r} is no command.{hint} If it is a goal of one word: hephaestus -- {shlex.quote(word)}")


def _parser(name: str) -> Parser:
    if name == APP:
        listing = "\n\n".join(
            "\n".join((f"{group}:", *(f"  {command:<10} {what}" for command, (_, what) in entries.items())))
            for group, entries in GROUPS.items()
        )
        parser = Parser(
            prog="hephaestus",
            description="Supervise coding agents: they propose tasks, you decide.",
            epilog=f"{listing}\n\n`hephaestus COMMAND --help` says more.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        parser.add_argument("--version", action="version", version=f"hephaestus {__version__}")
    else:
        what = COMMANDS[name][1]
        parser = Parser(prog=f"hephaestus {name}", description=f"{what[:1].upper()}{what[1:]}.", allow_abbrev=False)
    folder = "a new temporary one" if name == "demo" else "the current one"
    parser.add_argument("--project", metavar="DIR", help=f"the project's folder (default: {folder})")
    parser.add_argument("--db", metavar="FILE", type=Path, help="the database to use (default: the project's own)")
    return parser


def add_look_options(parser: Any) -> None:
    parser.add_argument(
        "--plain", action="store_true", help="in lines, for a screen reader: what happens is told, commands are typed"
    )
    parser.add_argument(
        "--slow", action="store_true", help="a slow line: streamed text in larger steps, and less of it"
    )


def add_model_options(parser: Any) -> None:
    parser.add_argument("--model", metavar="PROVIDER:MODEL", help="anthropic:NAME, openai:NAME, ollama:NAME, …")
    parser.add_argument(
        "--policy", choices=("read-only", "ask", "auto-edit", "auto"), help="what agents may do unasked"
    )
    parser.add_argument(
        "--workspaces", choices=("auto", "git", "copy", "off"),
        help="where building tasks work: worktrees of git, copies, or off for the project itself (default: auto)",
    )  # fmt: skip
    parser.add_argument("--agents", type=int, metavar="N", help="how many work at once")


def chosen(arguments: argparse.Namespace) -> dict[str, object]:
    """What `add_model_options` was given, as settings; a script is named so that every folder finds it again."""
    model: str | None = arguments.model
    if model and model.startswith("scripted:"):
        model = f"scripted:{anywhere(model.partition(':')[2])}"
    return {
        "model": model, "policy": arguments.policy, "agents": arguments.agents, "workspaces": arguments.workspaces,
    }  # fmt: skip


def add_goal_options(parser: Any) -> None:
    parser.add_argument("--role", default="project_manager", help="who takes the first task (default: %(default)s)")
    parser.add_argument(
        "--phase", default="investigation", choices=("investigation", "building", "validation"),
        help="the phase of the first task (default: %(default)s)",
    )  # fmt: skip
