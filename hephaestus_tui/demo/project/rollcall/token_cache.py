"""Answers to "whose token is this?", kept for a short while."""

from __future__ import annotations

import threading
from collections import OrderedDict

from rollcall.identity import Clock, Identity


class TokenCache:
    """At most `size` identities, each for `seconds`, and never longer than its session lives.

    Keys are digests, so that a dump of the process holds no usable token.
    """

    def __init__(self, clock: Clock, seconds: float = 30.0, size: int = 4096) -> None:
        self._clock = clock
        self._seconds = seconds
        self._size = size
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[float, Identity]] = OrderedDict()

    def get(self, digest: str) -> Identity | None:
        with self._lock:
            entry = self._entries.get(digest)
            if entry is None:
                return None
            until, identity = entry
            if until <= self._clock():
                del self._entries[digest]
                return None
            self._entries.move_to_end(digest)
            return identity

    def put(self, digest: str, identity: Identity) -> None:
        until = min(self._clock() + self._seconds, identity.expires_at)
        with self._lock:
            self._entries[digest] = (until, identity)
            self._entries.move_to_end(digest)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)

    def discard(self, digest: str) -> None:
        with self._lock:
            self._entries.pop(digest, None)

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)
