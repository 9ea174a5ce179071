"""Reads pages of what many say while they go on: what is said between the question and the answer would be lost."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.session import Page, Session
from hephaestus_tui.ui.bridge import Bridge
from hephaestus_tui.ui.scope import Wide


async def read_page(
    session: Session, bridge: Bridge, wide: Wide, *, before: int | None = None, after: int | None = None
) -> Page:
    """A page of what many said, with no word missing of an agent of the role that began while it was read.

    It reaches no further than the run as it is drawn: what is past that comes as it happens.
    """
    while True:
        tasks = wide.tasks(bridge.state)
        page = await session.page(tasks, before=before, after=after)
        bridge.flush()
        if tasks is None:
            return page
        if tasks == wide.tasks(bridge.state):
            known = bridge.state.seq
            end = min(page.end, known + 1)
            return replace(page, begin=min(page.begin, end), end=end, seq=min(page.seq, known))
