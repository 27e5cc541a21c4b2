"""Owns what a poll came to: from what was fetched and parsed to one word, one status, one sentence and the next state.

Pure. The pipeline asks it; the store keeps what it returns.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

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
    ParseOutcome,
    PollOutcome,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one poll of one feed came to."""

    outcome: PollOutcome
    status: str
    """For people, short: "200", "304", "404", "dns", "html", "timeout" …"""
    detail: str
    """A sentence; empty when there is nothing to say."""


def body_digest(body: bytes) -> str:
    """Return the SHA-256 of a body in hexadecimal, by which an unchanged one is known."""
    return hashlib.sha256(body).hexdigest()


def needs_parsing(fetched: FetchOutcome, state: FeedState) -> bool:
    """Say whether there is a body to parse: a document came, and not the one that was parsed completely last time."""
    return isinstance(fetched, Fetched) and body_digest(fetched.body) != state.body_sha256


def judge(fetched: FetchOutcome, parsed: ParseOutcome | None, *, new: int, is_baseline: bool) -> Verdict:
    """Say what a poll came to.

    Args:
        fetched: what the fetcher returned.
        parsed: what the parser returned; None when nothing was parsed.
        new: articles in it that were not known.
        is_baseline: its baseline was open until this poll: none was good before, or one alone, of a cut document.
    """
    match fetched:
        case NotModified():
            return Verdict(PollOutcome.NOT_MODIFIED, "304", "")
        case FetchFailed():
            status = str(fetched.status) if fetched.status is not None else fetched.fault.value
            return Verdict(PollOutcome.FETCH_FAILED, status, fetched.detail)
        case Fetched():
            pass
    match parsed:
        case None:
            return Verdict(PollOutcome.SAME_BODY, "200", "")
        case ParseFailed():
            return Verdict(PollOutcome.PARSE_FAILED, parsed.fault.value, parsed.detail)
        case ParsedFeed():
            heard = PollOutcome.NEW if new else PollOutcome.UNCHANGED
            return Verdict(PollOutcome.BASELINE if is_baseline else heard, "200", "; ".join(parsed.problems))


def state_after(
    state: FeedState,
    fetched: FetchOutcome,
    parsed: ParseOutcome | None,
    *,
    verdict: Verdict,
    next_poll: NextPoll,
    now: datetime,
) -> FeedState:
    """Return a feed's state after a poll.

    Validators and the digest of the body are kept only where the whole document was understood: else a 304, or an
    equal body, could hide entries that were never read. Nor does a document that was cut end the baseline at once: what
    it lacks is old, and would come as news. A second one does, or a feed that is always cut would never be told.

    Args:
        state: as it was before the poll.
        fetched: what the fetcher returned.
        parsed: what the parser returned; None when nothing was parsed.
        verdict: what `judge` made of the two.
        next_poll: when the feed is polled next.
        now: the present, aware, in UTC.
    """
    good = verdict.outcome.is_good
    is_cut = isinstance(parsed, ParsedFeed) and not parsed.complete
    ends_baseline = good and state.baseline_at is None and not (is_cut and state.last_ok_at is None)
    after = replace(
        state,
        next_poll_at=next_poll.at,
        next_poll_because=next_poll.because,
        last_polled_at=now,
        last_ok_at=now if good else state.last_ok_at,
        last_new_at=now if verdict.outcome is PollOutcome.NEW else state.last_new_at,
        last_outcome=verdict.outcome.value,
        last_detail=verdict.detail,
        failures=0 if good else state.failures + (verdict.status != FetchFault.HELD),
        baseline_at=now if ends_baseline else state.baseline_at,
    )
    match fetched, parsed:
        case NotModified(), _:
            return replace(
                after,
                etag=fetched.headers.get("etag", state.etag),
                last_modified=fetched.headers.get("last-modified", state.last_modified),
            )
        case Fetched(), ParsedFeed(complete=False):
            return replace(after, etag=None, last_modified=None, body_sha256=None)
        case Fetched(), ParsedFeed() | None:
            return replace(
                after,
                etag=fetched.headers.get("etag"),
                last_modified=fetched.headers.get("last-modified"),
                body_sha256=body_digest(fetched.body),
            )
        case _:
            return after
