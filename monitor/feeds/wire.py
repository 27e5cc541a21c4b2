"""Owns how a document goes to a parser process and its outcome comes back: frames of JSON, and raw bytes for the body.

JSON and not pickle: the process that reads hostile documents is the one that answers, and what it says is only data.
A frame is its length in four bytes, big-endian, then so many bytes. A question is two frames, what it is about and a
body; an answer is one frame behind one byte, in which the child says whether it is fit for another question. A child
that is ready for its first question says so with a byte of its own.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.model import Entry, FeedHints, ParsedFeed, ParseFailed, ParseFault, ParseOutcome

LENGTH = struct.Struct(">I")
READY, KEEP, REPLACE = b"!", b"+", b"-"


def frame(payload: bytes) -> bytes:
    """Put a payload's length before it."""
    return LENGTH.pack(len(payload)) + payload


def question(head: bytes, body_bytes: int) -> bytes:
    """Write a question up to its body: the first frame, and the length of the second."""
    return frame(head) + LENGTH.pack(body_bytes)


def encode_request(headers: Mapping[str, str], url: str) -> bytes:
    """Write what the parser is told of a document beside its body."""
    return json.dumps({"content-type": headers.get("content-type", ""), "url": url}).encode("ascii")


def decode_request(payload: bytes) -> tuple[dict[str, str], str]:
    """Read what `encode_request` wrote: headers and address."""
    request = json.loads(payload)
    return {"content-type": request["content-type"]}, request["url"]


def encode_outcome(outcome: ParseOutcome) -> bytes:
    """Write an outcome. Lone surrogates, which no UTF-8 text can hold, are kept as JSON escapes."""
    if isinstance(outcome, ParseFailed):
        return json.dumps({"fault": outcome.fault.value, "detail": outcome.detail}).encode("ascii")
    document = {
        "format": outcome.format,
        "title": outcome.title,
        "language": outcome.language,
        "complete": outcome.complete,
        "problems": outcome.problems,
        "hints": [
            _seconds(outcome.hints.ttl),
            sorted(outcome.hints.skip_hours),
            _seconds(outcome.hints.update_period),
        ],
        "entries": [
            (
                entry.id,
                entry.url,
                entry.title,
                entry.html,
                _iso(entry.published),
                _iso(entry.updated),
                entry.authors,
                entry.language,
                entry.tags,
            )
            for entry in outcome.entries
        ],
    }
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def decode_outcome(payload: bytes) -> ParseOutcome:
    """Read what `encode_outcome` wrote.

    Raises:
        ValueError: it is something else.
    """
    try:
        document: dict[str, Any] = json.loads(payload)
        if "fault" in document:
            return ParseFailed(ParseFault(document["fault"]), document["detail"])
        ttl, skip_hours, period = document["hints"]
        return ParsedFeed(
            format=document["format"],
            title=document["title"],
            language=document["language"],
            entries=tuple(
                Entry(
                    id=id_,
                    url=url,
                    title=title,
                    html=html,
                    published=_moment(published),
                    updated=_moment(updated),
                    authors=tuple(authors),
                    language=language,
                    tags=tuple(tags),
                )
                for id_, url, title, html, published, updated, authors, language, tags in document["entries"]
            ),
            complete=document["complete"],
            problems=tuple(document["problems"]),
            hints=FeedHints(_span(ttl), frozenset(skip_hours), _span(period)),
        )
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise ValueError(f"no outcome: {error}") from error


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
