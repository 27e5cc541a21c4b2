"""What a person said of a story, in the log and in the metrics, by whichever way it came."""

from __future__ import annotations

from monitor.model import Feedback
from monitor.pipeline.core import Core


def note_feedback(core: Core, feedback: Feedback) -> None:
    """Say in the log and the metrics what was said and recorded; after the commit, which may yet fail."""
    kind, through = feedback.kind.value, feedback.through.value
    core.metrics.feedback.labels(kind, through).inc()
    core.log.info(
        "feedback.said",
        kind=kind,
        through=through,
        desk=feedback.desk_id,
        article=feedback.article_id,
        who=feedback.who,
    )
