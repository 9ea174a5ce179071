"""Hephaestus: a terminal in which a person supervises coding agents and gates the tasks they discover."""

from __future__ import annotations

__version__ = "0.1.0"
