"""What Slack's error words mean for a delivery. A table with its source, and nothing else.

Sources: the errors listed at https://docs.slack.dev/reference/methods/chat.postMessage and, for incoming webhooks,
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (read November 2026). An error that is not
listed is known not to be accepted and is taken as final: the operator is told at once and can send it again.
"""

from __future__ import annotations

from enum import Enum, auto


class Meaning(Enum):
    """What may follow an error."""

    FOR_NOW = auto()
    """Tried again."""
    FOR_GOOD = auto()
    """This message or this channel; not tried again by itself."""
    ALL_HELD = auto()
    """Our credentials or our place in the workspace: every message has to wait for the operator."""
    IN_DOUBT = auto()
    """Slack says that part of the operation may have succeeded."""


_FOR_NOW = {
    "accesslimited",
    "message_limit_exceeded",
    "rate_limited",
    "ratelimited",
    "request_timeout",  # the body arrived cut
    "rollup_error",
    "service_unavailable",
}

_IN_DOUBT = {
    "fatal_error",  # "it's possible some aspect of the operation succeeded before the error was raised"
    "internal_error",  # the same words
}

_ALL_HELD = {
    "access_denied",
    "account_inactive",
    "action_prohibited",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "invalid_auth",
    "invalid_token",
    "missing_scope",
    "no_permission",
    "no_service",  # a webhook that was revoked or whose app was removed
    "no_service_id",
    "no_team",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "team_disabled",
    "token_expired",
    "token_revoked",
    "two_factor_setup_required",
}


def meaning(error: str) -> Meaning:
    """Return what an error word means; unknown ones are final."""
    if error in _FOR_NOW:
        return Meaning.FOR_NOW
    if error in _IN_DOUBT:
        return Meaning.IN_DOUBT
    if error in _ALL_HELD:
        return Meaning.ALL_HELD
    return Meaning.FOR_GOOD
