"""What an agent reports to be in its way: words for it, or only noted."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk_commands import AnswerReport
from hephaestus_tui.ui.applies import report_of
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.report import ReportScreen


async def answer(desk: Desk, state: RunState, shown: Target) -> None:
    report = report_of(state, shown.task_id)
    if report is None:
        return None
    text = fault = ""
    while True:
        dialog = ReportScreen(report, state, text=text, fault=fault, clock=desk.clock)
        words = await desk.ask(dialog, again=bool(text))
        if words is None:
            return None
        try:
            return await desk.submit(AnswerReport(report_id=report.id, words=words, actor=desk.actor))
        except HephaestusError as error:
            if not words:
                raise
            text, fault = words, str(error)  # what was typed is not lost: the box opens again


HANDLERS: Mapping[str, Handler] = {"report.answer": answer}
