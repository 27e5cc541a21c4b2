"""`monitor rules aliases`: other spellings of an actor's names, for the operator to accept, as lines for a rule file.

Owns arguments, exit codes and layout; which spellings are proposed is decided by `rules.variants`. Nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.output import console, print_json
from monitor.cli.rules_options import DEFAULT_FOLDER, AsJson, RulesFolder
from monitor.rules.book import Actor, Alias, RuleBook
from monitor.rules.files.guess import did_you_mean
from monitor.rules.files.load import load_rule_book
from monitor.rules.tuning.census import Census
from monitor.rules.tuning.suggest import yaml_text
from monitor.rules.tuning.variants import Variant, Variants, variants_of
from monitor.settings import load_settings
from monitor.store.sqlite import open_store
from monitor.text.document import document_of
from monitor.text.words import fold_term
from monitor.workbench.history import stored_articles

app = typer.Typer()

_INDENT = "      "
"""Where an alias stands in a rule file as the shipped ones are laid out."""
_LOOKED_BACK = timedelta(days=365)


@app.command()
def aliases(
    actor_id: Annotated[str | None, typer.Argument(metavar="[ACTOR]", help="An actor of the rule files.")] = None,
    *,
    text: Annotated[
        str | None, typer.Option("--text", help="Spell this name, in place of the actor's aliases.")
    ] = None,
    archive: Annotated[bool, typer.Option("--archive", help="Count the stored articles of a year with each.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="How many are printed; 0: all.")] = 40,
    rules: RulesFolder = DEFAULT_FOLDER,
    json_: AsJson = False,
) -> None:
    """Propose spellings of an actor's names that no alias covers. Each with the habit that makes it.

    A spelling that is a lookalike, or an alias of another actor, is refused and says so. Nothing matches by likeness:
    what is not accepted into a rule file is not looked for.
    """
    if actor_id is None and text is None:
        raise typer.BadParameter("give an actor, or a name with --text")
    book = load_rule_book(rules)
    found = variants_of(_asked(book, actor_id, text), book.actors.values())
    stored = _stored(found.proposed) if archive else None
    proposed = found.proposed
    if stored is not None:
        proposed = tuple(sorted(proposed, key=lambda each: -stored[each.alias.text]))
    if json_:
        print_json(_record(proposed, found, stored))
    else:
        _print(proposed[: limit or None], found, stored)


def _asked(book: RuleBook, actor_id: str | None, text: str | None) -> Actor:
    """Return whom to name anew; a bare text that is an actor's alias stands for that actor's name."""
    if actor_id is not None and actor_id not in book.actors:
        raise typer.BadParameter(f"there is no actor {actor_id!r}{did_you_mean(actor_id, book.actors)}")
    if text is None:
        assert actor_id is not None
        return book.actors[actor_id]
    if not fold_term(text):
        raise typer.BadParameter(f"{text!r} holds no word")
    owners = (
        each for each in book.actors.values() if any(fold_term(alias.text) == fold_term(text) for alias in each.aliases)
    )
    actor = book.actors[actor_id] if actor_id is not None else next(owners, Actor("", text, ()))
    return replace(actor, aliases=(Alias(text),))


def _stored(proposed: Sequence[Variant]) -> Mapping[str, int]:
    """Return by spelling how many stored articles have it, whatever else its alias asks for."""
    asked = Actor("variants", "", tuple(Alias(each.alias.text, exact=each.alias.exact) for each in proposed))
    census = Census(RuleBook(actors={asked.id: asked}))
    counts = dict.fromkeys((each.alias.text for each in proposed), 0)
    with open_store(load_settings().database, read_only=True) as store:
        for article in stored_articles(store, datetime.now(UTC) - _LOOKED_BACK):
            for number in census.standing(document_of(article)):
                counts[census.terms[number].term] += 1
    return counts


def _print(shown: Sequence[Variant], found: Variants, stored: Mapping[str, int] | None) -> None:
    out = console()
    for each in shown:
        line = Text(_INDENT).append(yaml_line(each.alias), style="bold green")
        count = "" if stored is None else f"; in {stored[each.alias.text]} stored articles"
        line.append(f"  # {each.because}, of {each.of}{count}", style="dim")
        out.print(line, soft_wrap=True)
    for refusal in found.refused:
        out.print(Text(f"not {refusal.text}: {refusal.because}", style="yellow"), soft_wrap=True)
    if not found.proposed:
        out.print(Text("no further spelling: every one that is known of is covered"))
    elif len(shown) < len(found.proposed):
        out.print(Text(f"… and {len(found.proposed) - len(shown)} more (--limit 0 shows all)", style="dim"))


def _record(proposed: Sequence[Variant], found: Variants, stored: Mapping[str, int] | None) -> dict[str, object]:
    def one(each: Variant) -> dict[str, object]:
        told: dict[str, object] = {
            "text": each.alias.text,
            "of": each.of,
            "because": each.because,
            "yaml": yaml_line(each.alias),
        }
        return told if stored is None else {**told, "articles": stored[each.alias.text]}

    return {
        "proposed": [one(each) for each in proposed],
        "refused": [{"text": each.text, "of": each.of, "because": each.because} for each in found.refused],
    }


def yaml_line(alias: Alias) -> str:
    """Return the line of a rule file that adds an alias with all it asks for."""
    text = yaml_text(alias.text)
    asked = []
    if alias.exact:
        asked.append("case: exact")
    if alias.needs:
        asked.append(f"needs: [{', '.join(json.dumps(term, ensure_ascii=False) for term in alias.needs)}]")
    if alias.within is not None:
        asked.append(f"within: {alias.within}")
    asked += [f"{key}: {day}" for key, day in (("from", alias.valid_from), ("until", alias.valid_until)) if day]
    if alias.bare:
        asked.append("bare: true")
    if not asked:
        return f"- {text}"
    quoted = json.dumps(alias.text, ensure_ascii=False) if any(sign in alias.text for sign in ",[]{}") else text
    return f"- {{text: {quoted}, {', '.join(asked)}}}"
