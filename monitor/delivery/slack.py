"""Slack: one call for each delivery, by a bot token or an incoming webhook, through slack-sdk without its retries.

A post whose reply was lost may stand in the channel. With a token it is looked for there, by the message id in its
metadata, before another copy is sent; a webhook cannot look. With a token a post may also be an answer in a thread, or
an edit of what was posted; where both stand in Slack is read from the receipt of the post they belong to. Refuses to
know what a message says.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from monitor.delivery.secret import Redactor, Secret
from monitor.delivery.slack_errors import Meaning, meaning
from monitor.model import (
    Accepted,
    Ambiguous,
    ChannelKind,
    Delivery,
    Hold,
    RefusedForGood,
    RefusedForNow,
    SendOutcome,
)

DEFAULT_BASE_URL = "https://slack.com/api/"
ASTRAY = "posted at top level: the message that it answers is not there"
NO_THREAD = {"thread_not_found", "cannot_reply_to_message", "message_not_found"}
"""Slack's words for a thread that there is not; it posted nothing."""
PAGES_SEARCHED = 5
MESSAGES_A_PAGE = 200
"""Slack's advice for conversations.history (https://docs.slack.dev/reference/methods/conversations.history)."""

# slack-sdk logs webhook addresses and bodies at DEBUG, and failures that are outcomes here at ERROR.
QUIET = logging.getLogger("monitor.delivery.slack_sdk")
QUIET.setLevel(logging.CRITICAL)


class SlackChannel:
    """ports.Channel by Slack. Safe to call from several threads.

    Args:
        token: A bot token with chat:write; channels:history (groups:history for private ones) lets it look for a post
            whose reply was lost, channels:read lets it find a channel by name for that.
        webhook_url: An incoming webhook, used where there is no token; it has one channel, whatever the desk names.
        base_url: Of the Web API, ending in "/".
        timeout: For connecting and for each read.

    A receipt is "ts TIME in CHANNEL", Slack's own name of a message, and perhaps more words.

    Raises:
        ValueError: neither token nor webhook.
    """

    kind: ChannelKind = ChannelKind.SLACK

    def __init__(
        self,
        *,
        token: str | Secret | None = None,
        webhook_url: str | Secret | None = None,
        base_url: str = DEFAULT_BASE_URL,
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        self._token = Secret(token) if isinstance(token, str) else token
        self._webhook_url = Secret(webhook_url) if isinstance(webhook_url, str) else webhook_url
        if self._token is None and self._webhook_url is None:
            raise ValueError("Slack needs a bot token or a webhook")
        self._base_url, self._timeout = base_url, timeout
        self._channel_ids: dict[str, str] = {}
        self._clean = Redactor([secret for secret in (self._token, self._webhook_url) if secret])

    def __repr__(self) -> str:
        return f"SlackChannel({self._base_url}, by {'token' if self._token else 'webhook'})"

    def send(self, delivery: Delivery) -> SendOutcome:
        """Post or edit one message; see ports.Channel.

        `delivery.payload` is the JSON body of chat.postMessage, or of chat.update without channel and time.
        """
        try:
            body = json.loads(delivery.payload)
        except ValueError as error:
            return RefusedForGood(f"the payload is no JSON: {error}")
        if not isinstance(body, dict):
            return RefusedForGood("the payload is no JSON object")
        try:
            if delivery.is_edit:
                return self._edit(delivery, body)
            if self._token is None:
                return self._post_by_webhook(body)
            settled = False
            if delivery.ambiguous:
                found = self._look_for(delivery)
                if isinstance(found, Accepted | RefusedForNow):
                    return found
                settled = found
            return self._post_by_token(delivery, body, settled=settled)
        except URLError as error:
            # urllib raises this for all that fails until the request is out, so Slack does not have it.
            return RefusedForNow(self._clean(f"Slack was not reached: {error.reason}"))
        except (HTTPException, OSError, ValueError, SlackClientError) as error:
            return Ambiguous(self._clean(f"no reply to the post: {_told(error)}"))

    # --- by token -----------------------------------------------------------------------------------------------------

    def _post_by_token(self, delivery: Delivery, body: dict[str, Any], *, settled: bool) -> SendOutcome:
        root = read_receipt(delivery.root_receipt)
        if root is None:
            body.pop("reply_broadcast", None)
        else:
            body |= {"thread_ts": root.ts, "channel": root.channel_id}
        try:
            response = self._client().api_call("chat.postMessage", json=body)
        except SlackApiError as error:
            if root is not None and error.response.get("error") in NO_THREAD:
                del body["thread_ts"]
                return self._post_by_token(replace(delivery, root_receipt=""), body, settled=settled)
            return self._refused(error, settled=settled)
        except (HTTPException, OSError, ValueError) as error:
            if isinstance(error, URLError):
                raise
            return Ambiguous(self._clean(f"no reply to the post: {_told(error)}"), is_first=settled)
        if channel_id := str(response.get("channel") or ""):
            self._channel_ids[delivery.recipient] = channel_id
        # Slack puts an answer to a message that was just deleted into the channel, without a word of refusal.
        is_answer = bool((response.get("message") or {}).get("thread_ts"))
        is_astray = delivery.root_id is not None and not is_answer
        return Accepted(receipt_of(str(response.get("ts")), channel_id), ASTRAY if is_astray else "")

    def _edit(self, delivery: Delivery, body: dict[str, Any]) -> SendOutcome:
        """Put a message anew."""
        root = read_receipt(delivery.root_receipt)
        if self._token is None or root is None:
            return RefusedForGood("nothing to edit: the message was not sent, or by a webhook, which cannot edit")
        # An edit without `parse` turns names and addresses in the fallback text into links, which a post does not
        # (https://docs.slack.dev/reference/methods/chat.update).
        arguments = {**body, "parse": "none", "channel": root.channel_id, "ts": root.ts}
        try:
            self._client().api_call("chat.update", json=arguments)
        except SlackApiError as error:
            outcome = self._refused(error, settled=False)
            if isinstance(outcome, RefusedForNow) and outcome.holds is Hold.RECIPIENT:
                return replace(outcome, holds=Hold.DELIVERY)  # edits have a limit of their own; posts need not wait
            return outcome
        return Accepted(receipt_of(*root))

    def _refused(self, error: SlackApiError, *, settled: bool) -> SendOutcome:
        status: int = error.response.status_code
        answer = error.response.data if isinstance(error.response.data, dict) else {}
        word = str(answer.get("error", ""))
        if status == 200 and not re.fullmatch(r"\w+", word):
            # slack-sdk puts a body that is no JSON into "error", in a sentence.
            return Ambiguous(self._clean(f"the reply to the post was none of Slack's: {word}"), is_first=settled)
        notes = (answer.get("response_metadata") or {}).get("messages") or answer.get("errors") or []
        detail = f"{word}: {'; '.join(map(str, notes))}" if notes else word
        return self._sorted(status, word, detail, error.response.headers, settled=settled)

    def _client(self) -> WebClient:
        assert self._token is not None
        return WebClient(
            token=self._token.reveal(),
            base_url=self._base_url,
            timeout=max(1, round(self._timeout.total_seconds())),
            retry_handlers=[],
            logger=QUIET,
        )

    # --- a post whose reply was lost ----------------------------------------------------------------------------------

    def _look_for(self, delivery: Delivery) -> Accepted | RefusedForNow | bool:
        """Look in the channel for the message id of a delivery.

        Returns:
            Accepted where it stands there, RefusedForNow where Slack cannot say now; otherwise whether it is known not
            to stand there, which it is not where we may not look.
        """
        client, root = self._client(), read_receipt(delivery.root_receipt)
        try:
            channel_id = self._channel_id(client, delivery.recipient) if root is None else root.channel_id
            if channel_id is None:
                return False
            if root is not None:
                try:
                    found = self._look_through(client.conversations_replies, delivery, channel_id, ts=root.ts)
                except SlackApiError as error:
                    if error.response.get("error") not in NO_THREAD:
                        raise
                    found = True
                if found is not True:
                    return found
            return self._look_through(client.conversations_history, delivery, channel_id)
        except SlackApiError as error:
            word = str(error.response.get("error"))
            if error.response.status_code == 429 or meaning(word) in (Meaning.FOR_NOW, Meaning.IN_DOUBT):
                detail = f"could not look for an earlier copy: {word}"
                return RefusedForNow(self._clean(detail), retry_after=_retry_after(error.response.headers))
            return False
        except (HTTPException, OSError) as error:
            return RefusedForNow(self._clean(f"could not look for an earlier copy: {_told(error)}"))

    def _look_through(
        self, read: Callable[..., SlackResponse], delivery: Delivery, channel_id: str, **where: str
    ) -> Accepted | bool:
        """Look through a channel or a thread, as far as it was written since the delivery was made."""
        cursor = ""
        for _ in range(PAGES_SEARCHED):
            page = read(
                channel=channel_id,
                include_all_metadata=True,
                limit=MESSAGES_A_PAGE,
                oldest=f"{delivery.created_at.timestamp():.6f}",
                cursor=cursor or None,
                **where,
            )
            for message in page.get("messages") or []:
                if _message_id(message) == delivery.message_id:
                    found = receipt_of(str(message.get("ts")), channel_id)
                    return Accepted(f"{found}, found there after its reply was lost")
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return not page.get("has_more", False)
        return False

    def _channel_id(self, client: WebClient, recipient: str) -> str | None:
        """Return Slack's id of a channel: history takes no names. None where we may not ask."""
        if re.fullmatch(r"[CDG][A-Z0-9]{7,}", recipient):
            return recipient
        if recipient not in self._channel_ids:
            cursor = ""
            for _ in range(PAGES_SEARCHED):
                page = client.conversations_list(
                    exclude_archived=True,
                    limit=1000,
                    types="public_channel,private_channel",
                    cursor=cursor or None,
                )
                for channel in page.get("channels") or []:
                    self._channel_ids[f"#{channel['name']}"] = channel["id"]
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
        return self._channel_ids.get(recipient) or self._channel_ids.get(f"#{recipient}")

    # --- by webhook ---------------------------------------------------------------------------------------------------

    def _post_by_webhook(self, body: dict[str, Any]) -> SendOutcome:
        assert self._webhook_url is not None
        client = WebhookClient(
            self._webhook_url.reveal(),
            timeout=max(1, round(self._timeout.total_seconds())),
            retry_handlers=[],
            logger=QUIET,
        )
        # A webhook belongs to one channel and takes no metadata that could be looked up again.
        response = client.send_dict(
            {name: value for name, value in body.items() if name not in ("channel", "metadata", "reply_broadcast")}
        )
        word = response.body.strip()
        if response.status_code == 200:
            return Accepted("ok by webhook") if word == "ok" else Ambiguous(self._clean(f"the reply was: {word}"))
        known = word if re.fullmatch(r"\w+", word) else ""
        return self._sorted(response.status_code, known, word, response.headers, settled=False)

    # --- what a refusal means -----------------------------------------------------------------------------------------

    def _sorted(self, status: int, word: str, detail: str, headers: Mapping[str, str], *, settled: bool) -> SendOutcome:
        """Sort a refusal, by Slack's word where it has one of ours and by the status of HTTP where it has none.

        A gateway that got no answer (502, 504; RFC 9110 section 15.6) does not know whether Slack posted. Another 5xx
        is the answer of who was asked.
        """
        said = self._clean(f"Slack refused: {detail or 'no reason given'} (HTTP {status})")
        if status == 429:
            return RefusedForNow(said, retry_after=_retry_after(headers), holds=Hold.RECIPIENT)
        found = meaning(word)
        if found is Meaning.IN_DOUBT or (status in (502, 504) and found is Meaning.FOR_GOOD):
            return Ambiguous(said, is_first=settled)
        if found is Meaning.ALL_HELD:
            return RefusedForNow(said, holds=Hold.CHANNEL)
        if found is Meaning.FOR_NOW or status >= 500:
            return RefusedForNow(said, retry_after=_retry_after(headers))
        return RefusedForGood(said)


class Place(NamedTuple):
    """Where a message stands in Slack."""

    ts: str
    channel_id: str


def receipt_of(ts: str, channel_id: str) -> str:
    """Write a receipt; `read_receipt` reads it."""
    return f"ts {ts} in {channel_id}"


def read_receipt(receipt: str) -> Place | None:
    """Read where a message stands from its receipt; None where that does not say it, as by a webhook."""
    found = re.match(r"ts (\d+\.\d+) in ([A-Z0-9]+)", receipt)
    return None if found is None else Place(found[1], found[2])


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__


def _message_id(message: Mapping[str, Any]) -> str | None:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    found = payload.get("message_id")
    return None if found is None else str(found)


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Read Retry-After in whole seconds, as Slack sends it; anything else is no advice."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return timedelta(seconds=int(value)) if re.fullmatch(r"\d{1,6}", str(value).strip()) else None
