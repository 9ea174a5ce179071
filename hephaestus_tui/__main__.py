"""`python -m hephaestus_tui` and the `hephaestus` command: one boundary from arguments to exit code."""

from __future__ import annotations

import sys

from hephaestus_tui.cli.main import run


def main() -> int:
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
