"""`monitor why`: why an article was, or was not, told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.text import Text

from monitor.cli.output import print_json, print_lines
from monitor.desks.excerpt import one_line
from monitor.errors import InputError
from monitor.model import Article
from monitor.rules.book import RuleBook
from monitor.rules.files.load import load_rule_book
from monitor.settings import load_settings
from monitor.store.sqlite import open_store
from monitor.why.case import Answer, Evidence, Read
from monitor.why.gather import Found
from monitor.why.gather import why as find_out

_OTHERS_SHOWN = 5


def why(
    asked: Annotated[str, typer.Argument(metavar="URL|TEXT", help="An article's address, or words of its headline.")],
    desk: Annotated[
        str | None, typer.Option(help="Answer for this desk; else for all that have to do with it.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="About when it was published, as 2026-11-20T13:00: on the desk's clock, else in UTC."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say why an article was, or was not, in a digest. A verdict, what shows it, and what to do.

    Reads the database and the rule files as they are; a daemon may go on meanwhile. Exit 0 with an answer.
    """
    if not asked.strip():
        raise InputError("give an address, or words of a headline")
    settings = load_settings()
    book = load_rule_book(settings.rules_dir)
    if desk is not None and desk not in book.desks:
        raise InputError(f"no desk is called {desk}; desks are: {', '.join(book.desks) or 'none'}")
    with open_store(settings.database, read_only=True) as store:
        found = find_out(
            store,
            book,
            asked,
            now=datetime.now(UTC),
            desk_id=desk,
            at=None if at is None else _moment(at, book, desk),
            gathering=settings.digest.gathering,
        )
    if as_json:
        print_json(_document(found))
        return
    print_lines(_lines(found))


def _moment(text: str, book: RuleBook, desk_id: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text} is no time; write 2026-11-20T13:00") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(book.desks[desk_id].timezone) if desk_id is not None else UTC)
    return moment.astimezone(UTC)


def _lines(found: Found) -> Iterator[Text]:
    shown: set[Evidence] = set()
    for answer in found.answers:
        who = f"{answer.desk_id}: " if answer.desk_id else ""
        yield Text.assemble((f"{who}{answer.verdict.value}", "bold"), f" — {one_line(answer.says)}")
        for evidence in answer.evidence:
            if evidence not in shown:
                yield Text(f"  {_line(evidence)}")
            shown.add(evidence)
        yield Text(f"  → {answer.advice}")
    others = _others(found)
    if others:
        yield Text(f"These words fit {len(others)} more; ask by address to choose:")
    for article in others[:_OTHERS_SHOWN]:
        yield Text(
            f"  article {article.id}  {_stamp(article.first_seen_at)}  {one_line(article.title)}  {article.url or ''}"
        )


def _line(evidence: Evidence) -> str:
    name = evidence.about if evidence.id is None else f"{evidence.about} {evidence.id}"
    when = f"  {_stamp(evidence.at)}" if evidence.at is not None else ""
    return one_line(f"{name}{when}  {evidence.says}")


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"


def _others(found: Found) -> tuple[Article, ...]:
    return found.case.others if isinstance(found.case, Read) else ()


def _document(found: Found) -> dict[str, object]:
    return {
        "asked": found.question.asked,
        "address": found.question.address,
        "at": found.question.at,
        "article": None if found.article is None else _article(found.article),
        "answers": [_answer(answer) for answer in found.answers],
        "others": [_article(article) for article in _others(found)],
    }


def _answer(answer: Answer) -> dict[str, object]:
    return {
        "desk": answer.desk_id,
        "verdict": answer.verdict.value,
        "says": answer.says,
        "evidence": [{"about": e.about, "id": e.id, "at": e.at, "says": e.says} for e in answer.evidence],
        "advice": answer.advice,
    }


def _article(article: Article) -> dict[str, object]:
    return {
        "id": article.id,
        "feed": article.feed_id,
        "url": article.url,
        "title": article.title,
        "first_seen": article.first_seen_at,
        "story": article.story_id,
        "reprint_of": article.reprint_of,
    }
