"""The command line. Each command is a module with `add_options(parser)` and `run(arguments) -> exit code`."""

from __future__ import annotations
