"""Where the databases are that the options name; nothing is opened, so the app may ask before its first screen."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from hephaestus_tui.paths import Places, anywhere, project_folder, real


def places() -> Places:
    return Places.of(os.environ)


def store_of(arguments: Namespace) -> Path:
    """The database that the options name, whether it exists or not."""
    if arguments.db is not None:
        return real(anywhere(arguments.db))
    return places().project_store(project_folder(arguments.project))
