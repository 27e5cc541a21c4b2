"""Which article of a story leads it: the earliest good text.

Owns the choice and its words. A text is good that has no blemish (`blemishes`) and is not another member's with its
words swapped (`spun`). A flash leads until a whole text is there; a good text that comes later takes over from a bad
one; a good earlier one keeps the lead, whoever prints it again. Reprints need no rule of their own: a copy of a good
text came after it, and one that is better than what it copies, such as the agency's full text after its flash, leads.

Its limits are those of the signs. "Earliest" is by arrival here: dates of publishers are often wrong, and often made
up. Where a copy came before the text that it copies, and keeps its words, the copy leads: nobody can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from monitor.articles.blemishes import Blemish, Grade, blemish_of
from monitor.articles.recognition import news_of
from monitor.articles.spun import HowCommon, original_of, swaps_between
from monitor.model import Article
from monitor.text.words import words_of

__all__ = ["THE_FIRST", "Grade", "HowCommon", "Lead", "choose_lead", "shortcomings", "takes_over"]

THE_FIRST = "the first report"
_NAMED_AT_MOST = 2
"""Earlier members of which it is said why they do not lead."""
_COMPARED_AT_MOST = 50
"""Members that came just before an article, and just after it, with which its words are compared: a copy is made while
the story is new, and a story of thousands of members is not to be compared each with each."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The article that leads a story, and why."""

    article_id: int
    because: str
    """Such as "the earliest good text; article 3 came before, but it says “machine translation”"."""


def choose_lead(members: Iterable[Article], how_common: HowCommon | None = None) -> Lead:
    """Choose the article that leads a story.

    Members are looked at in order of arrival until one is good, so that the choice costs little in a large story.

    Args:
        members: All articles of one story, at least one.
        how_common: In how many articles a word stands, to tell a spun text from its original; without it, the other
            members are counted.
    """
    ordered = sorted(members, key=_arrival)
    how_common = how_common or _counted_in(ordered)
    passed: list[tuple[Article, Blemish]] = []
    for place, article in enumerate(ordered):
        blemish = _judge(place, ordered, how_common)
        if blemish is None:
            what = "the earliest good text" if passed else THE_FIRST
            return Lead(article.id, _with_those_before(what, passed))
        passed.append((article, blemish))
    lead, own = min(passed, key=lambda each: each[1].grade)
    before = [each for each in passed if _arrival(each[0]) < _arrival(lead)]
    if len(ordered) == 1:
        return Lead(lead.id, f"the only report, though {own.says}")
    what = "the earliest text that is somebody's own" if own.grade is Grade.IN_PART and before else THE_FIRST
    return Lead(lead.id, _with_those_before(f"{what}, though {own.says}; there is no better one", before))


def takes_over(newcomer: Article, lead: Article, how_common: HowCommon | None = None) -> bool:
    """Say whether an article that came, or changed, may lead its story in the place of the one that does.

    Only the two are compared; where it may, all members are to be asked (`choose_lead`), as the newcomer may show
    another member to be the earliest good text.
    """
    return choose_lead((lead, newcomer), how_common).article_id == newcomer.id != lead.id


def shortcomings(members: Sequence[Article], how_common: HowCommon | None = None) -> dict[int, str]:
    """Say of each member that has one, by id, what it lacks of a good text."""
    ordered = sorted(members, key=_arrival)
    how_common = how_common or _counted_in(ordered)
    found = {article.id: _judge(place, ordered, how_common) for place, article in enumerate(ordered)}
    return {article_id: blemish.says for article_id, blemish in found.items() if blemish is not None}


def _judge(place: int, ordered: Sequence[Article], how_common: HowCommon) -> Blemish | None:
    blemish = blemish_of(ordered[place])
    if blemish is not None and blemish.grade is Grade.SECOND_HAND:
        return blemish
    return _spun_from(place, ordered, how_common) or blemish


def _spun_from(place: int, ordered: Sequence[Article], how_common: HowCommon) -> Blemish | None:
    """Find the member whose text an article has in other words."""
    article = ordered[place]
    for other in ordered[max(0, place - _COMPARED_AT_MOST) : place + _COMPARED_AT_MOST + 1]:
        if other.feed_id == article.feed_id:  # itself, or its publisher's next report, who may reword his own
            continue
        # In one order, so that the pair is found or not, whoever of the two is asked for.
        first, second = sorted((article, other), key=_arrival)
        if (swaps := swaps_between(first, second)) is None:
            continue
        original, because = original_of(first, second, swaps, how_common)
        if original.id != article.id:
            mine = 0 if article.id == first.id else 1
            swapped = ", ".join(f"“{swap[mine]}” for “{swap[1 - mine]}”" for swap in swaps.pairs[:2])
            says = f"it is the text of article {other.id}, which {because}, in other words: {swapped}"
            return Blemish(Grade.SECOND_HAND, says)
    return None


def _with_those_before(what: str, passed: Sequence[tuple[Article, Blemish]]) -> str:
    if not passed:
        return what
    named = "; ".join(
        f"article {article.id} came before, but {blemish.says}" for article, blemish in passed[:_NAMED_AT_MOST]
    )
    more = len(passed) - _NAMED_AT_MOST
    return f"{what}; {named}" + (f"; so with {more} more" if more > 0 else "")


def _arrival(article: Article) -> tuple[object, int]:
    return article.first_seen_at, article.id


def _counted_in(members: Sequence[Article]) -> Callable[[str], int]:
    @cache
    def counted() -> list[frozenset[str]]:
        return [frozenset(words_of(f"{each.title} {news_of(each)}")) for each in members]

    return lambda word: sum(word in words for words in counted())
