"""`monitor rules backtest|stats|suggest`: what rules do, did and could do over the articles that are stored.

Owns arguments, exit codes and progress; what is printed is laid out in `rules_archive_show`. Exit 0 ok, 1 a rule muted
itself or something cannot be read, 2 wrong usage or rule files that do not load. Nothing is ever changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from monitor.cli.output import console, print_json
from monitor.cli.rules_archive_show import backtest_record, print_backtest
from monitor.cli.rules_options import DEFAULT_FOLDER, AsJson, RulesFolder
from monitor.cli.rules_statistics_show import print_statistics, statistics_record
from monitor.cli.rules_suggest_show import print_suggestions, suggestions_record
from monitor.cli.since import Since, begin_of
from monitor.ports import Store
from monitor.rules.files.guess import did_you_mean
from monitor.rules.files.load import load, load_rule_book
from monitor.rules.tuning.precision import precision_by_rule
from monitor.rules.tuning.stats import Counting
from monitor.settings import load_settings
from monitor.store.sqlite import open_store
from monitor.text.document import document_of
from monitor.workbench.backtest import backtest as run_backtest
from monitor.workbench.history import first_id, stored_articles
from monitor.workbench.revisions import revision
from monitor.workbench.suggest import ROUNDS
from monitor.workbench.suggest import suggest as run_suggest

app = typer.Typer()

RuleIds = Annotated[list[str] | None, typer.Argument(metavar="[RULE]…", help="Only these rules; all by default.")]
Limit = Annotated[int, typer.Option(min=0, help="How many of each kind are printed; 0: all.")]


@app.command()
def backtest(
    rule_ids: RuleIds = None,
    *,
    rules: RulesFolder = DEFAULT_FOLDER,
    since: Since = "30d",
    against: Annotated[
        str | None, typer.Option(metavar="REV|DIR", help="The live rules: a git revision or a folder; HEAD by default.")
    ] = None,
    limit: Limit = 20,
    json_: AsJson = False,
) -> None:
    """Show what an edit of the rules does before it is live. The archive is replayed through both books.

    Says by story what is gained, lost and kept, and what desks would feel. Alerts are those that a live run would have
    raised. With RULE only these are reported; the alerts stay those of the whole books, since desks hear of stories.
    """
    now = datetime.now(UTC)
    begin = begin_of(since, now)
    edited = load_rule_book(rules)
    live = revision(rules, against)
    known = {**live.book.rules, **edited.rules}
    for rule_id in rule_ids or ():
        if rule_id not in known:
            raise typer.BadParameter(f"there is no rule {rule_id!r}{did_you_mean(rule_id, known)}")
    with open_store(load_settings().database, read_only=True) as store, _progress(store, begin) as passed:
        found = run_backtest(store, live.book, edited, since=begin, until=now, only=rule_ids or (), passed=passed)
    if json_:
        print_json(backtest_record(found, before=live.name, after=str(rules)))
    else:
        print_backtest(
            found,
            before=live.name,
            after=str(rules),
            limit=limit,
            is_same=live.book.version == edited.version,
        )
    raise typer.Exit(1 if found.muted_after else 0)


@app.command()
def stats(
    *,
    rules: RulesFolder = DEFAULT_FOLDER,
    since: Since = "30d",
    terms: Annotated[
        bool, typer.Option("--terms", help="Every alias and term, not only those without a part.")
    ] = False,
    json_: AsJson = False,
) -> None:
    """Show what the rules did over the archive. Hits, stories, precision, dead clauses and terms, rules that overlap.

    Hits are counted by the rules as the files say them now; what was told and judged, as it was. Precision is the share
    of judged stories that were relevant to their desk, with the bounds of 95 % confidence.
    """
    begin = begin_of(since, datetime.now(UTC))
    counting = Counting(load_rule_book(rules))
    with open_store(load_settings().database, read_only=True) as store, _progress(store, begin) as passed:
        for article in stored_articles(store, begin, passed=passed):
            counting.add(document_of(article), story_id=article.story_id, at=article.first_seen_at)
        precision = precision_by_rule(store.alerts.in_digests_since(begin), store.feedback.since(begin))
    found = counting.statistics()
    if json_:
        print_json(statistics_record(found, precision, since=begin))
    else:
        print_statistics(found, precision, since=begin, all_terms=terms)
    raise typer.Exit(1 if found.muted else 0)


@app.command()
def suggest(
    *,
    rules: RulesFolder = DEFAULT_FOLDER,
    since: Since = "30d",
    limit: Limit = 20,
    json_: AsJson = False,
) -> None:
    """Propose terms that the rules lack. From stories of which some reports match a rule and others nearly do.

    Each comes with the sentences that speak for it and the line to add. Nothing is written: whether it is a new name or
    a rival's, a person decides.
    """
    begin = begin_of(since, datetime.now(UTC))
    loaded = load(rules)
    with (
        open_store(load_settings().database, read_only=True) as store,
        _progress(store, begin, rounds=ROUNDS) as passed,
    ):
        found = run_suggest(store, loaded.book, since=begin, passed=passed)
    if json_:
        print_json(suggestions_record(found, loaded))
    else:
        print_suggestions(found, loaded, limit=limit)


@contextmanager
def _progress(store: Store, since: datetime, *, rounds: int = 1) -> Iterator[Callable[[int], None]]:
    """Give what takes the number of articles that were read; on a terminal a bar shows how far it is."""
    err = console(stderr=True)
    if not err.is_terminal:
        yield lambda articles: None
        return
    start = first_id(store, since)
    total = 0 if start is None else store.archive.count(start) * rounds
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("articles", total=total)
        yield lambda articles: progress.advance(task, articles)
