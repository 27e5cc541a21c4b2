"""Why an article was never read: PURE, from how the feeds of its outlet were polled.

A failed poll alone loses nothing: the next good one reads what the feed still holds. What is lost shows as a gap, a
document of which nothing was known; so a gap with failures inside is put down to them, and one without to the period.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from monitor.model import Gap, PollOutcome, PollReport
from monitor.why.case import Answer, Evidence, OutletFeed, Unread
from monitor.why.verdicts import Verdict

GAPS_COUNT_FOR = timedelta(days=7)
"""How old a gap may be to be blamed where the question names no time."""
BEFORE_THE_FEED = timedelta(hours=1)
"""How long before a gap an article may have been dated that came into the feed within it."""
_SHOWN = 5

_FIRST = (
    Verdict.FELL_BETWEEN,
    Verdict.UNREADABLE,
    Verdict.FEED_FAILED,
    Verdict.FEED_PAUSED,
    Verdict.FEED_NOT_POLLED,
    Verdict.BEFORE_WATCH,
    Verdict.NOT_OFFERED,
)
"""Of several feeds of one outlet, the answer that says most."""


def decide_unread(case: Unread) -> Answer:
    """Say why nothing is stored of what was asked for."""
    desk_id = case.question.desk_id
    if case.forgotten is not None:
        said = f"it was read as article {case.forgotten}, and has been pruned since"
        return Answer(
            Verdict.FORGOTTEN, said, desk_id, (Evidence("article", "only its keys are kept", case.forgotten),)
        )
    if not case.host:
        return _not_found(case)
    if not case.feeds:
        return _no_such_feed(case)
    judged = [_judge_feed(case, feed) for feed in case.feeds]
    best = min(judged, key=lambda answer: _FIRST.index(answer.verdict))
    evidence = [line for answer in (best, *(a for a in judged if a is not best)) for line in answer.evidence]
    return Answer(best.verdict, best.says, desk_id, (*evidence, *_resembling(case)))


def _no_such_feed(case: Unread) -> Answer:
    near = ""
    if case.resembling:
        first = case.resembling[0]
        near = f"; the nearest we have is “{first.title}” of {_outlet(case, first.feed_id)}"
    elif case.similar_feeds:
        near = f"; the nearest outlet we read is {case.similar_feeds[0].name}"
    similar = [Evidence("feed", f"{feed.name}, {feed.url}", feed.id) for feed in case.similar_feeds[:_SHOWN]]
    said = f"no feed of {case.host} is read{near}"
    return Answer(Verdict.NO_SUCH_FEED, said, case.question.desk_id, (*_resembling(case), *similar))


def _not_found(case: Unread) -> Answer:
    evidence = []
    if case.unknown_words:
        evidence.append(Evidence("words", f"in no headline or opening: {', '.join(case.unknown_words[:12])}"))
    for feed in case.feeds:
        answer = _judge_feed(case, feed)
        if answer.verdict is not Verdict.NOT_OFFERED and len(evidence) <= _SHOWN:
            evidence += answer.evidence[:1]
    said = "nothing that was read has these words in its headline or opening"
    return Answer(Verdict.NOT_FOUND, said, case.question.desk_id, (*_resembling(case), *evidence))


def _judge_feed(case: Unread, outlet: OutletFeed) -> Answer:
    feed, state = outlet.feed, outlet.state
    if state is None or state.last_polled_at is None:
        said = f"the feed {feed.name} has never been polled"
        return Answer(Verdict.FEED_NOT_POLLED, said, None, (Evidence("feed", said, feed.id),))
    gap = _gap(case, outlet.gaps)
    if gap is not None:
        return _fell(outlet, gap)
    if state.paused:
        said = f"the feed {feed.name} is paused, last polled {_time(state.last_polled_at)}"
        return Answer(Verdict.FEED_PAUSED, said, None, (Evidence("feed", said, feed.id, state.last_polled_at),))
    at = case.question.at
    unheard = [poll for poll in outlet.polls if state.last_ok_at is None or poll.at > state.last_ok_at]
    if state.failures and (at is None or state.last_ok_at is None or at > state.last_ok_at):
        since = f"since {_time(state.last_ok_at)}" if state.last_ok_at else "ever"
        if state.last_outcome == PollOutcome.PARSE_FAILED:
            said = f"the feed {feed.name} is fetched, but could not be read {since}: {state.last_detail}"
            return Answer(Verdict.UNREADABLE, said, None, _polls(unheard))
        said = f"the feed {feed.name} could not be fetched {since}: {state.last_detail}"
        return Answer(Verdict.FEED_FAILED, said, None, _polls(unheard))
    if at is not None and state.baseline_at is not None and at < state.baseline_at:
        said = f"the feed {feed.name} is read since {_time(state.baseline_at)} only"
        return Answer(Verdict.BEFORE_WATCH, said, None, (Evidence("feed", said, feed.id, state.baseline_at),))
    near = _around(outlet.polls, at)
    heard = sum(poll.outcome.is_good for poll in near)
    said = f"the feed {feed.name} was heard and did not carry it"
    counted = Evidence("polls", f"{feed.id}: {heard} of {len(near)} polls good{_spell(near)}, no gap")
    return Answer(Verdict.NOT_OFFERED, said, None, (counted, *_polls(p for p in near if not p.outcome.is_good)))


def _gap(case: Unread, gaps: Sequence[Gap]) -> Gap | None:
    at = case.question.at
    for gap in gaps:
        if at is None and gap.until >= case.now - GAPS_COUNT_FOR:
            return gap
        if at is not None and gap.since - BEFORE_THE_FEED <= at <= gap.until:
            return gap
    return None


def _fell(outlet: OutletFeed, gap: Gap) -> Answer:
    name = outlet.feed.name
    inside = [poll for poll in outlet.polls if gap.since < poll.at < gap.until and not poll.outcome.is_good]
    between = f"between {_time(gap.since)} and {_time(gap.until)}"
    shown = Evidence("gap", f"{name}: all {gap.entries} entries were new at the end of it", gap.feed_id, gap.until)
    evidence = (shown, *_polls(inside))
    if any(poll.outcome is PollOutcome.PARSE_FAILED for poll in inside):
        said = f"the feed {name} could not be read {between}, and had moved on by then"
        return Answer(Verdict.UNREADABLE, said, None, evidence)
    if inside:
        said = f"the feed {name} could not be fetched {between}, and had moved on by then"
        return Answer(Verdict.FEED_FAILED, said, None, evidence)
    said = f"the feed {name} may have had it {between}, and lost it again between two polls"
    return Answer(Verdict.FELL_BETWEEN, said, None, evidence)


def _around(polls: Sequence[PollReport], at: datetime | None) -> Sequence[PollReport]:
    """Return the polls of the six hours on both sides of a time; all that are kept where there are none, or no time."""
    if at is None:
        return polls
    return [poll for poll in polls if abs(poll.at - at) <= timedelta(hours=6)] or polls


def _polls(polls: Iterable[PollReport]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence("poll", f"{poll.feed_id}: {poll.outcome.value} {poll.status} {poll.detail}".rstrip(), None, poll.at)
        for poll in list(polls)[-_SHOWN:]
    )


def _resembling(case: Unread) -> tuple[Evidence, ...]:
    return tuple(
        Evidence("article", f"{_outlet(case, article.feed_id)}: “{article.title}”", article.id, article.first_seen_at)
        for article in case.resembling[:_SHOWN]
    )


def _outlet(case: Unread, feed_id: str) -> str:
    return (case.feed_names or {}).get(feed_id, feed_id)


def _spell(polls: Sequence[PollReport]) -> str:
    return f" from {_time(polls[0].at)} to {_time(polls[-1].at)}" if polls else ""


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
