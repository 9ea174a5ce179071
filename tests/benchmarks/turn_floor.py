"""The floor of agents' turns: httpx and httpx-sse alone keep up the same conversations. Prints seconds of clock and of CPU.

Arguments: the port of `turn_server`, how many conversations at once, and turns in each.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import httpx
from httpx_sse import EventSource


async def talk(client: httpx.AsyncClient, url: str, turns: int) -> None:
    """Text and call of each turn go back with a result, as an agent's conversation has them."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": "go"}]
    for number in range(turns):
        words: list[str] = []
        calls: list[Any] = []
        async with client.stream("POST", url, json={"model": "m", "stream": True, "messages": messages}) as response:
            async for event in EventSource(response).aiter_sse():
                if event.data != "[DONE]" and (choices := json.loads(event.data)["choices"]):
                    delta = choices[0]["delta"]
                    words.append(delta.get("content") or "")
                    calls += delta.get("tool_calls", ())
        messages.append({"role": "assistant", "content": "".join(words), "tool_calls": calls})
        messages.append({"role": "tool", "tool_call_id": f"c{number}", "content": "README.md"})


async def main(port: int, streams: int, turns: int) -> dict[str, float]:
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(talk(client, url, turns) for _ in range(streams)))
        return {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}


if __name__ == "__main__":
    json.dump(asyncio.run(main(*map(int, sys.argv[1:4]))), sys.stdout)
