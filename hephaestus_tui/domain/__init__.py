"""Frozen values and pure functions: the words every other layer speaks. No await, no I/O, no third-party import."""
