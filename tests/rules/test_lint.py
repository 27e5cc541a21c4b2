"""Lint: each code fires on what it is for, and keeps silent beside it."""

from __future__ import annotations

import pytest

from monitor.rules.book import Place
from monitor.rules.lint.checks import CHECKS, lint, worst
from monitor.rules.lint.findings import Finding, Level
from tests.rules.rulefiles import loaded

DESK = "desks: [{id: d, every: 1h, immediate: [urgent], channels: [{email: a@example.org}]}]\n"


def rule(query: str, more: str = "", id_: str = "r") -> str:
    quoted = query.replace("'", "''")
    return f"rules:\n  - {{id: {id_}, title: Title of {id_}, query: '{quoted}'{more}}}\n"


def rules(*entries: str) -> str:
    return DESK + "rules:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


def actor(aliases: str, more: str = "", id_: str = "a", name: str = "Name") -> str:
    return f"actors:\n  {id_}: {{name: {name}, aliases: {aliases}{more}}}\n"


def actors(*entries: str) -> str:
    return "actors:\n" + "".join(f"  {entry}\n" for entry in entries)


def lexicon(*terms: str) -> str:
    return "lexicons:\n  l:\n" + "".join(f'    - "{term}"\n' for term in terms)


def feed(url: str, more: str = "") -> str:
    return f'feeds:\n  - {{id: f, url: "{url}", language: en-GB, tags: [asia]{more}}}\n'


def desk(more: str) -> str:
    return f"desks:\n  - {{id: d, channels: [{{email: [a@example.org]}}], {more}}}\n"


HTTPS = "https://feeds.example/home"
TWO_DESKS = (
    "desks:\n  - {id: d, every: 1h, channels: [{email: a@example.org}]}\n"
    "  - {id: e, every: 1h, channels: [{email: A@example.org}]}\n"
)

CASES = {
    # code: (files that make it fire, files that do not)
    "F101": (
        'feeds: [{id: f, url: "https://www.feeds.example/home/"}, {id: g, url: "http://feeds.example/home"}]\n',
        'feeds: [{id: f, url: "https://feeds.example/home"}, {id: g, url: "https://feeds.example/world"}]\n',
    ),
    "F102": (feed(f"{HTTPS}?token=0123456789abcdef"), feed(f"{HTTPS}?page=0123456789abcdef")),
    "F103": (
        feed(HTTPS, ", every: 10s"),
        feed("http://127.0.0.1:8000/", ", every: 10s") + feed(HTTPS).replace("feeds:\n", "").replace("id: f", "id: g"),
    ),
    "F104": (feed("http://feeds.example/"), feed("http://localhost:8000/")),
    "A101": (actor("[TTP]"), actor("[{text: TTP, needs: [taliban]}, Taliban]")),
    "A102": (actor("[{text: TTP, needs: [taliban]}]"), actor("[{text: TTP, case: exact}]")),
    "A103": (
        actor("[Fitna al-Khawarij, fitna al khawarij]"),
        actor("[{text: Fitna, until: 2020-01-01}, {text: Fitna, from: 2024-01-01}, {text: FITNA, case: exact}]"),
    ),
    "A104": (
        actors("a: {name: A, aliases: [Taliban]}", "b: {name: B, aliases: [taliban]}"),
        actors("a: {name: A, aliases: [{text: Taliban, bare: true}]}", "b: {name: B, aliases: [Afghan Taliban]}"),
    ),
    "A105": (actor("[Group One]", ", lookalikes: [group one]"), actor("[Group One]", ", lookalikes: [Group One Bank]")),
    "A106": (actor("[Group]"), actor("[NAME]")),
    "A107": (actor("[Group]"), actor("[Group]") + rule("actor:a")),
    "A108": (
        actor("[Group]", ", members: true"),
        actors("a: {name: A, aliases: [Group], members: true}", "b: {name: B, aliases: [Part], parents: [a]}"),
    ),
    "A109": (
        actors("a: {name: A, aliases: [Group]}", "b: {name: B, aliases: [Part], parents: [a]}"),
        actors("a: {name: A, aliases: [Group], members: true}", "b: {name: B, aliases: [Part], parents: [a]}"),
    ),
    "A110": (actor("[{text: Group, needs: [x], within: 1}]"), actor("[{text: Group, needs: [x], within: 10}]")),
    "T101": (lexicon("UN"), lexicon("和", "U.N. mission")),
    "T102": (lexicon("mil*"), lexicon("milit*")),
    "T103": (lexicon("Talib\u0430n"), lexicon("Taliban", "طالبان", "Талибан")),
    "T104": (lexicon("ceasefire", "Ceasefire"), lexicon("ceasefire", "ceasefire*")),
    "T105": (lexicon("ceasefire", "cease*"), lexicon("ceasefire", "truce*")),
    "T106": (lexicon("truce OR peace"), lexicon("trick or treat", "Jamaat (Ahrar)")),
    "T107": (lexicon("cease*fire"), lexicon("ceasefire*")),
    "T108": (lexicon("truce\u200b"), lexicon("آتش\u200cبس")),
    "T109": (rule("the AND truce"), rule('"the truce"')),
    "L101": (lexicon("truce"), lexicon("truce") + rule("lexicon:l")),
    "Q101": (rule("truce AND NOT (truce OR peace)"), rule("truce AND NOT peace")),
    "Q102": (rule('truce OR NOT "truce talks"'), rule('"truce talks" OR NOT truce')),
    "Q103": (rule("truce OR NOT peace"), rule("truce AND NOT peace")),
    "Q104": (rule("truce AND (truce OR peace)"), rule("truce AND (talks OR peace)")),
    "Q105": (rule("truce OR (NOT truce AND peace)"), rule("truce AND NOT peace")),
    "Q106": (rule("/(a+)+b/"), rule("/(ab?)+c/")),
    "Q107": (rule("/.*truce/"), rule("/truce.{1,9}talks/")),
    "Q108": (rule(r"/\btruce talks\b/"), rule("/truces?/")),
    "Q109": (rule("truce NEAR/200 peace"), rule("truce NEAR/20 peace")),
    "Q110": (feed(HTTPS) + rule("truce AND feed:g"), feed(HTTPS) + rule("truce AND feed:f")),
    "Q111": (feed(HTTPS) + rule("truce AND tag:africa"), feed(HTTPS) + rule("truce AND tag:asia")),
    "Q112": (feed(HTTPS) + rule("truce AND lang:ur"), feed(HTTPS) + rule("truce AND lang:en")),
    "Q113": (rule('exact:"جنگ بندی"'), rule('exact:"Truce"')),
    "Q114": (rule("ATLEAST/1 truce"), rule("ATLEAST/2 truce")),
    "Q115": (rule("TTP AND peace"), rule('exact:"TTP" AND peace')),
    "Q116": (rule('exact:"TTP" OR truce'), rule('exact:"TTP" AND truce')),
    "R101": (rule("truce"), rule("truce", ", tests: {match: [truce]}")),
    "R102": (rule("truce", ", tests: {match: [truce]}"), rule("truce", ", tests: {match: [truce], skip: [peace]}")),
    "R103": (
        rule("truce"),
        rules("id: part, title: P, query: truce", "id: whole, title: W, query: 'rule:part AND peace', desks: [d]"),
    ),
    "R104": (
        rules("id: one, title: O, query: a AND b", "id: two, title: T, query: '(b) AND a'"),
        rules("id: one, title: O, query: a AND b", "id: two, title: T, query: a OR b"),
    ),
    "R105": (
        rules(
            "id: wide, title: W, query: truce, desks: [d]", "id: narrow, title: N, query: truce AND peace, desks: [d]"
        ),
        rules(
            "id: wide, title: W, query: truce, desks: [d]",
            "id: narrow, title: N, query: truce AND peace, desks: [d], severity: high",
        ),
    ),
    "R106": (rule("x", ", tests: {match: [one], skip: [one]}"), rule("x", ", tests: {match: [one], skip: [two]}")),
    "R107": (
        rule("x", ", tests: {match: [one, one]}"),
        rule("x", ", tests: {match: [one, {text: one, feed: f}]}") + feed(HTTPS),
    ),
    "R108": (
        rules("id: r, title: R, evidence: [{query: a, weight: 0}, {query: b, weight: 2}], min_score: 2"),
        rules("id: r, title: R, evidence: [{query: a, weight: -1}, {query: b, weight: 2}], min_score: 2"),
    ),
    "R109": (
        rules("id: r, title: R, evidence: [{query: a, weight: 2}, {query: b, weight: 2}], min_score: 2"),
        rules("id: r, title: R, evidence: [{query: a, weight: 1}, {query: b, weight: 2}], min_score: 2"),
    ),
    "R110": (
        rules("id: one, title: Same, query: a", "id: two, title: same, query: b"),
        rules("id: one, title: Same, query: a", "id: two, title: Other, query: b"),
    ),
    "R111": (
        rules("id: one, title: O, query: a", "id: two, title: T, query: rule:one"),
        rules("id: one, title: O, query: a", "id: two, title: T, query: rule:one AND b"),
    ),
    "D101": (desk("every: 1h"), desk("every: 1h") + rule("truce", ", desks: [d]")),
    "D102": (
        desk('digests: ["05:30", "06:00"], quiet_hours: "23:00-06:00"'),
        desk('digests: ["06:00", "22:59"], quiet_hours: "23:00-06:00"'),
    ),
    "D103": (
        "desks:\n  - {id: d, every: 1h, channels: [{email: [a@example.org]}, {email: [A@example.org]}]}\n",
        "desks:\n  - {id: d, every: 1h, channels: [{email: [a@example.org, b@example.org]}]}\n",
    ),
    "D104": (desk("every: 1h, immediate: [normal]"), desk("every: 1h, immediate: [high]")),
    "D105": (
        desk("every: 1h") + rule("truce", ", desks: [d], severity: urgent"),
        desk("every: 1h, immediate: [urgent]") + rule("truce", ", desks: [d], severity: urgent"),
    ),
    "D106": (desk('digests: ["07:00", "7:00"]'), desk('digests: ["07:00", "08:00"]')),
    "D107": (
        TWO_DESKS + rule("truce", ", desks: [d, e]"),
        TWO_DESKS
        + rules("id: r, title: R, query: x, desks: [d]", "id: s, title: S, query: y, desks: [e]").replace(DESK, ""),
    ),
}


def found(text: str) -> list[Finding]:
    return lint(loaded(text))


def codes(text: str) -> set[str]:
    return {finding.code for finding in found(text)}


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_check_fires_on_what_it_is_for(code: str) -> None:
    """There is a place, a message and a fix."""
    findings = [finding for finding in found(CASES[code][0]) if finding.code == code]
    assert findings
    assert all(finding.message and finding.fix.endswith(".") for finding in findings)
    assert all(finding.place.line >= 1 and finding.place.column >= 1 for finding in findings)


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_check_keeps_silent_beside_it(code: str) -> None:
    """What is nearly the same, and fine, is left alone."""
    assert code not in codes(CASES[code][1])


def test_every_check_has_a_case_and_every_code_is_one_check() -> None:
    """No code is given twice; the table above misses none."""
    listed = [check.code for check in CHECKS]
    assert sorted(listed) == sorted(CASES)
    assert len(listed) >= 25
    assert all(check.title and check.fix for check in CHECKS)


def test_a_finding_stands_where_the_cursor_should_go() -> None:
    """A term in a folded query has its own column."""
    (finding,) = (
        each
        for each in found("rules:\n  - id: r\n    title: R\n    query: >-\n      truce\n      AND tag:none\n")
        if each.code == "Q111"
    )
    assert finding.place == Place("a.yaml", 6, 11)
    assert str(finding).startswith("a.yaml:6:11: warning Q111: no feed has the tag 'none' (")


def test_a_comment_allows_a_finding_on_its_line_or_the_line_above() -> None:
    """And only the codes it names, there."""
    text = """\
        lexicons:
          l:
            - mil*  # lint: allow T102, T101 the Mil party
            # lint: allow T102 also
            - pol*
            - gen*
        """
    lines = [finding.place.line for finding in found(text) if finding.code == "T102"]
    assert lines == [6]


def test_findings_come_in_the_order_of_files_and_lines() -> None:
    """Whatever order the checks run in."""
    findings = found(CASES["R105"][0] + lexicon("UN", "mil*"))
    places = [(finding.place.file, finding.place.line, finding.place.column) for finding in findings]
    assert places == sorted(places)
    assert worst(findings) is Level.WARNING
    assert worst([]) is None


def test_hostile_books_are_linted_in_time() -> None:
    """A query of many atoms is not tried out, and ten thousand rules do not meet each other."""
    many = " AND ".join(f"(w{n} OR v{n})" for n in range(60))
    listed = "".join(
        f"  - {{id: r{n}, title: R{n}, query: word{n} AND other{n % 7}, desks: [d]}}\n" for n in range(1500)
    )
    assert "R105" not in codes(DESK + f"rules:\n  - {{id: big, title: B, query: '{many}'}}\n" + listed)


def test_long_chains_of_rules_are_linted_without_recursion() -> None:
    """Eleven hundred rules, each on the one before."""
    chain = "".join(f"  - {{id: r{n}, title: R{n}, query: rule:r{n - 1} AND w{n}}}\n" for n in range(1, 1100))
    assert "R103" in codes(DESK + "rules:\n  - {id: r0, title: R0, query: word}\n" + chain)
