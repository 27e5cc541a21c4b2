"""A digest as plain text: the written part of an e-mail, and what a terminal shows.

Refuses to wrap: a phone and a terminal break lines better than a guess at their width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.desks.answers import Answer, ReaderLinks, answers
from monitor.desks.content import CutItem, DigestContent, Growth, StoryItem, Why
from monitor.desks.excerpt import Runs, isolate
from monitor.desks.growth import hint_of, more_of, title_of

CUT_SHOWN = 25
"""How many of the stories that are named only are named; the rest is counted."""


def render_text(content: DigestContent, *, mark: tuple[str, str] = ("*", "*"), links: ReaderLinks | None = None) -> str:
    """Write a digest as text, each story with its address on a line of its own.

    Args:
        content: The digest.
        mark: What stands before and after each hit; a terminal may give its codes for bold.
        links: By which readers of an e-mail answer.

    Returns:
        Lines, each ended by a line feed.
    """
    return "\n".join(_lines(content, mark, links)) + "\n"


def _lines(content: DigestContent, mark: tuple[str, str], links: ReaderLinks | None) -> Iterator[str]:
    beside = answers(content, links)
    yield content.title
    yield "=" * min(len(content.title), 72)
    yield ""
    yield content.top
    for section in content.sections:
        label = f"{section.severity.upper()} · {section.title}"
        yield from ("", label, "-" * min(len(label), 72))
        for number, item in enumerate(section.items):
            if number:
                yield ""
            yield from _story(item, mark, beside.get(item.article_id, ()))
    if content.cut:
        yield from ("", f"{len(content.cut)} more by headline", "")
        yield from (_named(item) for item in content.cut[:CUT_SHOWN])
        if len(content.cut) > CUT_SHOWN:
            yield f"and {len(content.cut) - CUT_SHOWN} more, kept in the monitor under digest {content.key}"
    yield from _growth(content.growth)
    yield ""
    yield from content.notes
    yield content.life
    yield f"Why now: {content.because}. Times in {content.timezone}."


def _story(item: StoryItem, mark: tuple[str, str], beside: Sequence[Answer]) -> Iterator[str]:
    yield _marked(item.headline, mark)
    facts = [isolate(item.outlet), item.seen, item.age, item.language, item.company, item.held]
    yield "  " + " · ".join(fact for fact in facts if fact)
    if item.url:
        yield f"  {item.url}"
    if item.first:
        yield f"  {item.first}"
    yield from (f"  Developed: {development}" for development in item.developments)
    yield from (f"  {conflict}" for conflict in item.conflicts)
    if item.sentence:
        yield f"  {_marked(item.sentence, mark)}"
    for why in item.why:
        yield f"  Why: {why_text(why)}"
    yield from (f"  {answer.label}: {answer.url}" for answer in beside)


def why_text(why: Why) -> str:
    """Write a reason on one line: the rule, and what it found."""
    found = ", ".join(f"“{isolate(f.text)}”" + (f" ({f.note})" if f.note else "") for f in why.found)
    more = f" and {why.more} more" if why.more else ""
    return f"{why.rule_title}: {found}{more}" if found else why.rule_title


def _named(item: CutItem) -> str:
    return f"[{item.severity.upper()}] {isolate(item.headline)} ({isolate(item.outlet)})" + (
        f"\n  {item.url}" if item.url else ""
    )


def _growth(growth: Growth) -> Iterator[str]:
    if not growth.stories:
        return
    yield from ("", title_of(growth))
    if hint := hint_of(growth):
        yield hint
    for item in growth.items:
        yield from ("", f"{isolate(item.headline)} ({item.company})")
        for unlike in item.unlike:
            yield f"  - {isolate(unlike.headline)} ({isolate(unlike.outlet)})"
            if unlike.url:
                yield f"    {unlike.url}"
    if more := more_of(growth):
        yield from ("", more)


def _marked(runs: Runs, mark: tuple[str, str]) -> str:
    return "".join(f"{mark[0]}{run.text}{mark[1]}" if run.is_hit else run.text for run in runs)
