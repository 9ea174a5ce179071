"""Which models a server on this machine offers; without it a person would have to know their names by heart."""

from __future__ import annotations

import asyncio
import json

import httpx

from hephaestus_tui.providers.http import Deadlines, make_client, read_start

ASKED_SECONDS = 1.0
MODELS_KEPT = 20


async def listed_models(name: str, base: httpx.URL) -> tuple[str, ...] | None:
    """The names that a server lists under `base`, at most `MODELS_KEPT`; None where none answers or it is no such server.

    No key goes along. Whatever else listens at a well-known port, a web server say, does not answer with such a list.
    """
    try:
        async with (
            asyncio.timeout(ASKED_SECONDS),
            make_client(name, base, dict, Deadlines(connect=ASKED_SECONDS)) as client,
            client.stream("GET", f"{base}/models") as response,
        ):
            text = await read_start(response, limit=1_000_000) if response.is_success else ""
    except (TimeoutError, httpx.HTTPError):
        return None
    return _names(text)


def _names(text: str) -> tuple[str, ...] | None:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    listed = body.get("data") if isinstance(body, dict) else None
    if listed is None and isinstance(body, dict) and body.get("object") == "list":
        listed = []  # what an Ollama without a single model says
    if not isinstance(listed, list):
        return None
    names = (entry.get("id") for entry in listed if isinstance(entry, dict))
    return tuple(name for name in names if isinstance(name, str) and name)[:MODELS_KEPT]
