"""What others wrote, set off line by line; without it a line of an agent's text could pass for a person's or the program's."""

from __future__ import annotations


def quote(text: str) -> str:
    """Each line behind a mark, whatever breaks the lines."""
    return "\n".join(f"> {line}" for line in text.splitlines())
