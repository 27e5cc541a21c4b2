"""Say what Slack would refuse in a message, in the words of Slack's own errors. PURE.

Nothing here posts, and nothing here knows how the monitor renders. Lengths are code points. Sources, read 2026-11:

- blocks a message, 50: https://docs.slack.dev/reference/block-kit/blocks
- section text 3000, fields 10 of 2000 each: https://docs.slack.dev/reference/block-kit/blocks/section-block
- header 150, plain text only: https://docs.slack.dev/reference/block-kit/blocks/header-block
- context, 10 elements: https://docs.slack.dev/reference/block-kit/blocks/context-block
- button, text 75 (plain), action_id 255 and unique in its block, value 2000:
  https://docs.slack.dev/reference/block-kit/block-elements/button-element
- actions, 25 elements: https://docs.slack.dev/reference/block-kit/blocks/actions-block
- image address 3000, alt text 2000, title 2000: https://docs.slack.dev/reference/block-kit/blocks/image-block
- any text object 1 to 3000: https://docs.slack.dev/reference/block-kit/composition-objects/text-object
- block_id 255 and unique in a message: the page of each block
- top-level text, cut after 40000: https://docs.slack.dev/changelog/2018-truncating-really-long-messages
- total of all blocks: not on a page of Slack's. https://github.com/slackapi/bolt-js/issues/2867 reports a message of
  9,597 characters accepted and one of 11,341 refused with `msg_blocks_too_long`; `TOTAL_TEXT` stands between the two.
- `&`, `<` and `>` escaped in mrkdwn: https://docs.slack.dev/messaging/formatting-message-text#escaping. Slack only
  shows a broken message when they are not; refusing it is a strictness of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

BLOCKS = 50
TOTAL_TEXT = 10_000
TOP_LEVEL_TEXT = 40_000
TEXT_OBJECT = 3_000
SECTION_TEXT = 3_000
FIELDS = 10
FIELD_TEXT = 2_000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
IMAGE_URL = 3_000
IMAGE_TEXT = 2_000
BLOCK_ID = 255
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
ACTION_ID = 255

_ESCAPED = re.compile(r"&(?:amp|lt|gt);")
# A link, a mailto link, a mention of a user, channel or group, or a special mention with a fallback.
_CONTROL = re.compile(r"<(?:https?://[^<>|\s]+|mailto:[^<>|\s]+|[@#][A-Z0-9]+|![a-z]+(?:\^[^<>|]*)*)(?:\|[^<>]*)?>")

Payload = Mapping[str, Any]


def refusal(payload: Payload) -> tuple[str, tuple[str, ...]] | None:
    """Return Slack's error word and its details for a message, or None when Slack would take it.

    Args:
        payload: The JSON body of `chat.postMessage` or of an incoming webhook.
    """
    blocks = payload.get("blocks")
    text = payload.get("text")
    if blocks is None and not text:
        return "no_text", ("neither text nor blocks",)
    if text is not None and not isinstance(text, str):
        return "invalid_arguments", ("text must be a string",)
    if isinstance(text, str) and len(text) > TOP_LEVEL_TEXT:
        return "msg_too_long", (f"text has {len(text)} characters, more than {TOP_LEVEL_TEXT}",)
    if isinstance(text, str) and (fault := unescaped(text)):
        return "invalid_arguments", (f"{fault} [json-pointer:/text]",)
    if blocks is None:
        return None
    problems = tuple(_problems(blocks))
    if problems:
        return "invalid_blocks", problems
    total = sum(_text_lengths(blocks))
    if total > TOTAL_TEXT:
        return "msg_blocks_too_long", (f"blocks hold {total} characters of text, more than {TOTAL_TEXT}",)
    return None


def thread_refusal(payload: Payload) -> tuple[str, tuple[str, ...]] | None:
    """Say what is wrong with the thread that a post names. That only an answer is shown again is our strictness."""
    ts, shown = payload.get("thread_ts"), payload.get("reply_broadcast")
    if ts is not None and not (isinstance(ts, str) and re.fullmatch(r"\d+\.\d{6}", ts)):
        return "invalid_arguments", (f"{ts!r} is no time of a message [json-pointer:/thread_ts]",)
    if shown is not None and (ts is None or not isinstance(shown, bool)):
        return "invalid_arguments", ("only an answer is shown in its channel too [json-pointer:/reply_broadcast]",)
    return None


def unescaped(text: str) -> str | None:
    """Return what is not escaped in a mrkdwn text, or None."""
    rest = _CONTROL.sub(lambda found: " " * len(found.group()), text)
    rest = _ESCAPED.sub(lambda found: " " * len(found.group()), rest)
    # Escapes inside a link's label stand in the text as well, so labels are judged on their own.
    labels = (found.group().partition("|")[2][:-1] for found in _CONTROL.finditer(text))
    for part in (rest, *(_ESCAPED.sub(" ", label) for label in labels)):
        at = re.search(r"[&<>]", part)
        if at:
            return f"unescaped {at.group()!r} at {at.start()}"
    return None


def _problems(blocks: object) -> Iterator[str]:
    if not isinstance(blocks, list):
        yield "must be an array [json-pointer:/blocks]"
        return
    if not blocks:
        yield "no less than 1 item allowed [json-pointer:/blocks]"
    if len(blocks) > BLOCKS:
        yield f"no more than {BLOCKS} items allowed [json-pointer:/blocks]"
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        where = f"/blocks/{index}"
        if not isinstance(block, Mapping):
            yield f"must be an object [json-pointer:{where}]"
            continue
        block_id = block.get("block_id")
        if block_id is not None:
            if not isinstance(block_id, str) or not 1 <= len(block_id) <= BLOCK_ID:
                yield f"must be 1 to {BLOCK_ID} characters [json-pointer:{where}/block_id]"
            elif block_id in seen:
                yield f"block_id {block_id!r} is not unique [json-pointer:{where}/block_id]"
            else:
                seen.add(block_id)
        yield from _block_problems(block, where)


def _block_problems(block: Payload, where: str) -> Iterator[str]:
    kind = block.get("type")
    if kind == "section":
        text, fields = block.get("text"), block.get("fields")
        if text is None and not fields:
            yield f"missing required field: text [json-pointer:{where}]"
        if text is not None:
            yield from _text_problems(text, f"{where}/text", SECTION_TEXT)
        if fields is not None:
            yield from _list_problems(fields, f"{where}/fields", FIELDS, FIELD_TEXT)
    elif kind == "header":
        yield from _text_problems(block.get("text"), f"{where}/text", HEADER_TEXT, plain_only=True)
    elif kind == "context":
        yield from _list_problems(block.get("elements"), f"{where}/elements", CONTEXT_ELEMENTS, TEXT_OBJECT)
    elif kind == "image":
        yield from _image_problems(block, where)
    elif kind == "actions":
        elements = block.get("elements")
        if not isinstance(elements, list) or not 1 <= len(elements) <= ACTIONS_ELEMENTS:
            yield f"must have 1 to {ACTIONS_ELEMENTS} items [json-pointer:{where}/elements]"
        else:
            yield from _buttons_problems(elements, f"{where}/elements")
    elif kind not in ("divider", "rich_text"):
        yield f"unsupported type: {kind} [json-pointer:{where}/type]"


def _list_problems(items: object, where: str, most: int, most_text: int) -> Iterator[str]:
    if not isinstance(items, list) or not 1 <= len(items) <= most:
        yield f"must have 1 to {most} items [json-pointer:{where}]"
        return
    for index, item in enumerate(items):
        if isinstance(item, Mapping) and item.get("type") == "image":
            yield from _image_problems(item, f"{where}/{index}")
        else:
            yield from _text_problems(item, f"{where}/{index}", most_text)


def _buttons_problems(elements: list[object], where: str) -> Iterator[str]:
    """Judge a row of buttons; other elements are not what the monitor posts."""
    seen: set[str] = set()
    for index, element in enumerate(elements):
        at = f"{where}/{index}"
        if not isinstance(element, Mapping) or element.get("type") != "button":
            yield f"unsupported element [json-pointer:{at}/type]"
            continue
        yield from _text_problems(element.get("text"), f"{at}/text", BUTTON_TEXT, plain_only=True)
        action_id, value = element.get("action_id"), element.get("value", "")
        if not isinstance(action_id, str) or not 1 <= len(action_id) <= ACTION_ID:
            yield f"must be 1 to {ACTION_ID} characters [json-pointer:{at}/action_id]"
        elif action_id in seen:
            yield f"action_id {action_id!r} is not unique [json-pointer:{at}/action_id]"
        else:
            seen.add(action_id)
        if not isinstance(value, str) or len(value) > BUTTON_VALUE:
            yield f"must be at most {BUTTON_VALUE} characters [json-pointer:{at}/value]"


def _image_problems(image: Payload, where: str) -> Iterator[str]:
    url, alt = image.get("image_url"), image.get("alt_text")
    if not isinstance(url, str) or not 1 <= len(url) <= IMAGE_URL:
        yield f"must be 1 to {IMAGE_URL} characters [json-pointer:{where}/image_url]"
    if not isinstance(alt, str) or not 1 <= len(alt) <= IMAGE_TEXT:
        yield f"must be 1 to {IMAGE_TEXT} characters [json-pointer:{where}/alt_text]"
    if image.get("title") is not None:
        yield from _text_problems(image["title"], f"{where}/title", IMAGE_TEXT, plain_only=True)


def _text_problems(text: object, where: str, most: int, *, plain_only: bool = False) -> Iterator[str]:
    if not isinstance(text, Mapping):
        yield f"must be a text object [json-pointer:{where}]"
        return
    kind, value = text.get("type"), text.get("text")
    if kind not in ("plain_text",) if plain_only else kind not in ("plain_text", "mrkdwn"):
        yield f"unsupported type: {kind} [json-pointer:{where}/type]"
    if not isinstance(value, str) or not value:
        yield f"must be more than 0 characters [json-pointer:{where}/text]"
        return
    if len(value) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{where}/text]"
    if kind == "mrkdwn" and (fault := unescaped(value)):
        yield f"{fault} [json-pointer:{where}/text]"


def _text_lengths(node: object) -> Iterator[int]:
    """Yield the length of every string under a key `text`, the measure of the report named above."""
    if isinstance(node, list):
        for item in node:
            yield from _text_lengths(item)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if key == "text" and isinstance(value, str):
                yield len(value)
            else:
                yield from _text_lengths(value)
