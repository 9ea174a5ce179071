"""The demo: without it a stranger needs a key and a project of their own before the first supervised run.

It is data alone: a small project, and a script for the `scripted` provider. Nothing else knows that it exists.
"""

from __future__ import annotations

from pathlib import Path

from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.session import NewRun

GOAL = """\
Add GET /users/{user_id}/sessions: where a user is signed in
People cannot see on which devices they are signed in. Answer with the open sessions of one user, the newest first, \
to that user and to admins; mark the session that asks. Cover it with tests and add it to the table in README.md."""


def script_path() -> Path:
    """The file to be named after `scripted:` as the run's model."""
    return Path(__file__).parent / "squad.toml"


def new_run() -> NewRun:
    """What starts the run; the folder was made for it, so its agents may write and run commands unasked."""
    return NewRun(goal=GOAL, role="backend_developer", phase=Phase.BUILDING, policy=Policy.AUTO)
