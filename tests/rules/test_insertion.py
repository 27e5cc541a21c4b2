"""A test that is put into a rule file: lines come, none goes, and the file says what it said before and the test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import InputError
from monitor.rules.book import RuleTest
from monitor.rules.files.insertion import with_tests
from monitor.rules.files.source import plain, read_source

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "rules" / "watch").glob("*.yaml"))
MATCH, SKIP = RuleTest("Truce holds", expect_match=True), RuleTest("No truce", expect_match=False)
WHOLE = RuleTest("He said: #1 holds.\n\nMore is known.", expect_match=True, title="Truce: day 2", feed="dawn")


def values(text: str) -> Any:
    source, problems = read_source("x", text.encode())
    assert problems == []
    return plain(source.root)


def said_of(text: str, rule_id: str = "a") -> Any:
    return next(rule.get("tests") for rule in values(text)["rules"] if rule["id"] == rule_id)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("rules:\n- id: a\n  query: x\n", "rules:\n- id: a\n  query: x\n  tests:\n    match:\n      - Truce holds\n"),
        ("rules:\n- id: a\n  query: x", "rules:\n- id: a\n  query: x\n  tests:\n    match:\n      - Truce holds\n"),
        (
            "rules:\n  - {id: a, query: x}\n",
            'rules:\n  - {id: a, query: x, tests: {match: ["Truce holds"]}}\n',
        ),
        (
            "rules:\n  - {id: a, query: x, tests: {skip: [b]}}\n",
            'rules:\n  - {id: a, query: x, tests: {skip: [b], match: ["Truce holds"]}}\n',
        ),
        (
            "rules:\n  - id: a\n    tests: {match: [b, ], skip: []}  # c\n",
            'rules:\n  - id: a\n    tests: {match: [b, "Truce holds" ], skip: []}  # c\n',
        ),
        (
            "rules:\n  - id: a\n    tests:\n      match: []\n    query: x\n",
            'rules:\n  - id: a\n    tests:\n      match: ["Truce holds"]\n    query: x\n',
        ),
        (
            "rules:\n  - id: a\n    tests:\n      match:   # none yet\n      skip:\n      - b\n",
            "rules:\n  - id: a\n    tests:\n      match:   # none yet\n        - Truce holds\n      skip:\n      - b\n",
        ),
        (
            "rules:\n  - id: a\n    tests:  # soon\n\n  - id: b\n",
            "rules:\n  - id: a\n    tests:  # soon\n      match:\n        - Truce holds\n\n  - id: b\n",
        ),
        (
            "rules:\n  - id: a\n    tests:\n      match:\n"
            "      - title: t\n        text: |-\n          p\n\n          q\n"
            "      # above the other\n      skip: [z]\n\n# end\n",
            "rules:\n  - id: a\n    tests:\n      match:\n"
            "      - title: t\n        text: |-\n          p\n\n          q\n"
            "      - Truce holds\n      # above the other\n      skip: [z]\n\n# end\n",
        ),
        (
            'rules:\r\n  - id: a\r\n    tests:\r\n      match:\r\n        - "b"\r\n',
            'rules:\r\n  - id: a\r\n    tests:\r\n      match:\r\n        - "b"\r\n        - Truce holds\r\n',
        ),
    ],
)
def test_it_goes_where_an_editor_would_put_it(before: str, after: str) -> None:
    """In a list of lines as a line, in brackets within the brackets; what is missing round it is written too."""
    assert with_tests("x", before, "a", [MATCH]) == after


def test_a_test_that_says_more_is_a_mapping() -> None:
    """Title, paragraphs and feed; as lines, and on one line where the rule stands on one."""
    lines = with_tests("x", "rules:\n  - id: a\n    query: x\n", "a", [WHOLE])
    assert lines.endswith(
        '      match:\n        - title: "Truce: day 2"\n          text: |-\n            He said: #1 holds.\n\n'
        "            More is known.\n          feed: dawn\n"
    )
    brackets = with_tests("x", "rules:\n  - {id: a, query: x}\n", "a", [WHOLE])
    said = {"title": "Truce: day 2", "text": "He said: #1 holds.\n\nMore is known.", "feed": "dawn"}
    assert said_of(lines) == said_of(brackets) == {"match": [said]}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_file_keeps_each_of_its_lines(path: Path) -> None:
    """For every rule of it, both lists: the old lines are there in their order, and only the tests are new."""
    text = path.read_text(encoding="utf-8")
    for rule in values(text)["rules"]:
        added = with_tests(path.name, text, rule["id"], [MATCH, SKIP, WHOLE])
        rest = iter(added.splitlines())
        assert all(line in rest for line in text.splitlines())
        before, after = rule.get("tests") or {}, said_of(added, rule["id"])
        assert len(after["match"]) == len(before.get("match", ())) + 2
        assert after["skip"] == [*before.get("skip", ()), "No truce"]


LAYOUTS = [
    "rules:\n  - id: a\n    tests:\n      match:\n        - b  # c\n",
    "rules:\n- id: a\n  tests: {match: [b]}\n",
    "rules: [{id: a, tests: {match: [b]}}]\n",
    "rules:\n  - id: a\n",
]


@given(
    layout=st.sampled_from(LAYOUTS),
    title=st.none() | st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1),
    text=st.text(st.characters(categories=("L", "N", "P", "S", "Zs", "M"), include_characters="\n"), min_size=1),
)
def test_whatever_a_feed_wrote_is_read_back_as_it_was(layout: str, title: str | None, text: str) -> None:
    """Signs that mean something to YAML, in any script; what YAML cannot hold is refused, with the file untouched."""
    test = RuleTest(text, expect_match=True, title=title)
    try:
        added = with_tests("x", layout, "a", [test])
    except InputError:
        return
    said = said_of(added)["match"][-1]
    assert said == (text if title is None else {"title": title, "text": text})


@pytest.mark.parametrize(
    "text",
    [
        "rules:\n  - id: a\n    tests:\n      match: [b # why\n        ]\n",  # the test would stand in the comment
        "rules:\n  - id: z\n    tests: {match: &m [b]}\n  - id: a\n    tests: {match: *m}\n",  # two rules share it
    ],
)
def test_where_no_line_can_be_added_the_test_is_said(text: str) -> None:
    """The message has what to write by hand, and where."""
    with pytest.raises(InputError, match=r'x: rule a .* add this one by hand, under match: "Truce holds"'):
        with_tests("x", text, "a", [MATCH])


def test_a_rule_of_another_file_is_no_rule_here() -> None:
    """Nothing is put anywhere else."""
    with pytest.raises(InputError, match="rule z"):
        with_tests("x", "rules:\n  - id: a\n", "z", [MATCH])
