"""Showing again what was said in passing: without it a note that went by while one looked elsewhere is lost."""

from __future__ import annotations

import time
from collections.abc import Mapping

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.notices import said
from hephaestus_tui.ui.screens.page import PageScreen
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of


async def messages(desk: Desk, state: RunState, shown: Target) -> None:
    """The newest first, since the app was started."""
    title = line_of(Span("What was said, the newest first", "strong"), Span("   esc closes", "muted"))
    rows = [
        Line((Span(words, "error" if failed else ""),), head=(Span(f"{_clock(at)}  ", "muted"),))
        for at, words, failed in reversed(said(desk.app))
    ]
    await desk.ask(PageScreen((title, BLANK, *(rows or [line_of(Span("Nothing yet.", "muted"))]))))


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))


HANDLERS: Mapping[str, Handler] = {"messages": messages}
