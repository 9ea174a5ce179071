"""Without this, a key or a prompt could leave for a host that nobody configured.

httpx as it comes follows redirects with `x-api-key` still on, obeys `HTTP_PROXY`, and inflates whatever it is sent.
Here the key is put on in the transport, on a copy of the request, so that no exception holds a request that has it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

import httpx

from hephaestus_tui import __version__
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.providers.errors import BadRequest, IncompleteTurn

WIRE_LIMIT = 64_000_000

_HOST = re.compile(rb"[A-Za-z0-9._:-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds. `first` and `idle` count words, reasoning and arguments, never pings; `grace` is for what comes after.
    `thinking` is in place of `first` where much effort was asked for: some think without a word.

    Vendors' own clients give up after 600 s without a byte, which a ping every few seconds puts off for ever.
    """

    connect: float = 10.0
    first: float = 300.0
    thinking: float = 900.0
    idle: float = 120.0
    total: float = 1_800.0
    grace: float = 5.0


def checked_base(name: str, base_url: str) -> httpx.URL:
    """The address of an API, without a trailing slash. Raises ConfigError."""
    where = f"The base_url of provider {name!r}"
    try:
        url = httpx.URL(base_url.rstrip("/"))
    except httpx.InvalidURL as error:
        raise ConfigError(f"{where} is not an address: {error}. Write it like https://host/v1.") from None
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(url.raw_host):
        raise ConfigError(f"{where} needs http or https and a host. Write it like https://host/v1.")
    if url.userinfo or url.query or url.fragment:
        raise ConfigError(f"{where} may hold no user, query or fragment. Name the key's variable in api_key_env.")
    return url


def origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def host_of(url: httpx.URL) -> str:
    """The host for people, with the port where it is not the usual one."""
    return url.host if url.port is None else f"{url.host}:{url.port}"


def is_loopback(url: httpx.URL) -> bool:
    if url.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(url.host).is_loopback
    except ValueError:
        return False


def may_carry_key(url: httpx.URL) -> bool:
    return url.scheme == "https" or is_loopback(url)


class _BoundedStream(httpx.AsyncByteStream):
    """A body that cannot fill the memory, however long its lines are."""

    def __init__(self, inner: httpx.AsyncByteStream, who: str) -> None:
        self._inner = inner
        self._who = who

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._inner:
            size += len(chunk)
            if size > WIRE_LIMIT:
                raise IncompleteTurn(
                    f"{self._who} sent more than {WIRE_LIMIT:,} bytes for one answer. Nothing of it ran."
                )
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


class KeyedTransport(httpx.AsyncBaseTransport):
    """Speaks to one origin only. `auth` gives the headers that hold the key; it is asked at each request."""

    def __init__(self, name: str, base: httpx.URL, auth: Callable[[], Mapping[str, str]]) -> None:
        self._name = name
        self._base = base
        self._auth = auth
        self._inner = httpx.AsyncHTTPTransport(trust_env=False, http2=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if origin(request.url) != origin(self._base):
            raise BadRequest(
                f"{self._name} is configured for {host_of(self._base)}, so nothing was sent to {host_of(request.url)}."
            )
        auth = self._auth()
        if auth and not may_carry_key(request.url):
            raise BadRequest(
                f"The key of {self._name} was not sent: {host_of(request.url)} is another machine and its address is"
                " plain http. Use an https base_url, or leave out api_key_env."
            )
        keyed = httpx.Request(
            request.method,
            request.url,
            headers=[*request.headers.multi_items(), *auth.items()],
            stream=request.stream,
            extensions=request.extensions,
        )
        response = await self._inner.handle_async_request(keyed)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_BoundedStream(response.stream, f"{self._name} ({host_of(self._base)})"),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


def make_client(
    name: str, base: httpx.URL, auth: Callable[[], Mapping[str, str]], deadlines: Deadlines
) -> httpx.AsyncClient:
    """The only way to an httpx client in this program."""
    return httpx.AsyncClient(
        transport=KeyedTransport(name, base, auth),
        follow_redirects=False,
        trust_env=False,
        timeout=httpx.Timeout(None, connect=deadlines.connect, write=deadlines.connect * 3),
        headers={
            "Accept": "text/event-stream",
            "Accept-Encoding": "identity",
            "User-Agent": f"hephaestus/{__version__}",
        },
    )


def is_encoded(response: httpx.Response) -> bool:
    return response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")


async def read_start(response: httpx.Response, limit: int = 65_536) -> str:
    """The beginning of a body as text; nothing of a compressed one, which nobody asked for."""
    if is_encoded(response):
        return ""
    data = b""
    async for chunk in response.aiter_raw():
        data += chunk
        if len(data) >= limit:
            break
    return data[:limit].decode("utf-8", "replace")
