"""A digest as Slack messages in Block Kit, whole stories only, each message within every limit for any input.

Owns Slack's limits and its escaping. Nothing from a feed becomes markup or a mention. Refuses to post:
`delivery/slack.py` does.

Limits: 50 blocks a message, 3,000 characters in a section and 150 in a header (docs.slack.dev, reference/block-kit);
25 elements in a row of buttons and 255 characters in its `block_id`, of which a row here takes 5 and 90.
A further one is not documented: messages are refused with `msg_blocks_too_long` from about 13,000 characters on, fewer
with more blocks (slackapi/bolt-js issue 2509); 10,000 here, counted as UTF-16 code units of the JSON, which is the
most anybody could mean by a character.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.basic_components import PlainTextObject

from monitor.desks.buttons import LABELS, place_of
from monitor.desks.content import CutItem, DigestContent, Growth, StoryItem, limited, without_growth
from monitor.desks.excerpt import Runs, isolate, plain, shorten
from monitor.desks.growth import hint_of, more_of, title_of
from monitor.desks.render_text import CUT_SHOWN, why_text

BLOCK_LIMIT = 50
SECTION_LIMIT = 3000
HEADER_LIMIT = 150
MESSAGE_LIMIT = 10_000
STORY_LIMIT = 60

# What each piece of a story may take after escaping. Together they stay under a section's limit, and a message of one
# story stays under the message's limit even if JSON has to escape every character once more.
_HEADLINE, _URL, _META, _NEWS, _QUOTE, _WHY, _TOP, _FALLBACK, _FOOT = 400, 800, 300, 250, 600, 800, 500, 300, 1500
# The same for a story that grew, of which three headlines stand in one block.
_GROWN_HEADLINE, _GROWN_URL, _GROWN_OUTLET = 280, 400, 150

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# mrkdwn has no way to write these literally; look-alikes keep them visible and without effect.
_FORMATTING = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})

ROOM_FOR_MARKS = 1000
"""Kept free in a message for what `marks` writes into it later, when a story develops or somebody takes it."""
TOP_ID = "top"
_WHY_ID = "why/"

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SlackWays:
    """What Slack lets the monitor do beyond posting."""

    threads: bool = False
    """Answer in threads and edit what was posted: with a bot token."""
    buttons: bool = False
    """Hear who pressed what: with an app-level token too."""


POST_ONLY = SlackWays()
"""What a webhook lets us do."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """Blocks that stay together in one message."""

    blocks: tuple[Block, ...]
    label: str = ""
    """The heading under which it stands, repeated at the top of the next message when it goes on there."""


def render_slack(content: DigestContent, ways: SlackWays = POST_ONLY) -> tuple[Payload, ...]:
    """Render a digest as the bodies of one or more `chat.postMessage` calls, without channel.

    With threads, each message keeps room for marks; with buttons, each story has its row of them. Stories that grew
    since they were told are only counted where naming them would take another message.

    Returns:
        Payloads in order, numbered "2/3" when there are several; a story is never parted or cut between two.
    """
    fitting = limited(content, STORY_LIMIT)
    title, subject = fitting.title, fitting.subject
    parts = _parts(fitting, ways)
    if fitting.growth.items and len(parts) > len(fewer := _parts(without_growth(fitting), ways)):
        parts = fewer
    return tuple(_numbered(title, subject, blocks, number, len(parts)) for number, blocks in enumerate(parts, start=1))


def plain_message(text: str, lines: Sequence[str]) -> tuple[Payload, ...]:
    """Render lines of text, one block each, under a heading: a notice without stories. Long lines are shortened."""
    units = [_Unit((_section(fit(line, _FOOT)),)) for line in lines if line]
    parts = list(_pack(text, text, units))
    return tuple(_numbered(text, text, blocks, number, len(parts)) for number, blocks in enumerate(parts, start=1))


def size_of(payload: Payload) -> int:
    """Count a payload as this module limits it: UTF-16 code units of its JSON."""
    return len(json.dumps(payload, ensure_ascii=False).encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str) -> str:
    """Write text so that Slack shows it as it is: no link, mention, channel or formatting comes of it."""
    return "".join(_ESCAPES.get(character, character) for character in text.translate(_FORMATTING))


def fit(text: str, limit: int) -> str:
    """Escape text, shortened so that the escaped form has at most `limit` UTF-16 code units."""
    escaped = escape(text)
    keep = len(text)
    while _units(escaped) > limit:
        keep = min(keep - 1, keep * limit // _units(escaped))
        escaped = escape(shorten(text, keep))
    return escaped


def articles_told(payload: Payload) -> tuple[int, ...]:
    """Return the articles that speak for the stories told in a message, in order."""
    names = (str(block.get("block_id", "")) for block in payload["blocks"])
    return tuple(int(name.removeprefix(_WHY_ID)) for name in names if name.startswith(_WHY_ID))


def why_id(article_id: int) -> str:
    """Name the block that says why a story is here, under which marks are written."""
    return f"{_WHY_ID}{article_id}"


def _parts(content: DigestContent, ways: SlackWays) -> list[list[Block]]:
    top = _Unit((_section(fit(content.top, _TOP), TOP_ID),))
    units = [top, *_stories(content, ways), *_rest(content), *_growth(content.growth), _foot(content)]
    return list(_pack(content.title, content.subject, units, spare=ROOM_FOR_MARKS if ways.threads else 0))


def _pack(title: str, fallback: str, units: Iterable[_Unit], *, spare: int = 0) -> Iterator[list[Block]]:
    """Put units into as few messages as hold them, in order, each with its heading once a message."""
    room = MESSAGE_LIMIT - _ENVELOPE - spare - size_of(_numbered(title, fallback, (), 99, 99))
    blocks: list[Block] = []
    label, taken = "", 0
    for unit in units:
        added = [*(_label(unit.label) if unit.label and unit.label != label else ()), *unit.blocks]
        size = sum(map(_size, added))
        if blocks and (len(blocks) + len(added) >= BLOCK_LIMIT or taken + size > room):
            yield blocks
            goes_on = unit.label and unit.label == label
            added = [*(_label(f"{unit.label} (continued)") if goes_on else ()), *added]
            blocks, taken, size = [], 0, sum(map(_size, added))
        blocks += added
        label, taken = unit.label, taken + size
    yield blocks


def _size(block: Block) -> int:
    return size_of(block.to_dict()) + len(", ")


_ENVELOPE = 400
"""Kept free for what the sender adds: the channel's name and the metadata by which a post is found again."""


def _numbered(title: str, fallback: str, blocks: Sequence[Block], number: int, parts: int) -> Payload:
    mark = f" ({number}/{parts})" if parts > 1 else ""
    header = HeaderBlock(text=PlainTextObject(text=fit(title, HEADER_LIMIT - 10) + mark, emoji=False))
    return {
        "text": fit(fallback, _FALLBACK) + mark,
        "blocks": [block.to_dict() for block in (header, *blocks)],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _stories(content: DigestContent, ways: SlackWays) -> Iterator[_Unit]:
    named: set[int] = set()
    for section in content.sections:
        label = f"{section.severity.upper()} · {section.title}"
        for item in section.items:
            # A block's name may stand once in a message: were one article to speak for two stories, only one has it.
            is_first = item.article_id not in named
            named.add(item.article_id)
            told = _section("\n".join(_story(item)))
            why = _context(_why(item), why_id(item.article_id) if is_first else None)
            row = (_buttons(item.article_id, content.desk_id),) if ways.buttons and is_first else ()
            yield _Unit((told, why, *row, DividerBlock()), label)


def _buttons(article_id: int, desk_id: str) -> ActionsBlock:
    return ActionsBlock(
        block_id=place_of(article_id, desk_id),
        elements=[
            ButtonElement(action_id=button.value, text=PlainTextObject(text=label, emoji=False))
            for button, label in LABELS.items()
        ],
    )


def _story(item: StoryItem) -> Iterator[str]:
    yield f"*{_linked(plain(item.headline), item.url)}*"
    facts = [isolate(item.outlet), item.seen, item.age, item.language, item.company, item.held]
    yield fit(" · ".join(fact for fact in facts if fact), _META)
    if item.first:
        yield fit(item.first, _NEWS)
    if item.developments:
        yield "*Developed:* " + fit("; ".join(item.developments), _NEWS)
    if item.conflicts:
        yield fit("; ".join(item.conflicts), _NEWS)
    if item.sentence:
        # Slack keeps a quotation mark at the start of a line in its escaped form and shows the quotation all the same.
        yield "&gt; " + _quoted(item.sentence, _QUOTE)


def _why(item: StoryItem) -> str:
    return fit("Why: " + "; ".join(why_text(why) for why in item.why), _WHY)


def _rest(content: DigestContent) -> Iterator[_Unit]:
    if not content.cut:
        return
    yield _Unit((_section(f"*{len(content.cut)} more by headline*"),))
    yield from (_Unit((_section(_named(item)),)) for item in content.cut[:CUT_SHOWN])
    if len(content.cut) > CUT_SHOWN:
        more = len(content.cut) - CUT_SHOWN
        yield _Unit((_section(f"and {more} more, kept in the monitor under digest {escape(content.key)}"),))


def _named(item: CutItem) -> str:
    return f"{item.severity.upper()} · {_linked(item.headline, item.url)} ({fit(isolate(item.outlet), _META)})"


def _linked(text: str, address: str | None, *, most: int = _HEADLINE, longest: int = _URL) -> str:
    """Write a link with at most `most` code units of text; the text alone where the address has over `longest`."""
    words = fit(text, most)
    url = "".join(_ESCAPES.get(character, character) for character in address or "")
    return f"<{url}|{words}>" if 0 < len(url) <= longest else words


def _growth(growth: Growth) -> Iterator[_Unit]:
    if not growth.stories:
        return
    yield _Unit((_context("\n".join(filter(None, (f"*{escape(title_of(growth))}*", escape(hint_of(growth)))))),))
    for item in growth.items:
        lines = [f"{_grown(item.headline, item.url)} ({escape(item.company)})"]
        lines += (
            f"– {_grown(each.headline, each.url)} ({fit(isolate(each.outlet), _GROWN_OUTLET)})" for each in item.unlike
        )
        yield _Unit((_context("\n".join(lines)),))
    if more := more_of(growth):
        yield _Unit((_context(escape(more)),))


def _grown(headline: str, address: str | None) -> str:
    return _linked(isolate(headline), address, most=_GROWN_HEADLINE, longest=_GROWN_URL)


def _foot(content: DigestContent) -> _Unit:
    why_now = f"Why now: {content.because}. Times in {content.timezone}."
    return _Unit((_context(fit("\n".join([*content.notes, content.life, why_now]), _FOOT)),))


def _quoted(runs: Runs, limit: int) -> str:
    """Write runs with hits in bold, shortened at the end to `limit` code units after escaping.

    Slack reads an asterisk as bold only at the edge of a word, so a hit inside a word stays unmarked.
    """
    text = ""
    for place, run in enumerate(runs):
        before = runs[place - 1].text[-1:] if place else " "
        after = runs[place + 1].text[:1] if place + 1 < len(runs) else " "
        stands_alone = not (before.isalnum() or after.isalnum())
        piece = escape(run.text)
        if run.is_hit and stands_alone and run.text.strip() == run.text:
            piece = f"*{piece}*"
        if _units(text + piece) > limit - 1:
            return text + fit(run.text, limit - _units(text))
        text += piece
    return text


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _label(text: str) -> tuple[Block, ...]:
    return (_section(f"*{fit(text, _META)}*"),)


def _section(markdown: str, block_id: str | None = None) -> SectionBlock:
    return SectionBlock(text=MarkdownTextObject(text=markdown, verbatim=True), block_id=block_id)


def _context(markdown: str, block_id: str | None = None) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=markdown, verbatim=True)], block_id=block_id)
