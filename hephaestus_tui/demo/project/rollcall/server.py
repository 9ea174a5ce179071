"""The HTTP side: one thread a connection, JSON in and out, no exception reaches the socket."""

from __future__ import annotations

import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from rollcall.router import Router
from rollcall.wire import HttpError, Request, Response

log = logging.getLogger("rollcall")

MAX_BODY = 64 * 1024


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    router: Router

    def _answer(self) -> None:
        try:
            response = self.router.dispatch(self._request())
        except HttpError as error:
            response = _failure(error.status, error.code, error.message)
        except Exception:
            log.exception("%s %s failed", self.command, self.path)
            response = _failure(500, "internal", "something broke on our side")
        body = response.encoded()
        self.send_response(response.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        try:
            length = int(self.headers.get("Content-Length", "0"))
        except ValueError:
            length = -1
        if not 0 <= length <= MAX_BODY:
            self.close_connection = True
            raise HttpError(413, "too_large", f"a body has at most {MAX_BODY} bytes and says its length")
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )

    def log_message(self, format: str, *args: object) -> None:
        log.info(format, *args)


def _failure(status: int, code: str, message: str) -> Response:
    return Response({"error": {"code": code, "message": message}}, status)


def make_server(router: Router, host: str = "127.0.0.1", port: int = 0) -> ThreadingHTTPServer:
    """A server that is bound but not yet serving; port 0 takes a free one."""
    handler = type("RollcallHandler", (Handler,), {"router": router})
    return ThreadingHTTPServer((host, port), handler)
