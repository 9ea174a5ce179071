"""How a model call can fail. Each message names the provider, what it said, and what to do next.

ProviderError
├── AuthFailed         401, 403: the key is missing or refused
├── UnknownModel       404: no such model there
├── BadRequest         other 4xx: it will never work as it is
│   └── NothingLeft    402, or a 429 that says so: the account is spent
├── ContextOverflow    the conversation no longer fits
├── Unreachable        no connection            (retryable)
├── RateLimited        429                      (retryable)
├── Overloaded         408, 409, 5xx            (retryable)
│   └── Unavailable    502, 503, 504, 529: the provider itself has trouble, whoever asks
└── IncompleteTurn     cut, malformed, endless, stopped by length, or an error inside a 200 (retryable)

`elsewhere` is set on all but BadRequest: another model may answer where this one cannot be had.
"""

from __future__ import annotations

from hephaestus_tui.domain.errors import ProviderError


class AuthFailed(ProviderError):
    elsewhere = True


class UnknownModel(ProviderError):
    elsewhere = True


class BadRequest(ProviderError):
    pass


class NothingLeft(BadRequest):
    elsewhere = True


class ContextOverflow(ProviderError):
    elsewhere = True


class Unreachable(ProviderError):
    retryable = True
    elsewhere = True


class RateLimited(ProviderError):
    retryable = True
    elsewhere = True


class Overloaded(ProviderError):
    retryable = True
    elsewhere = True


class Unavailable(Overloaded):
    pass


class IncompleteTurn(ProviderError):
    """Nothing of the turn may run or be stored as said; what was streamed so far is void."""

    retryable = True
    elsewhere = True
