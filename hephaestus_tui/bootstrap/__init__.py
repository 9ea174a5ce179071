"""The composition root: the only place that joins every room. `deferred` is all that the first screen needs of it."""

from __future__ import annotations
