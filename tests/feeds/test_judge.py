"""What a poll came to, and what is kept of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.judge import Verdict, body_digest, judge, needs_parsing, state_after
from monitor.model import (
    FeedState,
    Fetched,
    FetchFailed,
    FetchFault,
    FetchOutcome,
    NextPoll,
    NotModified,
    ParsedFeed,
    ParseFailed,
    ParseFault,
    ParseOutcome,
    PollOutcome,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
THEN = NOW - timedelta(hours=1)
NEXT = NextPoll(NOW + timedelta(minutes=15), "every 15 min")
URL = "https://news.example/feed"
KNOWN = FeedState(
    "dawn", URL, etag='"1"', last_modified="x", body_sha256="0", baseline_at=THEN, last_ok_at=THEN, failures=2
)

WHOLE = Fetched(URL, b"<rss/>", {"etag": '"2"'}, 0.1)
FEED = ParsedFeed("rss20", "P", None, ())
CUT = ParsedFeed("rss20", "P", None, (), complete=False, problems=("the document was cut",))
PAGE = ParseFailed(ParseFault.HTML, "a web page came")
GONE = FetchFailed(URL, FetchFault.HTTP, "answered 404", 0.1, status=404)
LOST = FetchFailed(URL, FetchFault.DNS, "does not resolve", 0.1)
SAME = NotModified(URL, {}, 0.1)


@pytest.mark.parametrize(
    ("fetched", "parsed", "new", "outcome", "status"),
    [
        (WHOLE, FEED, 3, PollOutcome.NEW, "200"),
        (WHOLE, FEED, 0, PollOutcome.UNCHANGED, "200"),
        (WHOLE, None, 0, PollOutcome.SAME_BODY, "200"),
        (WHOLE, PAGE, 0, PollOutcome.PARSE_FAILED, "html"),
        (SAME, None, 0, PollOutcome.NOT_MODIFIED, "304"),
        (GONE, None, 0, PollOutcome.FETCH_FAILED, "404"),
        (LOST, None, 0, PollOutcome.FETCH_FAILED, "dns"),
    ],
)
def test_every_poll_has_an_outcome_and_a_status(
    fetched: FetchOutcome, parsed: ParseOutcome | None, new: int, outcome: PollOutcome, status: str
) -> None:
    """One word for the machine, one for people."""
    verdict = judge(fetched, parsed, new=new, is_baseline=False)
    assert (verdict.outcome, verdict.status) == (outcome, status)


def test_the_first_good_poll_is_the_baseline() -> None:
    """A failed one is not."""
    assert judge(WHOLE, FEED, new=3, is_baseline=True).outcome is PollOutcome.BASELINE
    assert judge(WHOLE, PAGE, new=0, is_baseline=True).outcome is PollOutcome.PARSE_FAILED


def after(fetched: FetchOutcome, parsed: ParseOutcome | None, *, new: int = 0, state: FeedState = KNOWN) -> FeedState:
    verdict: Verdict = judge(fetched, parsed, new=new, is_baseline=state.baseline_at is None)
    return state_after(state, fetched, parsed, verdict=verdict, next_poll=NEXT, now=NOW)


def test_validators_are_kept_with_a_whole_document() -> None:
    """And an absent one is forgotten, not kept from an older answer."""
    state = after(WHOLE, FEED, new=1)
    assert (state.etag, state.last_modified, state.body_sha256) == ('"2"', None, body_digest(b"<rss/>"))
    assert (state.failures, state.last_ok_at, state.last_new_at) == (0, NOW, NOW)
    assert not needs_parsing(WHOLE, state)


def test_validators_of_a_cut_document_are_not_kept() -> None:
    """Else a 304 would hide the entry that was cut."""
    state = after(WHOLE, CUT, new=1)
    assert (state.etag, state.last_modified, state.body_sha256) == (None, None, None)
    assert state.last_detail == "the document was cut"
    assert needs_parsing(WHOLE, state)


@pytest.mark.parametrize(("fetched", "parsed"), [(GONE, None), (LOST, None), (WHOLE, PAGE)])
def test_a_failure_keeps_what_is_known(fetched: FetchOutcome, parsed: ParseOutcome | None) -> None:
    """Validators still belong to the last document that was understood."""
    state = after(fetched, parsed)
    assert (state.etag, state.last_modified, state.body_sha256) == ('"1"', "x", "0")
    assert (state.failures, state.last_ok_at, state.last_polled_at) == (3, THEN, NOW)


def test_a_failure_is_no_baseline() -> None:
    """What was on the page before is told once the feed was really read."""
    fresh = FeedState("dawn", URL)
    assert after(GONE, None, state=fresh).baseline_at is None
    assert after(WHOLE, FEED, state=fresh).baseline_at == NOW


def test_not_modified_keeps_the_body_and_takes_newer_validators() -> None:
    """RFC 9110 section 15.4.5: a 304 may carry a new ETag."""
    assert after(SAME, None).etag == '"1"'
    assert after(NotModified(URL, {"etag": '"3"'}, 0.1), None).etag == '"3"'
    assert after(SAME, None).body_sha256 == "0"


def test_a_feed_that_was_not_asked_has_not_failed() -> None:
    """Its host wanted to be left alone: the failures in a row are as many as before."""
    held = FetchFailed(URL, FetchFault.HELD, "left alone", 0.0, retry_after=timedelta(minutes=5))
    verdict = judge(held, None, new=0, is_baseline=False)
    after = state_after(KNOWN, held, None, verdict=verdict, next_poll=NEXT, now=NOW)
    assert (verdict.status, after.failures) == ("held", KNOWN.failures)


def test_a_first_document_that_was_cut_does_not_end_the_baseline() -> None:
    """What it lacks is old and would come as news; a second one in a row does, or the feed would never be told."""
    fresh = FeedState("dawn", URL)
    first = after(WHOLE, CUT, state=fresh)
    assert (first.baseline_at, first.last_ok_at) == (None, NOW)
    assert after(WHOLE, FEED, state=first).baseline_at == NOW
    assert after(WHOLE, CUT, state=first).baseline_at == NOW
