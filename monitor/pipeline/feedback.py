"""What a person said of a story, on record, in the log and in the metrics, by whichever way it came."""

from __future__ import annotations

from monitor.model import Feedback
from monitor.pipeline.core import Core


def record_feedback(core: Core, feedback: Feedback) -> bool:
    """Record what was said, inside a unit of work, and return whether it was new."""
    is_new = core.store.feedback.add(feedback)
    if is_new:
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
    return is_new
