"""What became of an article that was read, desk by desk: PURE, from what was stored when it was decided.

The reasons on record are the ones that counted then; the rules in force now are only asked where nothing matched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.articles.lead import THE_FIRST
from monitor.desks.excerpt import one_line, shorten
from monitor.model import Article, Match, Story, Withheld, WithheldKind
from monitor.why.case import Answer, DeskCase, Evidence, Read
from monitor.why.told import answer_of_alert, evidence_of_alert
from monitor.why.verdicts import Verdict

_SHOWN = 6
_EARLIER = 2
"""Earlier alerts of an article that stand beside the newest one."""
_TITLE = 120

OF_KIND = {
    WithheldKind.NO_DESK: Verdict.NO_DESK,
    WithheldKind.MISSING_DESK: Verdict.NO_DESK,
    WithheldKind.BASELINE: Verdict.BASELINE,
    WithheldKind.BELOW_FLOOR: Verdict.BELOW_FLOOR,
    WithheldKind.NOT_TAKEN: Verdict.NOT_TAKEN,
    WithheldKind.REPRINT: Verdict.REPRINT,
    WithheldKind.SAME_STORY: Verdict.JOINED_STORY,
    WithheldKind.IMMATERIAL: Verdict.NOTHING_NEW,
    WithheldKind.MUTED: Verdict.MUTED,
    WithheldKind.SURGE: Verdict.SURGE,
}
"""The verdict for each reason on record; LISTED is a reason for less, not for nothing (see `told`)."""


def decide_read(case: Read) -> tuple[Answer, ...]:
    """Say what became of an article: one answer a desk that has to do with it, or one for all."""
    asked = case.question.desk_id
    desks = [desk for desk in case.desks if asked in (None, desk.desk_id)]
    answers = [(desk, answer) for desk in desks if (answer := _for_desk(case, desk)) is not None]
    if answers:
        return tuple(replace(answer, evidence=(*answer.evidence, *_people(desk))) for desk, answer in answers)
    others = [desk for desk in case.desks if desk.told and desk.desk_id != asked]
    if asked is not None and others:
        return (_other_desk(case, others),)
    return (_for_all(case),)


def article_evidence(case: Read) -> tuple[Evidence, ...]:
    """Say what was looked at, whatever the verdict: the article, where else it stood, its story and its matches."""
    article = case.article
    baseline = ", in the feed before it was watched" if article.is_baseline else ""
    lines = [Evidence("article", f"{_name(article)}, {case.outlet}{baseline}", article.id, article.first_seen_at)]
    lines += [
        Evidence("sighting", f"also in the feed {sighting.feed_id}", None, sighting.seen_at)
        for sighting in case.sightings[:_SHOWN]
        if sighting.feed_id != article.feed_id
    ]
    if case.story is not None:
        lines.append(Evidence("story", f"“{_short(case.story.title)}”; {case.placed_because}", case.story.id))
        lines.append(_led(case.story, article))
    lines += [_of_match(match) for match in case.matches[:_SHOWN]]
    return tuple(lines)


def _for_desk(case: Read, desk: DeskCase) -> Answer | None:
    own = [told for told in desk.told if case.article.id in (told.alert.article_id, told.alert.spoken_by)]
    if own:
        answer = answer_of_alert(desk, own[-1], case.now)
        before = (line for told in own[-2::-1][:_EARLIER] for line in evidence_of_alert(desk, told, None))
        return replace(answer, evidence=(*answer.evidence, *before))
    if desk.withheld:
        # That a later edit changed nothing is no reason why the article was not told in the first place.
        first = [each for each in desk.withheld if each.kind is not WithheldKind.IMMATERIAL]
        return _withheld(case, desk, (first or desk.withheld)[-1])
    if desk.told:
        return _joined(case, desk)
    if not desk.matches:
        return None
    if case.article.is_baseline:
        return _baseline(case, desk.desk_id)
    if desk.desk is not None and max(match.severity.rank for match in desk.matches) < desk.desk.floor.rank:
        said = f"its severity is below the floor of {desk.desk_id}, {desk.desk.floor}"
        return Answer(Verdict.BELOW_FLOOR, said, desk.desk_id, tuple(_of_match(match) for match in desk.matches))
    said = f"a rule holds that names {desk.desk_id}, but neither an alert nor a reason against one is on record"
    return Answer(Verdict.UNEXPLAINED, said, desk.desk_id, tuple(_of_match(match) for match in desk.matches))


def _withheld(case: Read, desk: DeskCase, withheld: Withheld) -> Answer:
    verdict = OF_KIND.get(withheld.kind, Verdict.UNEXPLAINED)
    reason = Evidence("decision", withheld.because, withheld.kind.value, withheld.at)
    if verdict is Verdict.REPRINT and case.original is not None:
        said = f"a reprint of article {case.original.id}, {_name(case.original)}; {_has_story(desk)}"
    elif verdict is Verdict.JOINED_STORY:
        said = f"{_joins(case)}; {_has_story(desk)}"
    else:
        said = withheld.because
    return Answer(verdict, said, desk.desk_id or None, (reason, *_story_told(desk)))


def _joined(case: Read, desk: DeskCase) -> Answer:
    """Answer where the desk heard of the event by another article and nothing is on record for this one."""
    if case.original is not None:
        said = f"a reprint of article {case.original.id}, {_name(case.original)}; {_has_story(desk)}"
        return Answer(Verdict.REPRINT, said, desk.desk_id, _story_told(desk))
    lines = () if case.matches else (_matched_nothing(case), *_near(case)[:1])
    return Answer(
        Verdict.JOINED_STORY, f"{_joins(case)}; {_has_story(desk)}", desk.desk_id, (*lines, *_story_told(desk))
    )


def _other_desk(case: Read, others: Sequence[DeskCase]) -> Answer:
    asked = case.question.desk_id
    told = ", ".join(desk.desk_id for desk in others)
    said = f"it concerns {told}; no rule that holds for it names {asked}"
    lines = [line for desk in others for line in evidence_of_alert(desk, desk.told[0], case.now)]
    return Answer(Verdict.OTHER_DESK, said, asked, tuple(lines))


def _for_all(case: Read) -> Answer:
    asked = case.question.desk_id
    if case.matches:
        if case.article.is_baseline:
            return _baseline(case, asked)
        named = sorted({desk_id for match in case.matches for desk_id in match.desks})
        rules = ", ".join(match.rule_id for match in case.matches)
        if not named:
            return Answer(Verdict.NO_DESK, f"{rules} holds, and names no desk", asked)
        if asked is not None and asked not in named:
            return Answer(Verdict.OTHER_DESK, f"{rules} holds, and names {', '.join(named)}, not {asked}", asked)
        return Answer(Verdict.UNEXPLAINED, f"{rules} holds, but nothing is on record of what followed", asked)
    if case.holding:
        return _holds_now(case)
    if case.in_boilerplate:
        match = case.in_boilerplate[0]
        words = ", ".join(dict.fromkeys(f"'{_short(span.text)}'" for span in match.spans[:_SHOWN]))
        said = f"{words} would match {match.rule_id}, but not all of it stands in the news: the rest is boilerplate"
        return Answer(Verdict.ONLY_BOILERPLATE, said, asked, tuple(_of_match(m) for m in case.in_boilerplate[:_SHOWN]))
    near = _near(case)
    said = "it was read, and no rule holds"
    if case.nearest:
        first = case.nearest[0]
        said += f"; nearest is {first.rule_id}, where {first.clause} failed: {first.because}"
    return Answer(Verdict.MATCHED_NOTHING, said, asked, near)


def _holds_now(case: Read) -> Answer:
    asked = case.question.desk_id
    lines = tuple(_of_match(match) for match in case.holding[:_SHOWN])
    muted = case.muted or {}
    for match in case.holding:
        if match.rule_id in muted:
            said = f"{match.rule_id} would hold, but is muted: {muted[match.rule_id]}"
            return Answer(Verdict.RULE_MUTED, said, asked, lines)
    rules = ", ".join(match.rule_id for match in case.holding)
    said = f"{rules} holds now, but did not when it was read at {_time(case.article.first_seen_at)}"
    return Answer(Verdict.RULE_IS_NEWER, said, asked, lines)


def _baseline(case: Read, desk_id: str | None) -> Answer:
    said = f"it stood in the feed {case.article.feed_id} when that was first read, {_time(case.article.first_seen_at)}"
    return Answer(Verdict.BASELINE, said, desk_id)


def _joins(case: Read) -> str:
    story = case.story
    if story is None:
        return "joined a story"
    if story.lead_article_id == case.article.id:
        return f"story {story.id}, which it leads, went on"
    return f"joined story {story.id}, “{_short(story.title)}”"


def _led(story: Story, article: Article) -> Evidence:
    who = "it leads" if story.lead_article_id == article.id else f"article {story.lead_article_id} leads"
    return Evidence("lead", f"{who} its story: {one_line(story.lead_because) or THE_FIRST}", story.lead_article_id)


def _has_story(desk: DeskCase) -> str:
    if not desk.told:
        return f"{desk.desk_id} has the story"
    first = desk.told[0]
    if first.digest is None:
        return f"its alert for {desk.desk_id} waits since {_time(first.alert.created_at)}"
    told = f"{desk.desk_id} was told at {_time(first.digest.at)} in digest {first.digest.id}"
    counted = f"; counted in digest {desk.counted_in} as a further report of the story" if desk.counted_in else ""
    return f"{told}, by article {first.alert.spoken_by or first.alert.article_id}{counted}"


def _story_told(desk: DeskCase) -> tuple[Evidence, ...]:
    return tuple(line for told in desk.told[:2] for line in evidence_of_alert(desk, told, None))


def _people(desk: DeskCase) -> tuple[Evidence, ...]:
    """List what people did with the story at a desk: what they said of it, and its mutes."""
    said = [
        Evidence("feedback", f"{each.kind} by {each.who} through {each.through}", each.id, each.at)
        for each in desk.said[-_SHOWN:]
    ]
    mutes = [
        Evidence(
            "mute",
            ("until it develops" if mute.until is None else f"until {_time(mute.until)}")
            + (f", by {mute.who}" if mute.who else ""),
            mute.id,
            mute.at,
        )
        for mute in desk.mutes[-_SHOWN:]
    ]
    return (*said, *mutes)


def _matched_nothing(case: Read) -> Evidence:
    return Evidence("match", "no rule held for this article itself", None, case.article.first_seen_at)


def _near(case: Read) -> tuple[Evidence, ...]:
    return tuple(
        Evidence("near miss", f"{near.title}: {near.clause} failed, {near.because}", near.rule_id)
        for near in case.nearest[:_SHOWN]
    )


def _of_match(match: Match) -> Evidence:
    spans = ", ".join(
        f"{span.field} {span.start}-{span.end} '{_short(span.text)}'" + (f" ({span.actor})" if span.actor else "")
        for span in match.spans[:_SHOWN]
    )
    desks = ", ".join(match.desks) or "no desk"
    return Evidence("match", f"{match.severity} for {desks}: {spans}", match.rule_id)


def _name(article: Article) -> str:
    return f"“{_short(article.title) or '(no headline)'}”"


def _short(text: str) -> str:
    return shorten(one_line(text), _TITLE)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
