"""Which reports of agents still wait for a human."""

from __future__ import annotations

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Report


def open_reports(state: RunState) -> list[Report]:
    """What agents reported and no human has looked at, the oldest first."""
    if len(state.reports) == len(state.report_answers):
        return []
    return [report for report in state.reports.values() if report.id not in state.report_answers]
