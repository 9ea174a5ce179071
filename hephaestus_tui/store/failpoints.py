"""Named places where a test makes the program die or fail: without them no promise about crashes could be checked.

`HEPHAESTUS_FAILPOINTS="tx.committed=kill@3,tx.begun=raise@1"` kills the process the third time that `tx.committed` is
passed, and raises an OSError the first time that `tx.begun` is. Unset, a place costs one look at an empty dict.
"""

from __future__ import annotations

import errno
import os
import signal
from dataclasses import dataclass

from hephaestus_tui.domain.errors import ConfigError

VARIABLE = "HEPHAESTUS_FAILPOINTS"


@dataclass(slots=True)
class _Armed:
    action: str
    left: int


_armed: dict[str, _Armed] = {}


def arm(text: str) -> None:
    """Set the failpoints that `text` names, and no others; the empty text disarms all. Raises ConfigError."""
    _armed.clear()
    for item in filter(None, text.split(",")):
        name, _, rest = item.partition("=")
        action, _, count = rest.partition("@")
        if action not in ("kill", "raise") or not count.isdecimal() or count == "0":
            raise ConfigError(f"{VARIABLE}: {item!r} is not NAME=kill@COUNT or NAME=raise@COUNT")
        _armed[name] = _Armed(action, int(count))


def hit(name: str) -> None:
    """Pass the place `name`. Raises OSError where it is armed to."""
    if not _armed or name not in _armed:
        return
    point = _armed[name]
    point.left -= 1
    if point.left != 0:
        return
    if point.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(errno.EIO, f"failpoint {name}")
