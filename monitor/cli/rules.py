"""`monitor rules …`: check rule files, run the tests in them, try them on articles, and say why a rule holds or not.

Owns arguments, exit codes and the order of the output. Exit 0 ok, 1 a finding or a failed test, 2 wrong usage or rule
files that do not load (for `check` those are findings).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from monitor.cli import rules_aliases, rules_archive
from monitor.cli.article_files import BadLine, FileArticle, read_articles
from monitor.cli.output import console, counted, print_table
from monitor.cli.rules_options import DEFAULT_FOLDER, AsJson, RulesFolder
from monitor.cli.rules_report import ReportFormat, as_github, as_json, as_sarif, lines_of, print_text
from monitor.cli.rules_show import match_record, print_explanation, print_match, print_near_misses, record_of
from monitor.cli.stored_article import stored_document
from monitor.desks.excerpt import one_line
from monitor.errors import InputError, RuleBookError
from monitor.model import Feed
from monitor.rules.book import RuleBook
from monitor.rules.explaining.explain import Explainer, Explanation, Inquiry, NearMiss
from monitor.rules.files.guess import did_you_mean
from monitor.rules.files.load import load, load_rule_book
from monitor.rules.files.schema import schema_text
from monitor.rules.lint.checks import CHECKS, lint
from monitor.rules.lint.findings import Level
from monitor.rules.matching.matcher import Matcher
from monitor.rules.tuning.selftest import FileReader, TestOutcome, document_of_text, run_tests
from monitor.text.document import Document, document_of

app = typer.Typer(name="rules", help="Rules: check, test, explain, and try on stored news.", no_args_is_help=True)

app.add_typer(rules_archive.app)
app.add_typer(rules_aliases.app)


@app.command()
def check(
    *,
    rules: RulesFolder = DEFAULT_FOLDER,
    form: Annotated[ReportFormat, typer.Option("--format", help="How to say it.")] = ReportFormat.TEXT,
    json_: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as findings: exit 1.")] = False,
    notes: Annotated[bool, typer.Option("--notes", help="Show notes too.")] = False,
    codes: Annotated[bool, typer.Option("--codes", help="List what is looked for, and stop.")] = False,
) -> None:
    """Report every mistake in the rule files, and what is unwise.

    A finding is silenced by a comment on its line or the line above: `# lint: allow T101 reason`.
    """
    if codes:
        _print_codes(json_=json_)
        return
    idle = ""
    try:
        loaded = load(rules)
    except RuleBookError as error:
        lines = lines_of(error.problems, ())
        summary = f"{rules}: no rule book"
    else:
        lines = lines_of((), lint(loaded))
        book = loaded.book
        counts = {
            "feed": book.feeds,
            "actor": book.actors,
            "lexicon": book.lexicons,
            "rule": book.rules,
            "desk": book.desks,
        }
        summary = f"{rules}: " + ", ".join(counted(len(entries), noun) for noun, entries in counts.items())
        if lacking := [f"no {noun}" for noun in ("feed", "rule", "desk") if not counts[noun]]:
            idle = f"nothing is watched, for there is {' and '.join(lacking)}"
    match ReportFormat.JSON if json_ else form:
        case ReportFormat.TEXT:
            print_text(lines, with_notes=notes, summary=summary, idle=idle)
        case ReportFormat.JSON:
            _write(as_json(lines))
        case ReportFormat.GITHUB:
            shown = [line for line in lines if notes or line.level is not Level.INFO]
            sys.stdout.write(as_github(shown))
        case ReportFormat.SARIF:
            _write(as_sarif(lines, CHECKS))
    fatal = (Level.ERROR, Level.WARNING) if strict else (Level.ERROR,)
    raise typer.Exit(1 if any(line.level in fatal for line in lines) else 0)


@app.command("test")
def run_file_tests(
    rule_ids: Annotated[list[str] | None, typer.Argument(metavar="[RULE]…", help="Only these rules.")] = None,
    rules: RulesFolder = DEFAULT_FOLDER,
    json_: AsJson = False,
) -> None:
    """Run the tests that stand in the rule files. A failure says which clause failed."""
    book = load_rule_book(rules)
    wanted = _known(book, rule_ids) if rule_ids else list(book.rules)
    total = sum(len(book.rules[id_].tests) for id_ in wanted)
    outcomes = list(_with_progress(run_tests(book, wanted, read_file=_documents(book)), total))
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if json_:
        _write(json.dumps([_test_record(outcome) for outcome in outcomes], ensure_ascii=False, indent=2))
    else:
        for outcome in failed:
            _print_failure(outcome)
        untested = [id_ for id_ in wanted if not book.rules[id_].tests]
        passed = len(outcomes) - len(failed)
        of_all = f"{passed} of {counted(len(outcomes), 'test')} passed, {counted(len(wanted), 'rule')}"
        console().print(Text(of_all))
        if untested:
            console().print(Text(f"without tests: {', '.join(untested)}"))
    raise typer.Exit(1 if failed else 0)


@app.command()
def match(
    files: Annotated[list[str], typer.Argument(metavar="FILE…|-", help="Articles: JSON lines, text or HTML.")],
    rules: RulesFolder = DEFAULT_FOLDER,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """Print the rules that hold for articles in plain files. Each with the spans that show it.

    Spans count code points of what was given: the line's title, text or html, or the file. Each match is printed as
    soon as it is found. A bad line is reported with its place and the rest goes on; the exit code is then 1.
    """
    matcher = Matcher(load_rule_book(rules))
    out = console()
    articles = matched = bad = faults = 0
    for fault in matcher.faults:
        typer.echo(f"rule {fault.rule_id} is muted: {fault.because}", err=True)
        faults += 1
    for found in read_articles(files):
        if isinstance(found, BadLine):
            typer.echo(f"{found.place}: {found.why}", err=True)
            bad += 1
            continue
        articles += 1
        result = matcher.match(_document(found, matcher.book.feeds))
        matched += bool(result.matches)
        for each in result.matches:
            if json_:
                _write(json.dumps(match_record(found, each), ensure_ascii=False))
            else:
                print_match(out, found, each)
        sys.stdout.flush()
        for fault in result.faults:
            typer.echo(f"{found.id}: rule {fault.rule_id} is muted: {fault.because}", err=True)
            faults += 1
    if not json_:
        spoilt = f"; {counted(bad, 'bad line')}" if bad else ""
        typer.echo(f"{matched} of {counted(articles, 'article')} matched{spoilt}", err=True)
    raise typer.Exit(1 if bad or faults else 0)


@app.command()
def explain(
    rule_id: Annotated[str, typer.Argument(metavar="RULE|all", help="A rule's id, or all.")],
    *,
    text: Annotated[str | None, typer.Option("--text", help="A text; of several lines the first is the title.")] = None,
    file: Annotated[str | None, typer.Option("--file", help="Articles: JSON lines, text or HTML; - for stdin.")] = None,
    article: Annotated[int | None, typer.Option("--article", metavar="ID", help="A stored article, by its id.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="A stored article, by its address.")] = None,
    rules: RulesFolder = DEFAULT_FOLDER,
    full: Annotated[bool, typer.Option("--full", help="Every clause, also those that did not matter.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """Say why a rule holds for a text or not, clause by clause. For a miss, also which rules come nearest."""
    if sum(each is not None for each in (text, file, article, url)) != 1:
        raise typer.BadParameter("give one of --text, --file, --article and --url")
    book = load_rule_book(rules)
    if rule_id != "all":
        _known(book, [rule_id])
    explainer = Explainer(book)
    bad = 0
    is_stored = article is not None or url is not None
    for name, document in [stored_document(article, url)] if is_stored else _asked(book, text, file):
        if isinstance(document, str):
            typer.echo(f"{name}: {document}", err=True)
            bad += 1
            continue
        inquiry = explainer.read(document)
        explanations = (inquiry.explain(id_) for id_ in (inquiry.holding if rule_id == "all" else [rule_id]))
        if json_:
            shown = list(explanations)
            _write(json.dumps(record_of(name, shown, _nearest(inquiry, rule_id, shown)), ensure_ascii=False))
            continue
        shown = []
        for explanation in explanations:
            print_explanation(name, explanation, document, in_full=full)
            shown.append(explanation)
        if not shown:
            console().print(Text(f"{one_line(name)}: no rule holds", style="bold"))
        print_near_misses(_nearest(inquiry, rule_id, shown))
    raise typer.Exit(1 if bad else 0)


def _nearest(inquiry: Inquiry, rule_id: str, shown: Sequence[Explanation]) -> list[NearMiss]:
    """Return the rules that nearly hold, where that is asked for: of all, or where the one that was named does not."""
    if rule_id == "all":
        return inquiry.nearest()
    if any(each.holds for each in shown):
        return []
    return [miss for miss in inquiry.nearest() if miss.rule_id != rule_id]


@app.command()
def schema() -> None:
    """Print the JSON schema of rule files, for editors. It stands in rules/rules.schema.json."""
    sys.stdout.write(schema_text())


def _print_codes(*, json_: bool) -> None:
    if json_:
        listed = [{"code": each.code, "level": each.level, "title": each.title, "fix": each.fix} for each in CHECKS]
        _write(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        rows = [(each.code, each.level, each.title, each.fix) for each in CHECKS]
        print_table(("code", "level", "what it looks for", "fix"), rows, empty="")


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")


def _known(book: RuleBook, rule_ids: Iterable[str]) -> list[str]:
    """Return the ids as they are, or say which of them is no rule."""
    ids = list(dict.fromkeys(rule_ids))
    for id_ in ids:
        if id_ not in book.rules:
            raise typer.BadParameter(f"there is no rule {id_!r}{did_you_mean(id_, book.rules)}")
    return ids


def _document(found: FileArticle, feeds: Mapping[str, Feed]) -> Document:
    """Read an article for matching, with what its feed says of it."""
    article = found.article
    feed = feeds.get(article.feed_id)
    if feed is None:
        return document_of(article)
    return document_of(replace(article, language=article.language or feed.language), tags=feed.tags)


def _documents(book: RuleBook) -> FileReader:
    def read(path: Path) -> Iterator[tuple[str, Document | str]]:
        try:
            for found in read_articles([str(path)]):
                if isinstance(found, BadLine):
                    yield found.place, found.why
                else:
                    yield str(found.id), _document(found, book.feeds)
        except InputError as error:
            yield str(path), str(error)

    return read


def _asked(book: RuleBook, text: str | None, file: str | None) -> Iterator[tuple[str, Document | str]]:
    if text is not None:
        yield "text", document_of_text(text)
    elif file is not None:
        for found in read_articles([file]):
            if isinstance(found, BadLine):
                yield found.place, found.why
            else:
                yield str(found.id), _document(found, book.feeds)


def _with_progress(outcomes: Iterator[TestOutcome], total: int) -> Iterator[TestOutcome]:
    """Pass outcomes on; on a terminal a bar shows how far it is."""
    err = console(stderr=True)
    if not err.is_terminal:
        yield from outcomes
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("tests", total=total)
        for outcome in outcomes:
            progress.update(task, advance=1, description=outcome.rule.id)
            yield outcome


def _test_record(outcome: TestOutcome) -> dict[str, object]:
    place = outcome.test.place
    return {
        "rule": outcome.rule.id,
        "expect": "match" if outcome.test.expect_match else "skip",
        "text": outcome.test.title or outcome.test.text,
        "passed": outcome.passed,
        "because": outcome.because,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def _print_failure(outcome: TestOutcome) -> None:
    place = outcome.test.place
    where = f"{place.file}:{place.line}:{place.column}: " if place else ""
    verb = "must match" if outcome.test.expect_match else "must not match"
    out = console()
    out.print(Text(f"{where}{outcome.rule.id} {verb}:", style="bold red"), soft_wrap=True)
    if outcome.document is not None and outcome.explanation is not None:
        print_explanation("", outcome.explanation, outcome.document)
    else:
        out.print(Text(f"    {outcome.test.title or outcome.test.text}"), soft_wrap=True)
        out.print(Text(f"    {outcome.because}"), soft_wrap=True)
