"""The page behind the links beside a story: it asks, and what is recorded is recorded by its button.

Mail scanners, previews and browsers fetch every address of a mail; a GET or HEAD changes nothing, whoever sends it and
however often (RFC 9110 section 9.2.1). A POST records the one thing its link says, and a repeat of it nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.desks.digest import link as fit_link
from monitor.desks.excerpt import is_rtl, one_line, shorten
from monitor.model import Article, ChannelKind, Desk, Feedback, FeedbackKind
from monitor.pipeline.core import Core
from monitor.pipeline.feedback import note_feedback
from monitor.rules.book import RuleBook
from monitor.web.guard import on_writer
from monitor.web.links import FeedbackLink, Links, Refusal
from monitor.web.pages import Button, Page, Story, html
from monitor.web.readers import Reader, reader_of, refused_link

CHANGES_OF_MIND = 20
"""How often a person may judge one story: what is kept for ever needs a bound."""
_HEADLINE_LIMIT = 300

_NOTHING_YET = "Nothing is recorded until you press the button. What you say tunes the rules; it stops no digest."
_WORDS = {FeedbackKind.RELEVANT: "relevant", FeedbackKind.NOT_RELEVANT: "not relevant"}
_OPPOSITE = {
    FeedbackKind.RELEVANT: FeedbackKind.NOT_RELEVANT,
    FeedbackKind.NOT_RELEVANT: FeedbackKind.RELEVANT,
}


@dataclass(frozen=True, slots=True)
class _Case:
    """A link, whose it is, what it is about, and what that reader said before."""

    link: FeedbackLink
    reader: Reader
    article: Article
    said: tuple[Feedback, ...]
    """Judgements of the story by this reader for this desk, oldest first."""


class FeedbackPages:
    """GET asks, POST records."""

    def __init__(self, core: Core, links: Links) -> None:
        self._core, self._links = core, links

    async def answer(self, request: Request) -> Response:
        """Answer a request for a link; a POST leads on to the page that thanks, whose reload records nothing."""
        is_said = request.method == "POST"
        found = await on_writer(self._core, self._commit if is_said else self._case, request.path_params["token"])
        if isinstance(found, Response):
            return found
        if is_said:
            return RedirectResponse(self._links.feedback_token(found.link), HTTPStatus.SEE_OTHER)
        return html(self._page(found))

    def _case(self, token: str) -> _Case | Response:
        link = self._links.read_feedback(token, now=self._core.clock.now())
        if isinstance(link, Refusal):
            return refused_link(link)
        reader = reader_of(self._core.live.book, self._links, link.desk_id, link.reader)
        if isinstance(reader, Response):
            return reader
        store = self._core.store
        article = store.articles.get([link.article_id]).get(link.article_id)
        if article is None or article.story_id is None:
            return html(Page("This story is not kept any more", ("Nothing can be said of it now.",)), HTTPStatus.GONE)
        said = tuple(
            each
            for each in store.feedback.of_stories([article.story_id])
            if each.desk_id == link.desk_id and each.who == reader.address and each.kind in _WORDS
        )
        return _Case(link, reader, article, said)

    def _commit(self, token: str) -> _Case | Response:
        case = self._case(token)
        if isinstance(case, Response):
            return case
        if len(case.said) >= CHANGES_OF_MIND and case.said[-1].kind is not case.link.kind:
            return html(
                Page("You have changed your mind often", ("What you said last stands.",)), HTTPStatus.TOO_MANY_REQUESTS
            )
        now = self._core.clock.now()
        said = Feedback(
            0, case.article.id, case.link.desk_id, case.link.kind, case.reader.address, ChannelKind.EMAIL, now
        )
        with self._core.store.unit_of_work():
            is_new = self._core.store.feedback.add(said)
        if is_new:
            note_feedback(self._core, said)
        return case

    def _page(self, case: _Case) -> Page:
        kicker, story = case.reader.desk_name, _story(case.article, self._core.live.book)
        if not case.said:
            kind = case.link.kind
            return Page(
                heading=f"Is this story {_WORDS[kind]}?",
                kicker=kicker,
                story=story,
                button=Button(_WORDS[kind].capitalize(), self._links.feedback_token(case.link)),
                note=_NOTHING_YET,
            )
        last = case.said[-1]
        back = replace(case.link, kind=_OPPOSITE[last.kind])
        return Page(
            heading=f"You said: {_WORDS[last.kind]}",
            kicker=kicker,
            story=story,
            sentences=(f"Thank you. It was recorded on {_local(case.reader.desk, last.at)}.",),
            button=Button(f"I changed my mind: {_WORDS[back.kind]}", self._links.feedback_token(back), is_quiet=True),
            note="Your last word counts.",
        )


def _story(article: Article, book: RuleBook) -> Story:
    headline = shorten(one_line(article.title) or one_line(article.body), _HEADLINE_LIMIT) or "(no headline)"
    feed = book.feeds.get(article.feed_id)
    return Story(
        headline=headline,
        url=fit_link(article.url),
        is_rtl=is_rtl(headline),
        language=article.language or "",
        outlet=one_line(feed.name if feed else article.feed_id),
    )


def _local(desk: Desk, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(desk.timezone))
    return f"{local:%A} {local.day} {local:%B %Y at %H:%M} ({desk.timezone})"
