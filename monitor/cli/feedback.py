"""`monitor feedback …`: what people said of stories, and tests of rules made of it.

Owns arguments, the order of the output and the writing of the one rule file; what is chosen of an article is
`rules.tuning.examples`, and where it goes `rules.files.insertion`.
"""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.output import console, counted, print_json, print_lines, print_table
from monitor.cli.rules_options import DEFAULT_FOLDER, AsJson, RulesFolder
from monitor.cli.since import Since, begin_of
from monitor.desks.excerpt import one_line
from monitor.model import Article, Feedback, FeedbackKind
from monitor.rules.book import RuleBook, RuleTest
from monitor.rules.files.folder import RuleFile, read_rule_files
from monitor.rules.files.guess import did_you_mean
from monitor.rules.files.insertion import with_tests
from monitor.rules.files.load import load_files
from monitor.rules.tuning.examples import Example, Standing, examples, judged_stories
from monitor.rules.tuning.selftest import TestOutcome, run_tests
from monitor.settings import load_settings
from monitor.store.sqlite import SqliteStore, open_store

app = typer.Typer(
    name="feedback",
    help="What people said of stories, and tests made of it.",
    no_args_is_help=True,
)

_BOM = "\ufeff".encode()


@app.command("list")
def list_feedback(
    *,
    rule: Annotated[str | None, typer.Option(help="Only of stories that this rule told.")] = None,
    desk: Annotated[str | None, typer.Option(help="Only of this desk.")] = None,
    since: Since = "30d",
    json_: AsJson = False,
) -> None:
    """List what people said, oldest first. Every word is kept; of a person's words on a story the last one counts."""
    begin = begin_of(since, datetime.now(UTC))
    with open_store(load_settings().database, read_only=True) as store:
        said = [each for each in store.feedback.since(begin) if desk in (None, each.desk_id)]
        rules = {each.id: _rules_told(store, each) for each in said}
        articles = store.articles.get({each.article_id for each in said})
    said = [each for each in said if rule is None or rule in rules[each.id]]
    if json_:
        print_json([_record(each, rules[each.id], articles[each.article_id]) for each in said])
        return
    print_table(
        ("at", "desk", "said", "who", "through", "story", "rules", "headline"),
        [
            (
                each.at,
                each.desk_id,
                each.kind,
                one_line(each.who),
                each.through,
                each.story_id,
                ", ".join(rules[each.id]),
                one_line(articles[each.article_id].title),
            )
            for each in said
        ],
        empty="nobody said anything",
    )


@app.command("tests")
def make_tests(
    rule_id: Annotated[str, typer.Argument(metavar="RULE", help="The rule that told the stories.")],
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Put the tests into the rule file; without it, show them.")
    ] = False,
    since: Since = "90d",
    rules: RulesFolder = DEFAULT_FOLDER,
) -> None:
    """Make tests of a rule from what people said of its stories. Relevant: must match; not relevant: must not.

    Each is as short as the rule lets it be, and none is put in twice. Where people differ, none is made. Shows what
    changes in the rule file, and whether the rule passes; exit 1 when it does not.
    """
    begin = begin_of(since, datetime.now(UTC))
    files, problems = read_rule_files(rules)
    loaded = load_files(files, problems)
    book = loaded.book
    if rule_id not in book.rules:
        raise typer.BadParameter(f"there is no rule {rule_id!r}{did_you_mean(rule_id, book.rules)}")
    found = _examples(book, rule_id, begin)
    new = [example.test for example in found.examples if example.standing is Standing.NEW]
    _print_others(found)
    if not new:
        console().print(Text(f"no new test for {rule_id}"))
        return
    before = next(file for file in files if file.name == loaded.place("rules", rule_id).file)
    after = _with(before, rule_id, new)
    _print_difference(before, after)
    tried = load_files([after if file is before else file for file in files]).book
    outcomes = _outcomes(tried, rule_id, new)
    if write:
        _replace(after)
    failed = _print_outcomes(outcomes)
    done = "written" if write else "nothing is written without --write"
    typer.echo(f"{counted(len(new), 'test')} for {before.name}: {done}")
    raise typer.Exit(1 if failed else 0)


@dataclass(frozen=True, slots=True)
class _Found:
    examples: Sequence[Example]
    disputed: Sequence[int]
    """Stories on which people differ."""


def _examples(book: RuleBook, rule_id: str, begin: datetime) -> _Found:
    with open_store(load_settings().database, read_only=True) as store:
        said = store.feedback.since(begin)
        alerts = [alert for story_id in {each.story_id for each in said} for alert in store.alerts.told(story_id)]
        told = [alert for alert in alerts if alert.digest_id is not None]
        judged = judged_stories(rule_id, told, said)
        ids = {article_id for each in judged for article_id in each.article_ids}
        articles, matches = store.articles.get(ids), store.articles.matches(ids)
    made = examples(book, book.rules[rule_id], judged, articles=articles, matches=matches)
    return _Found(list(made), [each.story_id for each in judged if each.is_relevant is None])


def _print_others(found: _Found) -> None:
    """Say what gives no new test, and why."""
    lines = [f"story {story_id}: people differ" for story_id in found.disputed]
    for example in found.examples:
        where = f" ({example.place.file}:{example.place.line})" if example.place else ""
        if example.standing is Standing.KNOWN:
            lines.append(f"story {example.story_id}: is a test already{where}")
        elif example.standing is Standing.CONTRARY:
            said = "relevant" if example.test.expect_match else "not relevant"
            lines.append(f"story {example.story_id}: people say {said}, and a test says the opposite{where}")
    print_lines(lines)


def _with(file: RuleFile, rule_id: str, new: Sequence[RuleTest]) -> RuleFile:
    text = with_tests(file.name, file.data.decode("utf-8-sig"), rule_id, new)
    return replace(file, data=(_BOM if file.data.startswith(_BOM) else b"") + text.encode())


def _print_difference(before: RuleFile, after: RuleFile) -> None:
    old, new = (file.data.decode("utf-8-sig").splitlines() for file in (before, after))
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in difflib.unified_diff(old, new, before.name, before.name, lineterm=""):
        console().print(Text(line, style=styles.get(line[:1], "")), soft_wrap=True)


def _outcomes(book: RuleBook, rule_id: str, new: Sequence[RuleTest]) -> list[TestOutcome]:
    """Run the new tests, by the rules as they are."""
    rule = replace(book.rules[rule_id], tests=tuple(new))
    tried = replace(book, rules={**book.rules, rule_id: rule})
    return list(run_tests(tried, [rule_id], read_file=lambda path: ()))


def _print_outcomes(outcomes: Iterable[TestOutcome]) -> int:
    """Say of each whether the rule passes, and return how many it does not."""
    failed = 0
    for outcome in outcomes:
        what = "must match" if outcome.test.expect_match else "must not match"
        shown = one_line(outcome.test.title or outcome.test.text)
        if outcome.passed:
            print_lines([Text(f"passes, {what}: {shown}", style="green")])
        else:
            failed += 1
            print_lines([Text(f"fails, {what}: {shown}", style="bold red"), f"    {one_line(outcome.because)}"])
    return failed


def _replace(file: RuleFile) -> None:
    """Write a rule file so that it is whole at any moment: a daemon may read it just now."""
    target = Path(file.name).resolve()
    part = target.with_name(target.name + ".part")
    part.write_bytes(file.data)
    shutil.copymode(target, part)
    part.replace(target)


def _rules_told(store: SqliteStore, said: Feedback) -> list[str]:
    """Return the rules by which a desk was told of a story."""
    alerts = store.alerts.told(said.story_id)
    return sorted({rule_id for alert in alerts if alert.desk_id == said.desk_id for rule_id in alert.rule_ids})


def _record(said: Feedback, rules: Sequence[str], article: Article) -> dict[str, object]:
    return {
        "at": said.at,
        "desk": said.desk_id,
        "said": said.kind.value,
        "judges": said.kind is not FeedbackKind.CLAIM,
        "who": said.who,
        "through": said.through.value,
        "story": said.story_id,
        "article": said.article_id,
        "rules": list(rules),
        "headline": article.title,
        "url": article.url,
    }
