"""What a person said of a story, recorded: [one commit], a log event and a count. By whichever way it came."""

from __future__ import annotations

from monitor.model import Feedback
from monitor.pipeline.core import Core


def commit_feedback(core: Core, feedback: Feedback) -> bool:
    """Record what was said, and return whether it was new; on the writer's thread, as a unit of work of its own."""
    with core.store.unit_of_work():
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
