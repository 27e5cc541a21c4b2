"""As whom the monitor writes, by its settings: the From address and the links by which readers answer.

The daemon and the commands that fix a digest by hand write as the same sender; made here, so that they cannot differ.
"""

from __future__ import annotations

from monitor.desks.outbox import Sender, sender_of
from monitor.desks.render_slack import SlackWays
from monitor.settings import Settings
from monitor.web.links import Links


def mail_sender(settings: Settings) -> Sender:
    """Return the sender of every message; its mails carry links where there are pages behind them."""
    return sender_of(
        settings.smtp.sender,
        unsubscribe=settings.smtp.unsubscribe,
        links=links_of(settings),
        slack=slack_ways(settings),
    )


def slack_ways(settings: Settings) -> SlackWays:
    """Return what Slack lets us do: threads with a bot token, buttons with an app-level one beside it."""
    slack = settings.slack
    return SlackWays(threads=slack.token is not None, buttons=slack.app_token is not None)


def links_of(settings: Settings) -> Links | None:
    """Return what makes and reads the links of readers, None without pages."""
    web = settings.web
    if web.base_url is None or web.secret is None:
        return None
    return Links(web.base_url, web.secret.get_secret_value())
