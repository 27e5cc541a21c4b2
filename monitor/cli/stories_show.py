"""`monitor stories show`: one story from its first report to what desks were told, and why each article belongs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from monitor.articles.lead import THE_FIRST, shortcomings
from monitor.articles.origins import Origins, origins_of, wire_of
from monitor.cli.output import counted, print_json, print_lines
from monitor.cli.stories_kept import StoryId
from monitor.desks.differences.difference import Difference, differences_of, sentence_of
from monitor.desks.digest import HEADLINE_LIMIT
from monitor.desks.excerpt import one_line, shorten
from monitor.model import Alert, Article, DecisionMaker, Digest, Story, StoryDecision
from monitor.pipeline.leads import in_news
from monitor.pipeline.regroup import story_of
from monitor.settings import load_settings
from monitor.store.sqlite import SqliteStore, open_store


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the database holds of a story."""

    story: Story
    members: Sequence[Article]
    """In order of arrival, never none."""
    because: dict[int, str]
    """Why each member belongs, by article id."""
    carriers: dict[int, list[str]]
    """Feeds that carry an article beside the one that had it first."""
    lacks: dict[int, str]
    """What speaks against the text of a member, by article id."""
    origins: Origins
    differences: tuple[Difference, ...]
    told: Sequence[tuple[Alert, Digest | None]]
    decisions: Sequence[StoryDecision]


def show(
    story_id: StoryId,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show a story: its timeline, its origins, and who was told. Also who was first and why each article belongs."""
    with open_store(load_settings().database, read_only=True) as store:
        kept = _read(store, story_of(store, story_id))
    if as_json:
        print_json(_document(kept))
        return
    print_lines(_lines(kept))


def _read(store: SqliteStore, story: Story) -> _Kept:
    members = store.stories.members(story.id)
    alerts = store.alerts.told(story.id)
    return _Kept(
        story=story,
        members=members,
        because={article.id: store.stories.placed_because(article.id) for article in members},
        carriers={
            article.id: sorted({s.feed_id for s in store.articles.sightings(article.id)} - {article.feed_id})
            for article in members
        },
        lacks=shortcomings(members, in_news(store)),
        origins=origins_of(members),
        differences=differences_of(members, {}, {a.id: wire for a in members if (wire := wire_of(a)) is not None}),
        told=[(alert, store.digests.get(alert.digest_id) if alert.digest_id else None) for alert in alerts],
        decisions=[d for d in store.stories.decisions() if story.id in (d.story_id, d.other_id)],
    )


def _lines(kept: _Kept) -> Iterator[str]:
    story, first = kept.story, kept.members[0]
    yield f"story {story.id}  {_headline(story.title)}"
    wires = f", through {', '.join(kept.origins.wires)}" if kept.origins.wires else ""
    yield f"{counted(story.outlets, 'outlet')}, {counted(kept.origins.origins, 'origin')}{wires}"
    yield f"first: {first.feed_id}, {_time(first.first_seen_at)}"
    yield f"led by article {story.lead_article_id}: {one_line(story.lead_because) or THE_FIRST}"
    yield from map(sentence_of, kept.differences)
    yield ""
    for article in kept.members:
        later = article.first_seen_at - first.first_seen_at
        at = f"{_time(article.first_seen_at)}  +{str(later).partition('.')[0]}"
        yield f"{at}  article {article.id}, {article.feed_id}: {_headline(article.title)}"
        marks = [kept.because[article.id]]
        if (wire := wire_of(article)) is not None:
            marks.append(f"credits {wire}")
        if kept.carriers[article.id]:
            marks.append(f"also carried by {', '.join(kept.carriers[article.id])}")
        if article.id in kept.lacks:
            marks.append(one_line(kept.lacks[article.id]))
        yield f"    {'; '.join(filter(None, marks))}"
    yield ""
    if not kept.told:
        yield "no desk was told of it"
    for alert, digest in kept.told:
        told = f"digest {digest.id} at {_time(digest.at)}" if digest is not None else "waits for its digest"
        what = f"{alert.desk_id}, {alert.severity}, {alert.kind} by article {alert.article_id}"
        if alert.spoken_by not in (None, alert.article_id):
            told += f", in the words of article {alert.spoken_by}"
        yield f"{_time(alert.created_at)}  {what}: {told}"
        yield f"    {one_line(alert.because)}"
    for decision in kept.decisions:
        by = "a person" if decision.maker is DecisionMaker.PERSON else "the monitor"
        yield f"{_time(decision.at)}  {_decided(decision)} by {by}: {one_line(decision.because)}"


def _document(kept: _Kept) -> dict[str, object]:
    first = kept.members[0]
    return {
        "story": kept.story.id,
        "title": kept.story.title,
        "lead": kept.story.lead_article_id,
        "lead_because": kept.story.lead_because or THE_FIRST,
        "first": {"article": first.id, "feed": first.feed_id, "at": first.first_seen_at},
        "outlets": kept.story.outlets,
        "origins": kept.origins.origins,
        "wires": kept.origins.wires,
        "differences": [
            {
                "kind": difference.kind,
                "title": difference.title,
                "sayings": [
                    {
                        "value": saying.value,
                        "speaker": saying.speaker or None,
                        "outlets": saying.outlets,
                        "articles": saying.article_ids,
                        "at": saying.at,
                    }
                    for saying in difference.sayings
                ],
            }
            for difference in kept.differences
        ],
        "articles": [
            {
                "article": article.id,
                "feed": article.feed_id,
                "at": article.first_seen_at,
                "title": article.title,
                "url": article.url,
                "language": article.language,
                "reprint_of": article.reprint_of,
                "because": kept.because[article.id],
                "lacks": kept.lacks.get(article.id),
                "wire": wire_of(article),
                "also_in": kept.carriers[article.id],
            }
            for article in kept.members
        ],
        "told": [
            {
                "desk": alert.desk_id,
                "at": alert.created_at,
                "kind": alert.kind,
                "severity": alert.severity,
                "rules": alert.rule_ids,
                "article": alert.article_id,
                "because": alert.because,
                "states": [str(state) for state in alert.states],
                "digest": alert.digest_id,
                "spoken_by": alert.spoken_by,
                "told_at": digest.at if digest is not None else None,
            }
            for alert, digest in kept.told
        ],
        "decisions": [
            {
                "at": decision.at,
                "decision": _decided(decision),
                "by": decision.maker,
                "because": decision.because,
            }
            for decision in kept.decisions
        ],
    }


def _headline(title: str) -> str:
    return shorten(one_line(title), HEADLINE_LIMIT) or "(no headline)"


def _decided(decision: StoryDecision) -> str:
    is_one = len(decision.article_ids) == 1
    articles = f"article{'' if is_one else 's'} {', '.join(map(str, decision.article_ids))}"
    if decision.kind == "merge":
        return f"story {decision.other_id} ({articles}) was merged into story {decision.story_id}"
    was = "was" if is_one else "were"
    return f"{articles} {was} split from story {decision.story_id} as story {decision.other_id}"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z"
