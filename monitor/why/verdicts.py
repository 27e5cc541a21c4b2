"""The closed list of answers to “why did I (not) get this?”, and what to do about each. PURE: words and a table."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What became of an article for a desk, in one word."""

    # --- it was never read
    NO_SUCH_FEED = "no-such-feed"
    NOT_FOUND = "not-found"
    FEED_NOT_POLLED = "feed-not-polled"
    FEED_PAUSED = "feed-paused"
    FEED_FAILED = "feed-failed"
    UNREADABLE = "unreadable"
    FELL_BETWEEN = "fell-between"
    BEFORE_WATCH = "before-watch"
    NOT_OFFERED = "not-offered"
    FORGOTTEN = "forgotten"
    # --- it was read, and no rule held
    MATCHED_NOTHING = "matched-nothing"
    ONLY_BOILERPLATE = "only-boilerplate"
    RULE_MUTED = "rule-muted"
    RULE_IS_NEWER = "rule-is-newer"
    # --- a rule held, and the desk was not told of it
    BASELINE = "baseline"
    NO_DESK = "no-desk"
    OTHER_DESK = "other-desk"
    BELOW_FLOOR = "below-floor"
    NOT_TAKEN = "not-taken"
    REPRINT = "reprint"
    JOINED_STORY = "joined-story"
    NOTHING_NEW = "nothing-new"
    MUTED = "muted"
    SURGE = "surge"
    UNEXPLAINED = "unexplained"
    # --- the desk has it, or will
    HELD = "held"
    WAITING = "waiting"
    OVERDUE = "overdue"
    DESK_MISSING = "desk-missing"
    NO_RECIPIENT = "no-recipient"
    QUEUED = "queued"
    FAILING = "failing"
    DEAD = "dead"
    UNKNOWN = "unknown"
    OVER_BUDGET = "over-budget"
    SENT = "sent"


ADVICE: dict[Verdict, str] = {
    Verdict.NO_SUCH_FEED: "`monitor feeds discover` on the site, then `monitor feeds add`",
    Verdict.NOT_FOUND: "ask by the article's address, or by other words of its headline",
    Verdict.FEED_NOT_POLLED: "see that the daemon runs: `monitor doctor`",
    Verdict.FEED_PAUSED: "`monitor feeds resume` when it should be read again",
    Verdict.FEED_FAILED: "`monitor feeds show` says what is wrong; the next good poll reads what the feed still has",
    Verdict.UNREADABLE: "`monitor feeds check` shows what came; tell the publisher, or find another feed of theirs",
    Verdict.FELL_BETWEEN: "shorten the feed's period (`every:`), or find a feed of theirs with more entries",
    Verdict.BEFORE_WATCH: "nothing; what stood in a feed before it was watched is no news",
    Verdict.NOT_OFFERED: "find a feed of theirs that carries such articles: `monitor feeds discover`",
    Verdict.FORGOTTEN: "nothing; articles nobody was told of go after a while: `monitor db prune`",
    Verdict.MATCHED_NOTHING: "`monitor rules explain` shows each clause; then widen the rule or an actor",
    Verdict.ONLY_BOILERPLATE: "nothing, if those words are no part of the news; else report how the page is cut",
    Verdict.RULE_MUTED: "make the rule cheaper or correct it; `monitor doctor` names its fault",
    Verdict.RULE_IS_NEWER: "nothing; `monitor rules backtest` shows what else the edit would have found",
    Verdict.BASELINE: "nothing; `baseline_newest:` of a feed makes its newest entries news at its first poll",
    Verdict.NO_DESK: "name a desk that exists under `desks:` of the rule",
    Verdict.OTHER_DESK: "add the desk under `desks:` of the rule, if it should hear of this",
    Verdict.BELOW_FLOOR: "raise the rule's severity, or lower the desk's floor",
    Verdict.NOT_TAKEN: "widen the desk's `takes:`, if such articles are its business",
    Verdict.REPRINT: "nothing; the desk has the story",
    Verdict.JOINED_STORY: "nothing, if it is one event; `monitor stories show` says why it was put there",
    Verdict.NOTHING_NEW: "nothing; the desk has the story",
    Verdict.MUTED: "nothing; or `monitor stories unmute`, when it should be told again",
    Verdict.SURGE: "`monitor feeds release` tells what the feed brought, `monitor feeds drop` does not",
    Verdict.UNEXPLAINED: "keep the database and report it: there should be a reason on record",
    Verdict.HELD: "nothing; or send it now: `monitor digest send`",
    Verdict.WAITING: "nothing; or send it now: `monitor digest send`",
    Verdict.OVERDUE: "see that the daemon runs: `monitor doctor`",
    Verdict.DESK_MISSING: "put the desk back into the rule files; its alerts are kept",
    Verdict.NO_RECIPIENT: "give the desk a channel: `channels:` in the rule files",
    Verdict.QUEUED: "nothing; `monitor doctor`, if it stays so for more than a minute",
    Verdict.FAILING: "`monitor deliveries show` has every attempt; it is tried again by itself",
    Verdict.DEAD: "correct what the reply says, then `monitor deliveries retry`; or `drop`",
    Verdict.UNKNOWN: "ask the recipient; then `monitor deliveries retry` or `drop`",
    Verdict.OVER_BUDGET: "raise the desk's `stories_per_day:`, or a severity: urgent ones are always told in full",
    Verdict.SENT: "look for the Message-ID in the recipient's mail, junk too",
}
"""What the operator may do, for every verdict."""
