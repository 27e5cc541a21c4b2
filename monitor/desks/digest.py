"""What a digest says: alerts, stories, articles and matches become one `DigestContent`.

Owns the words an editor reads: subject, top sentence, order of stories, reasons, developments, proof of life. Refuses
to know markup (the renderings), when a digest is due (`schedule`) and who is told (`routing`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from urllib.parse import quote
from zoneinfo import ZoneInfo

from monitor.desks.content import NO_GROWTH, CutItem, DigestContent, Found, Growth, Health, Section, StoryItem, Why
from monitor.desks.differences.difference import differences_of, sentence_of
from monitor.desks.excerpt import headline, is_rtl, isolate, matched_sentence, one_line, plain, shorten
from monitor.desks.life import age, count, proof_of_life
from monitor.desks.mutes import was_muted
from monitor.desks.notes import notes_of
from monitor.desks.schedule import Due, hours_text, is_held
from monitor.desks.speaking import Speaker, voice_of
from monitor.desks.summary import nothing_new, preheader_of, subject_of, top_of
from monitor.model import Alert, AlertKind, Article, Desk, Match, Mute, Severity, Story
from monitor.text.fold import fold

__all__ = ["Health", "compose", "digest_key", "link", "outlet_name"]

HEADLINE_LIMIT = 200
SENTENCE_LIMIT = 320
NAME_LIMIT = 80
URL_LIMIT = 2000
_LINK_ENDS = frozenset("\"'<>|\\^`{} ")
_FOUND_LIMIT = 6
_RULES_LIMIT = 5
_DEVELOPMENTS_LIMIT = 5
_DIFFERENCES_LIMIT = 3

_LANGUAGES = {
    "ar": "Arabic", "az": "Azerbaijani", "bn": "Bengali", "de": "German", "es": "Spanish", "fa": "Persian",
    "fr": "French", "hi": "Hindi", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ku": "Kurdish",
    "nl": "Dutch", "pa": "Punjabi", "prs": "Dari", "ps": "Pashto", "pt": "Portuguese", "ru": "Russian",
    "sd": "Sindhi", "tg": "Tajik", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "zh": "Chinese",
}  # fmt: skip
"""English names by ISO 639 code, for the languages a desk of this watch meets; others show their code."""


@dataclass(frozen=True, slots=True)
class _Sources:
    """What a story is told from."""

    story: Story | None
    members: Sequence[Article]
    matches: Mapping[int, Sequence[Match]]
    feed_names: Mapping[str, str]
    origins: int | None
    """Independent texts behind the outlets; None where nobody counted them: then what is no reprint is one."""
    wires: Mapping[int, str]
    """Agencies that articles credit, by article id."""


def compose(
    desk: Desk,
    due: Due,
    *,
    alerts: Sequence[Alert],
    stories: Mapping[int, Story],
    articles: Mapping[int, Article],
    matches: Mapping[int, Sequence[Match]],
    feed_names: Mapping[str, str],
    health: Health,
    now: datetime,
    shown_today: int = 0,
    mutes: Sequence[Mute] = (),
    origins: Mapping[int, int] | None = None,
    wires: Mapping[int, str] | None = None,
    speakers: Mapping[int, Speaker] | None = None,
    growth: Growth = NO_GROWTH,
) -> DigestContent:
    """Say in full what a desk is told at this moment.

    Args:
        desk: Who is told.
        due: The decision this digest carries out; tells what is held and why it comes now.
        alerts: The alerts it holds, stored. Several of one story become one item.
        stories: The stories of the alerts by id.
        articles: The members of these stories by article id. An alert whose article is not there is told all the same.
        matches: The stored matches by article id; those for other desks are left out.
        feed_names: Outlets by feed id.
        health: The proof of life.
        now: When the digest is fixed, aware.
        shown_today: Stories this desk was shown in full earlier in its day, for `Desk.stories_per_day`.
        mutes: Those of the stories, to say which alerts come late because of one.
        origins: Independent origins by story: reports that nobody had from another or from a common agency.
        wires: Agencies that articles credit, by article id.
        speakers: Articles that tell a story, by story, where it is not the one that raised the alert; each of them may
            (`speaking.who_may_speak`).
        growth: What joined stories that the desk was told of before.

    Returns:
        The digest's content. The same arguments give the same content.
    """
    by_story: dict[int, list[Alert]] = {}
    for alert in sorted(alerts, key=lambda alert: (alert.created_at, alert.id)):
        by_story.setdefault(alert.story_id, []).append(alert)
    members: dict[int, list[Article]] = {}
    for article in sorted(articles.values(), key=lambda article: (article.first_seen_at, article.id)):
        if article.story_id is not None:
            members.setdefault(article.story_id, []).append(article)

    def sources(story_id: int) -> _Sources:
        counted = (origins or {}).get(story_id)
        return _Sources(stories.get(story_id), members.get(story_id, ()), matches, feed_names, counted, wires or {})

    items = [
        _item(desk, own, sources(story_id), articles, now, speaker=(speakers or {}).get(story_id))
        for story_id, own in by_story.items()
    ]
    items = [_with_mute(item, by_story[item.story_id], mutes) for item in items]
    items = _in_order(items, {story_id: own[-1].created_at for story_id, own in by_story.items()})
    told, over = _within_budget(desk, items, shown_today)
    local = now.astimezone(ZoneInfo(desk.timezone))
    desk_name = shorten(one_line(desk.name) or desk.id, NAME_LIMIT)
    life = proof_of_life(health, stories=len(items), now=now)
    return DigestContent(
        key=digest_key(desk.id, due.slot, [alert.id for alert in alerts], now),
        desk_id=desk.id,
        desk_name=desk_name,
        slot=due.slot,
        at=now,
        title=f"{desk_name} · {local:%a} {local.day} {local:%b %Y, %H:%M}",
        subject=subject_of(items) or nothing_new(desk_name, local, health),
        preheader=preheader_of(items) or life,
        top=top_of(items, grown=growth.stories),
        severity=items[0].severity if items else None,
        sections=tuple(
            Section(severity, title, tuple(group))
            for (severity, title), group in groupby(told, key=lambda item: (item.severity, item.rule_title))
        ),
        cut=tuple(CutItem(i.story_id, i.severity, plain(i.headline), i.url, i.outlet) for i in over),
        notes=notes_of(desk, due, alerts, mutes=mutes, cut=len(over)),
        life=life,
        timezone=desk.timezone,
        because=due.because,
        alert_ids=tuple(alert.id for alert in alerts),
        growth=growth,
    )


def digest_key(desk_id: str, slot: str, alert_ids: Iterable[int], at: datetime) -> str:
    """Name a digest by what it is and when it was fixed: 32 hexadecimal digits, for the ids of its messages.

    Ids of alerts alone would not do: a database that is put back from a backup counts on from there, and a message with
    the id of one that was sent since is what a mail server may throw away as known.
    """
    parts = [desk_id, slot, at.isoformat(), *(str(alert_id) for alert_id in sorted(alert_ids))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def link(url: str | None) -> str | None:
    """Return an address that may stand in any rendering as it is, None when it is not http(s) or too long.

    What could end a link or turn its direction is percent-encoded (RFC 3986 section 2.1); nothing else changes.
    """
    if not url or not url.lower().startswith(("http://", "https://")):
        return None
    text = url.strip().encode("utf-8", "ignore").decode()
    plain_ascii = text.isascii() and text.isprintable()
    safe = "".join(
        quote(character)
        if character in _LINK_ENDS or not (plain_ascii or one_line(character) == character)
        else character
        for character in text
    )
    return safe if len(safe) <= URL_LIMIT else None


def outlet_name(feed_id: str, feed_names: Mapping[str, str]) -> str:
    """Return what an outlet is called, fit for one line."""
    return shorten(one_line(feed_names.get(feed_id, "")) or feed_id or "unknown outlet", NAME_LIMIT)


def _item(
    desk: Desk,
    alerts: Sequence[Alert],
    sources: _Sources,
    articles: Mapping[int, Article],
    now: datetime,
    *,
    speaker: Speaker | None,
) -> StoryItem:
    voice = voice_of(alerts)
    speaking = voice.article_id if speaker is None else speaker.article_id
    article = articles.get(speaking) or _gone(voice)
    rule_ids = {rule_id for alert in alerts for rule_id in alert.rule_ids}
    own = [match for match in sources.matches.get(article.id, ()) if match.rule_id in rule_ids]
    own.sort(key=lambda match: (-match.severity.rank, match.rule_id))
    # A match may have been stored for an older text of the article: marks stand only where its words still stand.
    fields = {"title": article.title, "body": article.body}
    spans = [s for match in own for s in match.spans if fields.get(s.field, "")[s.start : s.end] == s.text]
    title = headline(article.title, spans, limit=HEADLINE_LIMIT) or headline(article.body, (), limit=HEADLINE_LIMIT)
    sentence = matched_sentence(article.body, spans, limit=SENTENCE_LIMIT)
    code = _language_code(article.language)
    return StoryItem(
        story_id=voice.story_id,
        article_id=article.id,
        alert_ids=tuple(alert.id for alert in alerts),
        kind=AlertKind.NEW if alerts[0].kind is AlertKind.NEW else AlertKind.DEVELOPED,
        severity=voice.severity,
        rule_title=shorten(one_line(own[0].title), NAME_LIMIT) if own else ", ".join(voice.rule_ids),
        headline=title or headline("(no headline)", (), limit=HEADLINE_LIMIT),
        url=link(article.url),
        is_headline_rtl=is_rtl(plain(title)),
        outlet=outlet_name(article.feed_id, sources.feed_names),
        seen=_seen(article, ZoneInfo(desk.timezone), now),
        age=f"{age(now - article.first_seen_at)} ago",
        language="" if code in ("", "en", "und") else _LANGUAGES.get(code, code),
        language_code=code,
        outlets=_outlets(sources),
        company=_company(sources),
        sentence=() if plain(sentence) == plain(title) else sentence,
        is_sentence_rtl=is_rtl(plain(sentence)),
        why=tuple(_why(match) for match in own[:_RULES_LIMIT]),
        developments=_developments(alerts),
        conflicts=tuple(
            sentence_of(difference)
            for difference in differences_of(sources.members, sources.feed_names, sources.wires)[:_DIFFERENCES_LIMIT]
        ),
        held=_late(desk, alerts, now),
        first=_first(desk, speaker, articles.get(alerts[0].article_id), sources, now),
    )


def _first(desk: Desk, speaker: Speaker | None, first: Article | None, sources: _Sources, now: datetime) -> str:
    if speaker is None or first is None or first.id >= speaker.article_id:
        return ""
    at = _seen(first, ZoneInfo(desk.timezone), now)
    because = f", but {one_line(speaker.because)}" if speaker.because else ""
    outlet = isolate(outlet_name(first.feed_id, sources.feed_names))
    return shorten(f"{outlet} was first, at {at}{because}", SENTENCE_LIMIT)


def _gone(alert: Alert) -> Article:
    """Stand in for an article that is not stored any more: its alert is told with what is left, not dropped."""
    title = f"(the article is not stored any more: {', '.join(alert.rule_ids)})"
    return Article(alert.article_id, "", None, title, "", (), alert.created_at, story_id=alert.story_id)


def _in_order(items: Sequence[StoryItem], newest: Mapping[int, datetime]) -> list[StoryItem]:
    """Order stories by severity, then by rule; what most outlets carry leads, then what is latest."""
    widest: dict[tuple[Severity, str], int] = {}
    for item in items:
        section = (item.severity, item.rule_title)
        widest[section] = max(widest.get(section, 0), item.outlets)

    def place(item: StoryItem) -> tuple[int, int, str, int, float, int]:
        section = (item.severity, item.rule_title)
        late = newest[item.story_id].timestamp()
        return -item.severity.rank, -widest[section], item.rule_title, -item.outlets, -late, item.story_id

    return sorted(items, key=place)


def _seen(article: Article, zone: ZoneInfo, now: datetime) -> str:
    local, today = article.first_seen_at.astimezone(zone), now.astimezone(zone).date()
    text = f"{local:%H:%M}" if local.date() == today else f"{local.day} {local:%b %H:%M}"
    published = article.published_at
    if published is not None and article.first_seen_at - published > timedelta(days=1):
        dated = published.astimezone(zone)
        text += f" (dated {dated.day} {dated:%b %Y})"
    return text


def _language_code(tag: str | None) -> str:
    """Return the primary subtag (RFC 5646) of a language tag from a feed, "" when it is none."""
    primary = (tag or "").replace("_", "-").split("-")[0].strip().lower()
    return primary if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3 else ""


def _outlets(sources: _Sources) -> int:
    return max(sources.story.outlets if sources.story else 1, len({member.feed_id for member in sources.members}))


def _company(sources: _Sources) -> str:
    outlets = _outlets(sources)
    origins = sources.origins
    if origins is None:
        origins = sum(member.reprint_of is None for member in sources.members)
    return f"+{count(outlets - 1, 'outlet')}, {count(max(origins, 1), 'origin')}" if outlets > 1 else ""


def _why(match: Match) -> Why:
    found: dict[str, Found] = {}
    places: dict[str, tuple[bool, int]] = {}
    # One word may be found twice, as a term and as an actor's alias: the actor says more, so aliases go first here.
    for span in sorted(match.spans, key=lambda span: (span.actor is None, span.field != "title", span.start)):
        notes = [f"actor {span.actor}"] if span.actor else []
        if not fold(span.text).text.startswith(fold(span.term.rstrip("*")).text):
            notes.append(f"by {isolate(shorten(one_line(span.term), NAME_LIMIT))}")
        word, place = span.text.casefold(), (span.field != "title", span.start)
        found.setdefault(word, Found(shorten(one_line(span.text), NAME_LIMIT), ", ".join(notes)))
        places[word] = min(place, places.get(word, place))
    shown = tuple(found[text] for text in sorted(found, key=places.__getitem__))
    title = shorten(one_line(match.title), NAME_LIMIT)
    return Why(title, match.severity, shown[:_FOUND_LIMIT], more=max(0, len(shown) - _FOUND_LIMIT))


def _developments(alerts: Sequence[Alert]) -> tuple[str, ...]:
    because = (
        shorten(one_line(alert.because), SENTENCE_LIMIT) for alert in alerts if alert.kind is AlertKind.DEVELOPED
    )
    return tuple(dict.fromkeys(text for text in because if text))[-_DEVELOPMENTS_LIMIT:]


def _late(desk: Desk, alerts: Sequence[Alert], now: datetime) -> str:
    first = alerts[0]
    if not is_held(desk, first.severity, first.created_at):
        return ""
    return f"held {age(now - first.created_at)} through quiet hours {hours_text(desk)}"


def _with_mute(item: StoryItem, alerts: Sequence[Alert], mutes: Sequence[Mute]) -> StoryItem:
    said = next((text for alert in alerts if (text := was_muted(alert, mutes))), "")
    return replace(item, held="; ".join(filter(None, (item.held, said)))) if said else item


def _within_budget(
    desk: Desk, items: Sequence[StoryItem], shown_today: int
) -> tuple[Sequence[StoryItem], Sequence[StoryItem]]:
    """Part the stories told in full from those over the desk's number a day; urgent ones are always told."""
    if desk.stories_per_day is None:
        return items, ()
    left = max(0, desk.stories_per_day - shown_today)
    told = [item for place, item in enumerate(items) if place < left or item.severity is Severity.URGENT]
    shown = {item.story_id for item in told}
    return told, [item for item in items if item.story_id not in shown]
