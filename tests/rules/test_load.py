"""Rule files to a rule book: the full format, every mistake at its place, and what one entry says of another."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.errors import Problem, RuleBookError
from monitor.model import AppriseChannel, Desk, EmailChannel, Feed, Severity, SlackChannel, Takes, WebhookChannel
from monitor.rules.book import Actor, Alias, Lexicon, Place, RuleBook, RuleTest
from monitor.rules.files.folder import RuleFile
from monitor.rules.files.load import MAX_GUESSES, load_files, load_rule_book
from monitor.rules.language.parser import parse
from tests.rules.rulefiles import DESK, loaded, problems_of, written

FULL = """\
feeds:
  - {id: dawn, name: Dawn, url: "https://feeds.example/home", language: en, tags: [pakistan], every: 1h30m,
     full_text: true, baseline_newest: 3}
  - {id: plain, url: "http://plain.example:8080/rss"}
actors:
  ttp:
    name: Tehrik-i-Taliban Pakistan
    aliases:
      - Pakistani Taliban
      - {text: TTP, case: exact, needs: [taliban, militan*], within: 30, from: 2007-12-14, until: 2030-01-01}
      - {text: Taliban, needs: [peshawar], bare: true}
      - تحریک طالبان پاکستان
    lookalikes: [Tehreek-e-Jihad Pakistan]
    parents: [militants]
  militants:
    name: Militants
    members: true
    aliases: [militant group]
lexicons:
  truce: [ceasefire, "cessation of hostilities", "جنگ بندی", armistic*]
rules:
  - id: truce
    title: A truce
    query: actor:ttp AND lexicon:truce
    severity: high
    desks: [south-asia]
    tests:
      match:
        - Pakistani Taliban call off truce
        - {title: Headline, text: Body, spans: [truce], feed: dawn, language: en, url: "https://x.example/1"}
      skip:
        - {file: other.jsonl}
  - id: weighed
    title: Weighed
    evidence:
      - {query: lexicon:truce, weight: 2}
      - {query: actor:militants}
    min_score: 3
desks:
  - id: south-asia
    name: South Asia desk
    timezone: Asia/Karachi
    digests: ["13:00", "7:00", "19:00"]
    immediate: [urgent, high]
    quiet_hours: "23:00-06:00"
    weekdays: [mon-fri, sun]
    floor: normal
    stories_per_day: 40
    takes: {languages: [en, ur], feeds: [dawn], tags: Pakistan, actors: [ttp], hours: "22:00-08:00"}
    channels:
      - {email: [one@example.org, two@example.org]}
      - {slack: "#south-asia"}
      - {webhook: "https://desk.example/hook?room=1"}
      - {apprise: night-desk}
  - id: hourly
    every: 1h
    channels: [{email: three@example.org}]
"""


def test_everything_that_may_be_written_arrives_in_the_book() -> None:
    """The full format, key by key."""
    book = loaded(FULL).book
    assert book.feeds == {
        "dawn": Feed(
            "dawn",
            "https://feeds.example/home",
            "Dawn",
            "en",
            ("pakistan",),
            timedelta(hours=1, minutes=30),
            full_text=True,
            baseline_newest=3,
        ),
        "plain": Feed("plain", "http://plain.example:8080/rss", "plain"),
    }
    assert book.actors["ttp"] == Actor(
        "ttp",
        "Tehrik-i-Taliban Pakistan",
        (
            Alias("Pakistani Taliban"),
            Alias("TTP", True, ("taliban", "militan*"), 30, date(2007, 12, 14), date(2030, 1, 1)),
            Alias("Taliban", needs=("peshawar",), bare=True),
            Alias("تحریک طالبان پاکستان"),
        ),
        ("Tehreek-e-Jihad Pakistan",),
        ("militants",),
    )
    assert book.actors["militants"].include_members
    assert book.lexicons == {
        "truce": Lexicon("truce", ("ceasefire", "cessation of hostilities", "جنگ بندی", "armistic*"))
    }
    truce, weighed = book.rules.values()
    assert truce.tree == parse("actor:ttp AND lexicon:truce")
    assert (truce.title, truce.severity, truce.desks) == ("A truce", Severity.HIGH, ("south-asia",))
    assert truce.place == Place("a.yaml", 24, 12)
    assert truce.tests == (
        RuleTest("Pakistani Taliban call off truce", True, place=Place("a.yaml", 29, 11)),
        RuleTest("Body", True, ("truce",), "Headline", "dawn", "en", "https://x.example/1", Place("a.yaml", 30, 11)),
        RuleTest("@other.jsonl", False, place=Place("a.yaml", 32, 11)),
    )
    assert weighed.tree is None
    assert [(part.source, part.weight) for part in weighed.evidence] == [("lexicon:truce", 2), ("actor:militants", 1)]
    assert weighed.min_score == 3
    assert book.desks == {
        "south-asia": Desk(
            "south-asia",
            "South Asia desk",
            "Asia/Karachi",
            (time(7), time(13), time(19)),
            None,
            frozenset({Severity.URGENT, Severity.HIGH}),
            (time(23), time(6)),
            (
                EmailChannel(("one@example.org", "two@example.org")),
                SlackChannel("#south-asia"),
                WebhookChannel("https://desk.example/hook?room=1"),
                AppriseChannel("night-desk"),
            ),
            floor=Severity.NORMAL,
            weekdays=frozenset({0, 1, 2, 3, 4, 6}),
            stories_per_day=40,
            takes=Takes(("en", "ur"), ("dawn",), ("Pakistan",), ("ttp",), (time(22), time(8))),
        ),
        "hourly": Desk(
            "hourly", "hourly", digest_every=timedelta(hours=1), channels=(EmailChannel(("three@example.org",)),)
        ),
    }


def test_entries_of_several_files_make_one_book_in_the_order_of_the_files(tmp_path: Path) -> None:
    """References go across files; a file without entries is fine."""
    folder = written(
        tmp_path,
        a="rules:\n  - {id: r, title: R, query: lexicon:truce, desks: [south-asia]}\n",
        b="lexicons:\n  truce: [truce]\nrules:\n",
        c=DESK,
        d="# nothing yet\n",
        e="",
    )
    book = load_rule_book(folder)
    assert list(book.rules) == ["r"]
    assert list(book.desks) == ["south-asia"]
    assert book.rules["r"].place == Place(f"{folder.as_posix()}/a.yaml", 2, 30)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("feedz: []\n", "1:1: the key 'feedz' is not known here; did you mean 'feeds'?"),
        ("- a\n", "1:1: a rule file is a mapping with any of the keys feeds, actors, lexicons, rules, desks"),
        ("feeds: x\n", "1:8: 'feeds' must be a list"),
        ("actors: [x]\n", "1:9: 'actors' must be a mapping"),
        ("feeds:\n  - x\n", "2:5: this must be a mapping of keys and values"),
        ("feeds:\n  - {id: a}\n", "2:5: the key 'url' is missing"),
        ('feeds:\n  - {id: a b, url: "http://a.example"}\n', "2:10: an id has"),
        ('feeds:\n  - {id: a, url: "ftp://a.example"}\n', "2:18: a feed address begins with https:// or http://"),
        ('feeds:\n  - {id: a, url: "file:///etc/passwd"}\n', "2:18: a feed address begins with"),
        ('feeds:\n  - {id: a, url: "http://"}\n', "2:18: the address has no host"),
        ('feeds:\n  - {id: a, url: "http://a.example:x/"}\n', "2:18: this is not an address"),
        ('feeds:\n  - {id: a, url: "http://a.example/ b"}\n', "2:18: a feed address has no spaces"),
        ('feeds:\n  - {id: a, url: "http://u:p@a.example"}\n', "2:18: the address holds a name or password"),
        ('feeds:\n  - {id: a, url: "http://a.example", every: 5}\n', '2:45: a period needs a unit: "5m" for minutes'),
        ('feeds:\n  - {id: a, url: "http://a.example", every: soon}\n', "2:45: 'soon' is no period; write"),
        ('feeds:\n  - {id: a, url: "http://a.example", every: 0s}\n', "2:45: '0s' is shorter than 1s"),
        ('feeds:\n  - {id: a, url: "http://a.example", every: 99999d}\n', "2:45: '99999d' is longer than a year"),
        (
            'feeds:\n  - {id: a, url: "http://a.example", langauge: en}\n',
            "2:38: the key 'langauge' is not known here; did",
        ),
        ('feeds:\n  - {id: a, url: "http://a.example", language: english}\n', "2:48: a language is written like"),
        ('feeds:\n  - {id: a, url: "http://a.example", full_text: "yes"}\n', "2:49: 'full_text' is true or false"),
        (
            'feeds:\n  - {id: a, url: "http://a.example", baseline_newest: -1}\n',
            "2:55: 'baseline_newest' must be at least",
        ),
        (
            'feeds:\n  - {id: a, url: "http://a.example", token: x}\n',
            "2:38: the key 'token' is not known here, and secrets",
        ),
        ("lexicons:\n  truce: []\n", "2:10: this must not be empty"),
        ("lexicons:\n  truce: [12]\n", "2:11: YAML reads this as a number: put it in quotes"),
        ("lexicons:\n  truce: [true]\n", "2:11: YAML reads this as true or false: put it in quotes"),
        ("lexicons:\n  truce: ['...']\n", "2:11: a term needs at least one letter or digit"),
        ("lexicons:\n  truce: word\n", "2:10: this must be a list: [one, two]"),
        ("lexicons:\n  truce: [[word]]\n", "2:11: this must be text, not a list"),
        ("lexicons:\n  truce: [{word: x}]\n", "2:11: this must be text, not a mapping"),
        ("lexicons:\n  truce: ['']\n", "2:11: this must not be empty"),
        ('lexicons:\n  truce: ["one\\ntwo"]\n', "2:11: a term stands in one line"),
        (f"lexicons:\n  truce: [{'x' * 501}]\n", "2:11: a term has at most 500 characters"),
        ("actors:\n  a: word\n", "2:6: this must be a mapping of keys and values"),
        (
            "actors:\n  a: {name: A, aliases: [{text: x, needs: [y], within: near}]}\n",
            "2:56: 'within' must be a whole number",
        ),
        ("actors:\n  a: {name: A, aliases: [{text: x, bare: maybe}]}\n", "2:42: 'bare' is true or false"),
        (
            "rules:\n  - {id: a, title: A, evidence: [{query: x, weight: 9999}], min_score: 2}\n",
            "2:53: 'weight' must be at most 1000",
        ),
        ("rules:\n  - {id: a, title: A, query: x, tests: {match: [{text: x, file: y}]}}\n", "2:49: a test has either"),
        (
            "rules:\n  - {id: a, title: A, query: x, tests: {match: [{txt: x}]}}\n",
            "2:50: the key 'txt' is not known here; did you mean 'text'?",
        ),
        ("lexicons:\n  two words: [x]\n", "2:3: an id has"),
        ("actors:\n  a: {aliases: [x]}\n", "2:6: the key 'name' is missing"),
        ("actors:\n  a: {name: A, aliases: []}\n", "2:25: 'aliases' must not be empty"),
        ("actors:\n  a: {name: A, aliases: [{text: x, case: exakt}]}\n", "2:42: 'case' is exact or any"),
        ("actors:\n  a: {name: A, aliases: [{text: x, within: 5}]}\n", "2:26: 'within' says how near"),
        ("actors:\n  a: {name: A, aliases: [{text: x, from: 2024-02-30}]}\n", "2:42: a date is written like"),
        (
            "actors:\n  a: {name: A, aliases: [{text: x, from: 2024-02-02, until: 2024-02-01}]}\n",
            "2:26: 'until' lies before 'from'",
        ),
        ("actors:\n  a: {name: A, aliases: [x], parents: [b]}\n", "2:40: there is no actor 'b'"),
        ("rules:\n  - {id: a, title: A}\n", "2:5: a rule needs a 'query', or 'evidence' with 'min_score'"),
        ("rules:\n  - {id: a, title: A, query: }\n", "2:23: nothing is written here"),
        (
            "rules:\n  - {id: a, title: A, query: x, severity: hihg}\n",
            "2:43: a severity is low, normal, high or urgent; did",
        ),
        ("rules:\n  - {id: a, title: A, query: x, desks: south}\n", "2:40: 'desks' must be a list"),
        ("rules:\n  - {id: a, title: A, query: x, desks: [south]}\n", "2:41: there is no desk 'south'"),
        ("rules:\n  - {id: a, title: A, query: x, min_score: 2}\n", "2:5: 'evidence' and 'min_score' belong together"),
        (
            "rules:\n  - {id: a, title: A, evidence: [{query: x}], min_score: 2}\n",
            "2:5: all evidence together does not reach 'min_score'",
        ),
        ("rules:\n  - {id: a, title: A, query: x, tests: {match: [{spans: [x]}]}}\n", "2:49: a test needs"),
        (
            "rules:\n  - {id: a, title: A, query: x, tests: {match: [{text: x, feed: y}]}}\n",
            "2:65: there is no feed 'y'",
        ),
        ("desks:\n  - {id: a, every: 1h}\n", "2:5: the key 'channels' is missing"),
        ("desks:\n  - {id: a, every: 1h, channels: []}\n", "2:34: 'channels' must not be empty"),
        ('desks:\n  - {id: a, every: 1h, channels: [{email: "Desk <a@b.c>"}]}\n', "2:43: "),
        (
            'desks:\n  - {id: a, every: 1h, channels: [{email: ["a@b.c\\nBcc: x@y.z"]}]}\n',
            "2:44: an e-mail address is written",
        ),
        (
            "desks:\n  - {id: a, every: 1h, channels: [{webhook: desk.example}]}\n",
            "2:45: the address of a webhook begins",
        ),
        (
            'desks:\n  - {id: a, every: 1h, channels: [{webhook: "https://u:p@desk.example/"}]}\n',
            "2:45: the address holds a name or password: secrets never stand in rule files",
        ),
        (
            'desks:\n  - {id: a, every: 1h, channels: [{webhook: "https://desk.example/#x"}]}\n',
            "2:45: the address of a webhook is ASCII and has no fragment",
        ),
        ('desks:\n  - {id: a, every: 1h, channels: [{apprise: "ntfy://topic"}]}\n', "2:45: an id has 1 to 64 letters"),
        ("desks:\n  - {id: a, every: 1h, channels: [{slack: Two Words}]}\n", "2:43: a Slack channel is written like"),
        (
            "desks:\n  - id: a\n    every: 1h\n    channels:\n      - slack: #south-asia\n",
            "5:9: nothing is written here (a value",
        ),
        (
            "desks:\n  - {id: a, every: 1h, channels: [{slack: C0123456789, email: a@b.c}]}\n",
            "2:35: a channel is one of 'email', 'slack', 'webhook' and 'apprise'",
        ),
    ],
)
def test_a_mistake_is_said_once_at_its_place(text: str, complaint: str) -> None:
    """One mistake is one message, with line and column and what to do."""
    said = [str(problem) for problem in problems_of(text)]
    assert len(said) == 1, said
    assert said[0].startswith(f"a.yaml:{complaint}")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("timezone", "Asia/Karatchi", "there is no time zone of this name; did you mean 'Asia/Karachi'?"),
        ("timezone", "../etc/passwd", "there is no time zone of this name"),
        ("timezone", "PKT5", "there is no time zone of this name"),
        ("digests", "[25:00]", 'a time of day is written like "07:00"'),
        ("digests", '["٠٧:٠٠"]', 'a time of day is written like "07:00"'),
        ("every", "1h", "a desk has either 'digests' (times of day) or 'every' (a period)"),
        ("quiet_hours", "23-6", "a time of day is written like"),
        ("quiet_hours", "23:00", "quiet hours are written like"),
        ("quiet_hours", '"06:00-06:00"', "quiet hours begin and end at the same time"),
        ("immediate", "[urgnt]", "a severity is low, normal, high or urgent; did you mean 'urgent'?"),
        ("weekday", "[mon]", "the key 'weekday' is not known here; did you mean 'weekdays'?"),
        ("weekdays", "monday", 'days of the week are written like "mon-fri" or [mon, wed]'),
        ("weekdays", "[mon, 3]", 'days of the week are written like "mon-fri" or [mon, wed]'),
        ("weekdays", "[]", "no day is named: leave the key out for every day"),
        ("weekdays", "", "nothing is written here"),
        ("floor", "hihg", "a severity is low, normal, high or urgent; did you mean 'high'?"),
        ("stories_per_day", "0", "'stories_per_day' must be at least 1"),
        ("stories_per_day", '"20"', "'stories_per_day' must be a whole number"),
        ("takes", "{}", "'takes' is empty: leave it out"),
        ("takes", "{languages: []}", "'languages' must not be empty"),
        ("takes", "{language: [en]}", "the key 'language' is not known here; did you mean 'languages'?"),
        ("takes", "{languages: english}", 'a language is written like "en" or "ps-AF" (BCP 47)'),
        ("takes", "{feeds: [dwan]}", "there is no feed 'dwan'"),
        ("takes", "{actors: ttp}", "there is no actor 'ttp'"),
        ("takes", "{hours: 8-20}", "a time of day is written like"),
        ("takes", '{hours: "08:00-08:00"}', "the hours begin and end at the same time"),
    ],
)
def test_a_desk_that_cannot_be_kept_is_refused(key: str, value: str, message: str) -> None:
    """Times, zones and severities are checked when they are read, not when a digest is due."""
    digests = "" if key == "digests" else 'digests: ["07:00"], '
    text = f"desks:\n  - {{id: a, {digests}{key}: {value}, channels: [{{slack: C0123456789}}]}}\n"
    (problem,) = problems_of(text)
    assert problem.message.startswith(message)


def test_keys_of_a_desk_that_do_not_go_together_are_refused() -> None:
    """Days without times of day, and severities that do not wait though the desk never hears of them."""
    (days,) = problems_of("desks:\n  - {id: a, every: 1h, weekdays: mon, channels: [{slack: C0123456789}]}\n")
    assert days.message.startswith("'weekdays' says on which days 'digests' (times of day) hold")
    (below,) = problems_of("desks:\n  - {id: a, floor: high, immediate: [normal], channels: [{slack: C0123456789}]}\n")
    assert below.message == "'immediate' names normal, which is below the floor, high"


@pytest.mark.parametrize(
    ("written_as", "days"),
    [("mon-fri", {0, 1, 2, 3, 4}), ("sun", {6}), ("fri-mon", {4, 5, 6, 0}), ("[ Tue , thu-fri ]", {1, 3, 4})],
)
def test_days_of_the_week_are_names_and_stretches(written_as: str, days: set[int]) -> None:
    """A stretch may pass Sunday, as a weekend in the Gulf does."""
    text = f'desks:\n  - {{id: a, digests: ["07:00"], weekdays: {written_as}, channels: [{{slack: C0123456789}}]}}\n'
    assert loaded(text).book.desks["a"].weekdays == days


def test_all_problems_of_all_files_come_at_once_in_order() -> None:
    """Three files with five mistakes are one error with five places."""
    said = problems_of("feedz: []\nfeeds:\n  - {id: a}\n", "rules:\n\t- x\n", "desks: 1\nlexicons: 2\n")
    assert [(problem.file, problem.line) for problem in said] == [
        ("a.yaml", 1),
        ("a.yaml", 3),
        ("b.yaml", 2),
        ("c.yaml", 1),
        ("c.yaml", 2),
    ]
    with pytest.raises(RuleBookError) as caught:
        load_files([RuleFile("a.yaml", b"feedz: []\nx: 1\n")])
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("truce AND (peace", (4, 22)),
        ("'truce AND (peace'", (4, 23)),
        ('"truce AND (\\"peace talks\\""', (4, 23)),
        (">-\n      truce AND\n      (peace\n", (6, 7)),
        ("|\n      truce AND\n\n        (peace\n", (7, 9)),
        ("truce\n      AND (peace", (5, 11)),
        ("actor:tpp", (4, 12)),
        ("truce OR NOT actor:tpp", (4, 25)),
        (">-\n      truce OR\n      actor:tpp\n", (6, 7)),
    ],
)
def test_a_mistake_inside_a_query_has_its_column_in_the_file(query: str, place: tuple[int, int]) -> None:
    """However YAML writes the query, the mistake is where the editor's cursor would stand."""
    (problem,) = problems_of(f"rules:\n  - id: a\n    title: A\n    query: {query}\n")
    assert (problem.line, problem.column) == place


def test_an_unknown_reference_is_guessed_at() -> None:
    """The name that was meant is offered."""
    (problem,) = problems_of(
        "lexicons: {truce: [truce]}\nrules: [{id: a, title: A, query: 'peace AND lexicon:truse'}]\n"
    )
    assert problem.message == "there is no lexicon 'truse'; did you mean 'truce'?"
    assert (problem.line, problem.column) == (2, 45)


def test_an_entry_with_a_mistake_still_counts_as_existing() -> None:
    """A mistake in an actor is no reason to call every query that names it wrong."""
    (problem,) = problems_of(
        "actors:\n  ttp: {name: T, aliases: [x], alias: y}\nrules: [{id: a, title: A, query: actor:ttp}]\n"
    )
    assert (problem.line, problem.message) == (2, "the key 'alias' is not known here; did you mean 'aliases'?")


def test_an_id_that_is_used_twice_names_both_places() -> None:
    """Across files too; the first is the one that stays."""
    for section, entry in (
        ("rules", "- {id: x, title: A, query: q}"),
        ("feeds", '- {id: x, url: "https://a.example/"}'),
        ("actors", "x: {name: A, aliases: [q]}"),
        ("lexicons", "x: [q]"),
    ):
        (problem,) = problems_of(f"{section}:\n  {entry}\n", f"{section}:\n  {entry}\n")
        assert problem.file == "b.yaml"
        assert f"'x' stands twice in '{section}'; the first is at a.yaml:2:" in problem.message


def test_the_same_id_in_two_sections_is_fine() -> None:
    """An actor and a rule may share a name."""
    assert problems_of("actors: {x: {name: A, aliases: [q]}}\nrules: [{id: x, title: A, query: actor:x}]\n") == []


def test_circles_are_shown_whole_and_each_once() -> None:
    """Two circles of rules and one of actors are three messages."""
    said = problems_of(
        """\
        rules:
          - {id: a, title: A, query: rule:b}
          - {id: b, title: B, query: x AND rule:c}
          - {id: c, title: C, query: rule:a}
          - {id: d, title: D, query: rule:d}
        actors:
          p: {name: P, aliases: [p], parents: [q]}
          q: {name: Q, aliases: [q], parents: [p]}
        """
    )
    messages = sorted(problem.message for problem in said)
    assert len(messages) == 3
    assert any("refers back to itself" in message and message.count("→") == 3 for message in messages)
    assert any("'d' refers back to itself: d → d" in message for message in messages)
    assert any("is its own parent" in message for message in messages)


SLACK_TOKEN = "-".join(["xoxb", "0" * 12, "abcdefghij"])
SLACK_WEBHOOK = "https://hooks.slack.com/" + "services/T000/B000/XXXX"


@pytest.mark.parametrize("secret", [SLACK_TOKEN, SLACK_WEBHOOK, "https://me:hunter2@feeds.example/"])
def test_a_secret_is_refused_and_never_repeated(secret: str) -> None:
    """The message says where to keep it and shows nothing of it."""
    feed = problems_of(f'feeds:\n  - {{id: a, url: "{secret}"}}\n')
    assert len(feed) == 1
    assert "secrets never stand in rule files" in feed[0].message
    for word in ("hunter2", "abcdefghij", "XXXX"):
        assert word not in feed[0].message
    slack = problems_of(f'desks:\n  - {{id: a, every: 1h, channels: [{{slack: "{secret}"}}]}}\n')
    assert len(slack) == 1
    assert "hunter2" not in slack[0].message


def book_or_problems(data: bytes) -> RuleBook | tuple[Problem, ...]:
    try:
        return load_files([RuleFile("a.yaml", data)]).book
    except RuleBookError as error:
        return error.problems


_LINES = """\
feeds:|actors:|lexicons:|rules:|desks:|  - |  a:|id: a|    title: A|    query: x AND
    query: 'a NEAR/3 (b OR c)'
    aliases: [x, {text: y}]|    name: N|[|]|{|}|: ||    |&a |*a|!t |'|"|>|\t|ج|  - {id: a, title: b, query: c}
  x: [a, b]
    tests: {match: [x]}|    desks: [a]|    channels: [{email: [a@b.c]}]|    every: 1h|\n"""
_SNIPPETS = st.sampled_from([part + end for part in _LINES.replace("\n", "|").split("|") for end in ("", "\n")])


@given(st.binary(max_size=80) | st.lists(_SNIPPETS, max_size=14).map(lambda parts: "".join(parts).encode()))
@example(b"rules: [{id: a, title: b, query: c, evidence: [{query: 1}], min_score: 1}]")
@example(b"rules: [{id: [a], title: b, query: c}]")
@example(b"rules: [{id: a, title: b, query: c, tests: {match: x}}]")
@example(b"lexicons: {a: [x], '': [y]}")
@example(b"desks: [{id: a, every: 9999999999999999999999d}]")
def test_any_bytes_give_a_book_or_problems(data: bytes) -> None:
    """No rule file ends in anything else than a book, or an error with places."""
    outcome = book_or_problems(data)
    if isinstance(outcome, RuleBook):
        assert all(rule.version for rule in outcome.rules.values())
    else:
        assert outcome
        assert all(problem.line >= 1 and problem.column >= 1 for problem in outcome)


def test_guesses_end_where_a_whole_file_is_missing() -> None:
    """Every unknown name is reported; only the first of them are guessed at, since each guess looks at all names."""
    unknown = "".join(f"  - {{id: r{n}, title: R, query: actor:group{n}x}}\n" for n in range(120))
    known = "".join(f"  group{n}: {{name: G, aliases: [g{n}]}}\n" for n in range(120))
    said = problems_of("rules:\n" + unknown, "actors:\n" + known)
    assert len(said) == 120
    assert 0 < sum("did you mean" in problem.message for problem in said) <= MAX_GUESSES
