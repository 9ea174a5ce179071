"""Without this, a person would see a status code where a sentence must say what to do next."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from hephaestus_tui.domain.errors import ProviderError
from hephaestus_tui.providers.errors import (
    AuthFailed,
    BadRequest,
    ContextOverflow,
    IncompleteTurn,
    NothingLeft,
    Overloaded,
    RateLimited,
    Unavailable,
    UnknownModel,
)
from hephaestus_tui.providers.options import Option, blamed

SAID_LIMIT = 300

_OVERFLOW = re.compile(
    r"context_length_exceeded|exceed_context_size|context (?:length|window|size|limit)|maximum context"
    r"|(?:prompt|input|request) is too (?:long|large)|request_too_large|too many (?:input )?tokens",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model_not_found|invalid model|unknown model|model\b.{0,200}(?:not found|does not exist|not exist)", re.IGNORECASE
)
_SPENT = re.compile(r"insufficient_quota|exceeded your current quota|credit balance|spend(?:ing)? limit", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whom a sentence is about; `key_env` names the variable that holds the key, None where there is none."""

    name: str
    host: str
    key_env: str | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.host})"

    def no_key(self) -> AuthFailed:
        return AuthFailed(
            f"There is no key for {self}: {self.key_env} is not set. Put the key into {self.key_env} and start again,"
            " or choose another provider with --model."
        )

    def bad_key(self) -> AuthFailed:
        return AuthFailed(
            f"The key for {self} cannot be right: {self.key_env} holds spaces, line ends or other characters that no"
            " key has. Copy it again."
        )

    def incomplete(self, what: str) -> IncompleteTurn:
        return IncompleteTurn(f"{self} {what}. Nothing of this turn ran.")


def failure_of(who: Who, model: str, status: int, body: str, options: Iterable[Option] = ()) -> ProviderError:
    """The typed error of an answer that is not a success; `body` is the beginning of what came with it.

    `options` are what the request held for the sake of a setting: one that the body names is taken for the reason.
    """
    said = said_in(body)
    head = f"{who} answered {status}" + (f': "{said}".' if said else ".")
    match status:
        case 401 | 403:
            todo = (
                f"Put a valid key into {who.key_env} and start again."
                if who.key_env
                else "It wants a key: name it in api_key_env."
            )
            return AuthFailed(f"{head} {todo}")
        case 404:
            return _no_model(head, model)
        case 429 if not _SPENT.search(body):
            return RateLimited(f"{head} Too many requests: wait, or run fewer agents at once.")
        case 408 | 409:
            return Overloaded(f"{head} It can be tried again.")
        case 502 | 503 | 504 | 529:
            return Unavailable(f"{head} The provider has trouble: it can be tried again later.")
        case _ if status >= 500:
            return Overloaded(f"{head} The provider has trouble: it can be tried again later.")
        case 400 | 413 | 422 if _OVERFLOW.search(body) or status == 413:
            return _overflow(head)
        case 400 | 422 if option := blamed(options, body):
            return BadRequest(f"{head} {option.todo}")
        case 400 | 422 if _NO_MODEL.search(body):
            return _no_model(head, model)
        case 402 | 429:
            return NothingLeft(f"{head} The account has nothing left to spend: top it up, or choose another provider.")
        case _:
            return BadRequest(
                f"{head} The same request will fail again: check base_url, the model and what it supports."
            )


def redirect_of(who: Who, status: int, target_host: str) -> BadRequest:
    return BadRequest(
        f"{who} answered {status} and points to {one_line(target_host) or 'another address'}. Redirects are never"
        " followed, since the key would go along: set base_url to the address of the API itself."
    )


def not_a_stream(who: Who, content_type: str, body: str) -> ProviderError:
    """The error for a 200 that is no event stream: an error in disguise, or a page of something else."""
    kind = one_line(content_type) or "no content type"
    said = error_in(body)
    if said is not None:
        return stream_error(who, said, body)
    return BadRequest(
        f"{who} answered with {kind} instead of a stream of events. Check that base_url is the address of the API, with"
        " its version (like https://host/v1), and that the server can stream."
    )


def stream_error(who: Who, said: str, raw: str) -> ProviderError:
    """The error for `{"error": …}` inside a 200."""
    head = f'{who} broke off with an error: "{said}".'
    return _overflow(head) if _OVERFLOW.search(raw) else IncompleteTurn(f"{head} Nothing of this turn ran.")


def _overflow(head: str) -> ContextOverflow:
    return ContextOverflow(
        f"{head} The conversation no longer fits the model: use one with a larger context, or split the task."
    )


def _no_model(head: str, model: str) -> UnknownModel:
    return UnknownModel(
        f"{head} Check the model's name ({one_line(model)}) and that base_url is the address of the API."
    )


def said_in(body: str) -> str:
    """What a body says to a person, on one line and bounded; whatever a vendor wraps around it is taken off."""
    said = error_in(body)
    if said is not None:
        return said
    return "" if body.lstrip().startswith("<") else one_line(body)


def error_in(body: str) -> str | None:
    """The message of the error in a JSON body; None where there is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    for key in ("error", "message", "detail"):
        if value.get(key):
            return _message(value[key])
    return None


def _message(value: object) -> str:
    if isinstance(value, dict):
        words = (value[key] for key in ("message", "type", "code") if value.get(key))
        return _first_line(words) or "no reason given"
    return one_line(str(value))


def _first_line(words: Iterable[object]) -> str:
    return next((one_line(str(word)) for word in words), "")


def one_line(text: str, limit: int = SAID_LIMIT) -> str:
    """Foreign text as a piece of a sentence: no control characters, no line ends, bounded."""
    text = " ".join(text[: limit * 4].split())
    text = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
