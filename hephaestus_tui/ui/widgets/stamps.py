"""When something was said and by which model, for those who ask: without it a long pause looks like none."""

from __future__ import annotations

import time

from hephaestus_tui.domain.message import Message
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.ui.text import line


def stamp(message: Message) -> str:
    """The day and the second in this machine's own time zone, and the model of what a model said."""
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(message.at))
    return f"{at}  {line(short_model(message.model))}" if message.model else at
