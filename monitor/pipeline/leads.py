"""Which article leads each story, asked anew where its articles change; in a unit of work.

Reads what `articles/lead` judges, and writes what it says. An article that comes is compared with the present lead
alone, so that a large story is not read again for each of its outlets.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.articles.lead import HowCommon, choose_lead, takes_over
from monitor.model import Article
from monitor.ports import Store


def follow_leads(store: Store, articles: Iterable[Article]) -> None:
    """Let stories that articles joined, or in which articles changed, be led by the earliest good text.

    Args:
        store: The state, with the articles in their stories.
        articles: As they are stored now, in order of arrival; those without a story are passed over.
    """
    by_story: dict[int, list[Article]] = {}
    for article in articles:
        if article.story_id is not None:
            by_story.setdefault(article.story_id, []).append(article)
    if not by_story:
        return
    leads = store.stories.leads(by_story)
    how_common = in_news(store)
    choose_leads(
        store,
        [
            story_id
            for story_id, own in by_story.items()
            if any(each.id == leads[story_id].id or takes_over(each, leads[story_id], how_common) for each in own)
        ],
    )


def choose_leads(store: Store, story_ids: Iterable[int]) -> None:
    """Let stories whose articles moved be led by the earliest good text of all that they have now."""
    wanted = list(story_ids)
    if not wanted:
        return
    for story_id, members in store.stories.members_of(wanted).items():
        lead = choose_lead(members, in_news(store))
        store.stories.name_lead(story_id, lead.article_id, lead.because)


def in_news(store: Store) -> HowCommon:
    """Return how to ask in how many articles of the archive a word stands, in headline or opening."""
    return lambda word: max(store.articles.frequencies(word).values(), default=0)
