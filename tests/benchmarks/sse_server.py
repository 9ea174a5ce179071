"""An OpenAI-compatible server on loopback that streams as fast as it is read; prints its port. Argument: tokens a reply."""

from __future__ import annotations

import asyncio
import json
import sys

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
WORDS = ("the ", "cache ", "keeps ", "a ", "user ", "for ", "thirty ", "seconds\n")


def chunk(delta: dict[str, object], reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    data = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def reply(tokens: int) -> list[bytes]:
    """Pieces of a reply, a token an event, and at its end the call that completes the task."""
    done = {"name": "complete_task", "arguments": json.dumps({"summary": "done"})}
    call = {"index": 0, "id": "c1", "type": "function", "function": done}
    usage = json.dumps({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": tokens}}).encode()
    events = [chunk({"content": WORDS[number % len(WORDS)]}) for number in range(tokens)]
    events += [chunk({"tool_calls": [call]}), chunk({}, "tool_calls"), b"data: " + usage + b"\n\n", b"data: [DONE]\n\n"]
    return [b"".join(events[first : first + 16]) for first in range(0, len(events), 16)]


async def main(tokens: int) -> None:
    pieces = reply(tokens)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(n[15:]) for n in head.lower().split(b"\r\n") if n.startswith(b"content-length:"))
            await reader.readexactly(length)
            writer.write(HEAD)
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
