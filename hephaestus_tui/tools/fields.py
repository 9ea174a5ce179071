"""The shapes that several tools' arguments share; without them a bound could be forgotten in one."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from hephaestus_tui.tools.workspace import PATH_LIMIT


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("may not hold a NUL character")
    return text


WITHOUT_NUL = AfterValidator(_without_nul)
PathText = Annotated[str, Field(max_length=PATH_LIMIT), WITHOUT_NUL]
GlobText = Annotated[str, Field(max_length=300), WITHOUT_NUL]
