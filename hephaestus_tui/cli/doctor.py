"""`doctor`: what works on this machine and what does not, each with what to do; it never prints a key."""

from __future__ import annotations

import subprocess
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import asdict

from hephaestus_tui.cli import findings_machine as machine
from hephaestus_tui.cli import findings_settings as settings
from hephaestus_tui.cli import output
from hephaestus_tui.cli.findings import Finding, Standing
from hephaestus_tui.domain.errors import HephaestusError


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: Namespace) -> int:
    """0 where everything needed works, 2 where something is broken."""
    findings = [finding for check in _CHECKS for finding in _guarded(check, arguments)]
    for finding in findings:
        if arguments.json:
            output.data(asdict(finding))
        else:
            sign = {Standing.OK: "ok  ", Standing.NOTE: "note", Standing.BROKEN: "FAIL"}[finding.standing]
            output.text(f"{sign}  {finding.what:<10} {finding.text}")
    return 2 if any(f.standing is Standing.BROKEN for f in findings) else 0


def _guarded(check: Callable[[Namespace], Iterator[Finding]], arguments: Namespace) -> Iterator[Finding]:
    try:
        yield from check(arguments)
    except (HephaestusError, OSError, subprocess.SubprocessError) as error:
        yield Finding(check.__name__, Standing.BROKEN, str(error))


_CHECKS: tuple[Callable[[Namespace], Iterator[Finding]], ...] = (
    machine.python, machine.terminal, machine.git, machine.ripgrep, machine.sandbox, machine.sqlite,
    settings.settings, settings.roles, settings.models, settings.themes, settings.keys, settings.rules,
    settings.providers, settings.prices, settings.windows,
    machine.project, machine.workspaces, machine.store,
)  # fmt: skip
