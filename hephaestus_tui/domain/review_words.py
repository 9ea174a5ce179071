"""A review as its agent reads it, and as the transcript shows it: without it the two could tell different things."""

from __future__ import annotations

from hephaestus_tui.domain.work import LineComment, Review, Side


def review_text(review: Review, number: int) -> str:
    """Who sent the work back, for what, and every comment with the line that it is about; `number` is the round that ended so, from 1."""
    lines = [f"{review.actor} looked at round {number} of your work and sends it back."]
    if review.text.strip():
        lines += ["", review.text.strip()]
    if review.comments:
        lines += ["", "Comments on lines:", *(_comment(comment) for comment in review.comments)]
    lines += ["", "Go on in your workspace, where your work stands as you left it; then call complete_task again."]
    return "\n".join(lines)


def _comment(comment: LineComment) -> str:
    removed = ", a line that you removed" if comment.side is Side.OLD else ""
    words = "\n  ".join(comment.text.strip().splitlines())
    return f"- {comment.path}:{comment.line}{removed}\n  > {comment.quoted}\n  {words}"
