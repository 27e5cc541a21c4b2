"""The channels that the settings reach: each kind with its real part; a wrong setting is said at the start.

Part of `app`, which alone joins ports to real parts.
"""

from __future__ import annotations

from pydantic import SecretStr

from monitor.delivery.apprise import AppriseChannel, MissingExtraError, read_urls
from monitor.delivery.slack import SlackChannel
from monitor.delivery.slack_buttons import SlackButtons, Take
from monitor.delivery.smtp import SmtpChannel
from monitor.delivery.webhook import WebhookChannel
from monitor.errors import ConfigurationError
from monitor.feeds.guard import AddressGuard
from monitor.model import ChannelKind
from monitor.ports import Channel, Clock
from monitor.settings import Settings


def channels_of(settings: Settings, clock: Clock) -> dict[ChannelKind, Channel]:
    """Make every channel that settings were given for.

    Raises:
        ConfigurationError: a secret cannot be used, or an extra is not installed.
    """
    channels: dict[ChannelKind, Channel] = {}
    smtp, slack = settings.smtp, settings.slack
    if smtp.host:
        channels[ChannelKind.EMAIL] = SmtpChannel(
            host=smtp.host, port=smtp.port, user=smtp.user, password=_plain(smtp.password), tls=smtp.tls.value
        )
    if slack.token or slack.webhook_url:
        channels[ChannelKind.SLACK] = SlackChannel(
            token=_plain(slack.token), webhook_url=_plain(slack.webhook_url), base_url=slack.base_url
        )
    if secret := _plain(settings.webhook.secret):
        try:
            channels[ChannelKind.WEBHOOK] = WebhookChannel(
                secret=secret,
                guard=AddressGuard(settings.fetch.allow_hosts),
                now=clock.now,
                user_agent=settings.fetch.user_agent,
            )
        except ValueError as error:
            raise ConfigurationError(f"MONITOR_WEBHOOK__SECRET: {error}") from error
    if urls := _plain(settings.apprise.urls):
        try:
            channels[ChannelKind.APPRISE] = AppriseChannel(read_urls(urls))
        except ValueError as error:
            raise ConfigurationError(f"MONITOR_APPRISE__URLS: {error}") from error
        except MissingExtraError as error:
            raise ConfigurationError(str(error)) from error
    return channels


def buttons_of(settings: Settings, clock: Clock, take: Take) -> SlackButtons | None:
    """Make what listens to buttons in Slack, None where no app-level token was given."""
    token, app_token = _plain(settings.slack.token), _plain(settings.slack.app_token)
    if token is None or app_token is None:
        return None
    return SlackButtons(
        app_token=app_token,
        token=token,
        take=take,
        now=clock.now,
        base_url=settings.slack.base_url,
        monotonic=clock.monotonic,
    )


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None
