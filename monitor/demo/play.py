"""Play the sample day through the real parts of the daemon, with a clock that runs fast.

It owns the clock, the order of a step (set the time, poll, digest, deliver) and the small troubles of the day at the
edges. What the monitor does at each moment is `app`'s; what came of it is gathered by `gather`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from monitor.app import build
from monitor.demo.gather import Witnessed, gather
from monitor.demo.mailbox import Mailbox
from monitor.demo.outcome import Outcome
from monitor.demo.rulebook import lay_out
from monitor.demo.script import Day, load_day
from monitor.demo.site import Site
from monitor.demo.slack_standin import SlackStandIn
from monitor.desks.outbox import slack_channels
from monitor.model import DeliveryState, PollReport
from monitor.setting_groups import (
    DigestSettings,
    DrillSettings,
    FetchSettings,
    HeartbeatSettings,
    LogSettings,
    MetricsSettings,
    OperatorSettings,
    PollSettings,
    SlackSettings,
    SmtpSettings,
)
from monitor.settings import Settings

STEP = timedelta(minutes=5)
OPERATOR = "operator@example.org"

MAIL_BUSY_AT = timedelta(hours=18, minutes=55)
"""After this time of day the mail server asks the next sender to come back: a retry to be seen."""
SLACK_LIMIT_AT = timedelta(hours=12, minutes=55)
"""After this time of day Slack answers the next post with 429."""
SLACK_RETRY_AFTER_SECONDS = 30


class PlayClock:
    """Time that moves when the player says so (`ports.Clock`)."""

    def __init__(self, start: datetime) -> None:
        self._start = self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the play's time in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return the play's seconds since its start."""
        return (self._now - self._start).total_seconds()

    def move_to(self, moment: datetime) -> None:
        """Set the time, never back.

        Raises:
            ValueError: The moment has passed.
        """
        if moment < self._now:
            raise ValueError(f"{moment} is before {self._now}")
        self._now = moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the play stands; a fresh one is handed to the listener after each step."""

    at: datetime
    done: float
    """Share of the day, 0 to 1."""
    polls: int = 0
    failed_polls: int = 0
    articles: int = 0
    alerts: int = 0
    digests: int = 0
    sent: int = 0


def no_listener(progress: Progress) -> None:
    """Let the play run unwatched."""


async def play(
    folder: Path,
    *,
    day: Day | None = None,
    step: timedelta = STEP,
    watch: Path | None = None,
    listener: Callable[[Progress], None] = no_listener,
) -> Outcome:
    """Play a day from midnight to midnight.

    Args:
        folder: Gets `state/` (the database) and `rules/`; must not hold a state of before.
        day: The script; None for the one that comes with the package.
        step: Simulated time between two wake-ups of the daemon's parts.
        watch: Rules to play with instead of the shipped ones.
        listener: Told of the progress after each step.

    Returns:
        What came of it. Nothing is listening any more by then.
    """
    began = time.monotonic()
    script = day or load_day()
    clock = PlayClock(script.start)
    with (
        Site(script, now=clock.now) as site,
        Mailbox(now=clock.now) as mailbox,
        SlackStandIn(channels=(), now=clock.now) as slack,
    ):
        lay_out(folder / "rules", script, site.url, watch=watch)
        app = build(_settings(folder, site, mailbox, slack), clock=clock, chance=lambda: 0.0)
        slack.add_channels(slack_channels([spec for desk in app.book.desks.values() for spec in desk.channels]))
        try:
            reports: list[PollReport] = []
            progress = Progress(at=script.start, done=0.0)
            troubles = [
                (script.start + MAIL_BUSY_AT, lambda: mailbox.refuse_mail(code=451)),
                (script.start + SLACK_LIMIT_AT, lambda: slack.limit_next(SLACK_RETRY_AFTER_SECONDS)),
            ]
            troubles.sort(key=lambda trouble: trouble[0])
            moment = script.start
            while moment <= script.end:
                clock.move_to(moment)
                while troubles and troubles[0][0] <= moment:
                    troubles.pop(0)[1]()
                polled = await app.poll_due()
                digests = await app.digest_due()
                delivered = await app.deliver_due()
                reports += polled
                progress = replace(
                    progress,
                    at=moment,
                    done=(moment - script.start) / (script.end - script.start),
                    polls=progress.polls + len(polled),
                    failed_polls=progress.failed_polls + sum(not report.outcome.is_good for report in polled),
                    articles=progress.articles + sum(report.new for report in polled),
                    alerts=progress.alerts + sum(report.alerts for report in polled),
                    digests=progress.digests + len(digests),
                    sent=progress.sent + sum(delivery.state is DeliveryState.SENT for delivery in delivered),
                )
                listener(progress)
                moment += step
            outcome = await gather(app, script, Witnessed(reports, mailbox.mails, slack.posts))
        finally:
            await app.aclose()
    channels = {name: "\n".join(slack.workspace.transcript(name)) + "\n" for name in slack.workspace.ids}
    return replace(outcome, channels=channels, seconds=time.monotonic() - began)


def _settings(folder: Path, site: Site, mailbox: Mailbox, slack: SlackStandIn) -> Settings:
    """Return settings in which the environment has no say: whole groups given as arguments win over it."""
    return Settings(
        state_dir=folder / "state",
        rules_dir=folder / "rules",
        smtp=SmtpSettings(host=mailbox.host, port=mailbox.port, sender="News monitor <monitor@example.org>"),
        slack=SlackSettings(token=SecretStr(slack.token), base_url=slack.url),
        fetch=FetchSettings(allow_hosts=frozenset({site.host_and_port}), parsers=2),
        poll=PollSettings(),
        digest=DigestSettings(),
        operator=OperatorSettings(email=OPERATOR),
        drill=DrillSettings(),
        heartbeat=HeartbeatSettings(),
        log=LogSettings(),
        metrics=MetricsSettings(),
    )
