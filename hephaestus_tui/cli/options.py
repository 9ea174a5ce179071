"""Options that many commands share."""

from __future__ import annotations

from typing import Any


def add_run(parser: Any) -> None:
    """The run, which every command on one takes first."""
    parser.add_argument("run", metavar="RUN", help="a run's id, a unique prefix of one, or `last`")


def add_json(parser: Any, what: str = "the receipt as JSON") -> None:
    parser.add_argument("--json", action="store_true", help=what)
