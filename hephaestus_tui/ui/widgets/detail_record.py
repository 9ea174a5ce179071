"""What became of a proposal so far: its versions, what was asked about it, and every decision, also those taken back."""

from __future__ import annotations

from itertools import pairwise

from hephaestus_tui.domain.decision import Decision, Proposal, Query, Reply, Undoing, draft_changes, verdict_words
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui import words
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_changes import changes_lines
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of, paragraphs, prose
from hephaestus_tui.ui.widgets.links import DecisionAt


def asked_lines(query: Query, now: float) -> list[Line]:
    """Who asked about which version, when, and what; `now` is Unix time in seconds."""
    about = f"{line(str(query.actor))} asked about version {query.version}, {words.ago(now - query.asked_at)}:"
    if "\n" in query.text.strip():
        return [line_of(Span(about, "muted")), *paragraphs(query.text)]
    return [line_of(Span(f"{about} ", "muted"), line(query.text))]


class Record:
    """The history of one task or proposal; `now` is Unix time in seconds. The newest always comes first."""

    def __init__(self, state: RunState, task_id: TaskId, now: float, glyphs: GlyphSet) -> None:
        self._state, self._id, self._now, self._glyphs = state, task_id, now, glyphs

    def newest_version(self) -> list[Line]:
        """What is new in the version that stands; empty where there is only one."""
        versions = self._state.versions.get(self._id, ())
        return self._version(versions[-2], versions[-1]) if len(versions) > 1 else []

    def earlier_versions(self, *, but_newest: bool) -> list[Line]:
        """All but the first, which changed nothing."""
        versions = self._state.versions.get(self._id, ())
        pairs = list(pairwise(versions))
        return self._parted([self._version(*pair) for pair in reversed(pairs[:-1] if but_newest else pairs)])

    def newest_reply(self) -> list[Line]:
        replies = self._state.replies.get(self._id, ())
        return self._reply(replies[-1]) if replies else []

    def earlier_replies(self, *, but_newest: bool) -> list[Line]:
        replies = self._state.replies.get(self._id, ())
        return self._parted([self._reply(reply) for reply in reversed(replies[:-1] if but_newest else replies)])

    def decisions(self) -> list[Line]:
        """Each with who made it, when, after how long, what it changed, and who took it back."""
        made = reversed(self._state.made.get(self._id, ()))
        return self._parted([self._decision(decision, self._state.undone.get(decision.id)) for decision in made])

    def _version(self, before: Proposal, after: Proposal) -> list[Line]:
        by = line(str(after.by)) if after.by else "its agent"
        at = self._state.versions_at[self._id][self._state.versions[self._id].index(after)]
        told = f"version {after.version} by {by}, {words.ago(self._now - at)}"
        changes = changes_lines(draft_changes(before.draft, after.draft), self._glyphs.arrow)
        return [
            line_of(Span(told, "muted")),
            *(paragraphs(after.note) if after.note else []),
            *(changes or [line_of(Span("no field was changed", "muted"))]),
        ]

    def _reply(self, reply: Reply) -> list[Line]:
        query = reply.query
        answered = f"its agent answered, {words.ago(self._now - reply.at)}:"
        answer = (
            [line_of(Span("no answer: ", "careful"), line(reply.text))]
            if reply.failed
            else [line_of(Span(answered, "muted")), *prose(reply.text, self._glyphs.name)]
        )
        return [*asked_lines(query, self._now), *answer]

    def _decision(self, decision: Decision, undoing: Undoing | None) -> list[Line]:
        by = line(str(decision.actor))
        into = self._into(decision)
        merged = f"merged into {decision.merged_into}" if decision.merged_into else ""
        on = f" on version {decision.version}" if decision.version > 1 else ""
        when = f"{words.ago(self._now - decision.decided_at)}, after {words.duration(decision.waited)}"
        lines = [
            line_of(Span(f"{verdict_words(decision)} by {by}", link=DecisionAt(decision.id)), on, *into),
            line_of(Span(when, "muted")),
        ]
        if decision.reason and decision.reason != merged:
            lines += paragraphs(decision.reason)
        lines += changes_lines(decision.changes, self._glyphs.arrow)
        if undoing:
            told = f"taken back by {line(str(undoing.actor))}, {words.ago(self._now - undoing.at)}"
            lines.append(line_of(Span(told, "careful")))
            lines += paragraphs(undoing.reason) if undoing.reason else []
        return lines

    def _into(self, decision: Decision) -> list[Span]:
        """The way to what it was merged into, of which the verdict has told."""
        into = decision.merged_into
        return [Span("  "), Span(into, "key", link=into)] if into else []

    def _parted(self, groups: list[list[Line]]) -> list[Line]:
        return [row for number, group in enumerate(groups) for row in ([BLANK, *group] if number else group)]
