"""A digest or notices as JSON, for programs: what a signed webhook carries. And as a title with a text, for Apprise.

Owns the names of the fields, which are a contract: fields are added, never renamed. Refuses to know who receives it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.desks.content import CutItem, DigestContent, GrownItem, StoryItem
from monitor.desks.excerpt import Runs, plain
from monitor.desks.render_text import render_text
from monitor.model import Notice

VERSION = 1
"""Of the document; a field that changes its meaning would raise it."""


def render_json(content: DigestContent) -> bytes:
    """Write a digest as one JSON object in UTF-8, by which a program can do what an editor would.

    Times are RFC 3339 in UTC. `marks` are half-open spans in code points of the text beside them.
    """
    document = {
        "type": "digest",
        "version": VERSION,
        "key": content.key,
        "desk": {"id": content.desk_id, "name": content.desk_name, "timezone": content.timezone},
        "slot": content.slot,
        "at": _rfc3339(content.at),
        "because": content.because,
        "subject": content.subject,
        "summary": content.top,
        "severity": content.severity,
        "stories": [_story(item) for item in content.items],
        "cut": [_cut(item) for item in content.cut],
        "also_reported": {"stories": [_grown(item) for item in content.growth.items], "more": content.growth.more},
        "notes": list(content.notes),
        "proof_of_life": content.life,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def render_message(content: DigestContent) -> bytes:
    """Write a digest as JSON with a title and a text."""
    return message_json(content.subject, render_text(content))


def message_json(title: str, body: str) -> bytes:
    """Write a title and a text as JSON, which is what goes to Apprise."""
    return json.dumps({"title": title, "body": body}, ensure_ascii=False).encode("utf-8", "replace")


def render_notices(notices: Sequence[Notice], subject: str) -> bytes:
    """Write departures as one JSON object in UTF-8, all of them, oldest first."""
    document = {
        "type": "notice",
        "version": VERSION,
        "subject": subject,
        "departures": [
            {"event": notice.event, "subject": notice.subject, "detail": notice.detail, "at": _rfc3339(notice.at)}
            for notice in sorted(notices, key=lambda notice: (notice.at, notice.id))
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _story(item: StoryItem) -> dict[str, Any]:
    return {
        "story": item.story_id,
        "alerts": list(item.alert_ids),
        "kind": item.kind,
        "severity": item.severity,
        "rule": item.rule_title,
        "headline": _marked(item.headline),
        "url": item.url,
        "outlet": item.outlet,
        "outlets": item.outlets,
        "language": item.language_code,
        "seen": item.seen,
        "sentence": _marked(item.sentence),
        "why": [
            {
                "rule": why.rule_title,
                "severity": why.severity,
                "found": [{"text": found.text, "note": found.note} for found in why.found],
                "more": why.more,
            }
            for why in item.why
        ],
        "developments": list(item.developments),
        "conflicts": list(item.conflicts),
        "held": item.held,
        "article": item.article_id,
        "first": item.first,
    }


def _marked(runs: Runs) -> dict[str, Any]:
    marks, at = [], 0
    for run in runs:
        if run.is_hit:
            marks.append([at, at + len(run.text)])
        at += len(run.text)
    return {"text": plain(runs), "marks": marks}


def _grown(item: GrownItem) -> dict[str, Any]:
    return {
        "story": item.story_id,
        "headline": item.headline,
        "url": item.url,
        "reports_joined": item.reports,
        "outlets_joined": item.joined,
        "outlets": item.outlets,
        "origins": item.origins,
        "least_like": [{"headline": each.headline, "url": each.url, "outlet": each.outlet} for each in item.unlike],
    }


def _cut(item: CutItem) -> dict[str, Any]:
    return {
        "story": item.story_id,
        "severity": item.severity,
        "headline": item.headline,
        "url": item.url,
        "outlet": item.outlet,
    }
