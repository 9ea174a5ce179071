"""The floor of reading a model: httpx and httpx-sse alone, with the JSON parsed. Prints tokens for a second of CPU.

Arguments: the port of `sse_server`, and how many streams at once.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import httpx
from httpx_sse import EventSource


async def main(port: int, streams: int) -> float:
    async def read(client: httpx.AsyncClient) -> int:
        tokens = 0
        async with client.stream("POST", f"http://127.0.0.1:{port}/v1/chat/completions", json={}) as response:
            async for event in EventSource(response).aiter_sse():
                if event.data != "[DONE]":
                    choices = json.loads(event.data)["choices"]
                    tokens += bool(choices and choices[0]["delta"].get("content"))
        return tokens

    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        began = time.process_time()
        tokens = sum(await asyncio.gather(*(read(client) for _ in range(streams))))
        return tokens / (time.process_time() - began)


if __name__ == "__main__":
    print(asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]))))
