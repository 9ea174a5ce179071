"""An OpenAI-compatible server on loopback that lets an agent take some turns; prints its port.

Arguments: turns, tokens a turn, and tokens a second (0: as fast as it is read). Each turn but the last lists the files.
"""

from __future__ import annotations

import asyncio
import json
import sys
from time import monotonic

from tests.benchmarks.sse_server import HEAD, WORDS, chunk


def ending(number: int, turns: int) -> bytes:
    """The call with which a turn ends, and what it cost; never the same call three times in a row."""
    done = number >= turns - 1
    given = {"summary": "done"} if done else {"path": "." if number % 2 else "./"}
    called = {"name": "complete_task" if done else "list_files", "arguments": json.dumps(given)}
    call = {"index": 0, "id": f"c{number}", "type": "function", "function": called}
    usage = json.dumps({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 10}}).encode()
    return b"".join(
        [chunk({"tool_calls": [call]}), chunk({}, "tool_calls"), b"data: " + usage + b"\n\n", b"data: [DONE]\n\n"]
    )


async def main(turns: int, tokens: int, rate: int) -> None:
    words = [chunk({"content": WORDS[number % len(WORDS)]}) for number in range(tokens)]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next((int(n[15:]) for n in head.lower().split(b"\r\n") if n.startswith(b"content-length:")), 2)
            body = json.loads(await reader.readexactly(length))
            writer.write(HEAD)
            began = monotonic()
            for number, word in enumerate(words):
                if rate:
                    await asyncio.sleep(max(began + number / rate - monotonic(), 0))
                writer.write(word)
                await writer.drain()
            writer.write(ending(sum(m["role"] == "tool" for m in body["messages"]), turns))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:4])))
