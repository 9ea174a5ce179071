"""How a model call can fail. Each message names the provider, what it said, and what to do next.

ProviderError
├── AuthFailed         401, 403: the key is missing or refused
├── UnknownModel       404: no such model there
├── BadRequest         other 4xx: it will never work as it is
├── ContextOverflow    the conversation no longer fits
├── Unreachable        no connection            (retryable)
├── RateLimited        429                      (retryable)
├── Overloaded         408, 409, 5xx            (retryable)
│   └── Unavailable    502, 503, 504, 529: the provider itself has trouble, whoever asks
└── IncompleteTurn     cut, malformed, endless, stopped by length, or an error inside a 200 (retryable)
"""

from __future__ import annotations

from hephaestus_tui.domain.errors import ProviderError


class AuthFailed(ProviderError):
    pass


class UnknownModel(ProviderError):
    pass


class BadRequest(ProviderError):
    pass


class ContextOverflow(ProviderError):
    pass


class Unreachable(ProviderError):
    retryable = True


class RateLimited(ProviderError):
    retryable = True


class Overloaded(ProviderError):
    retryable = True


class Unavailable(Overloaded):
    pass


class IncompleteTurn(ProviderError):
    """Nothing of the turn may run or be stored as said; what was streamed so far is void."""

    retryable = True
