"""The JSON schema that editors use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from monitor.rules.files.entries import RuleFileEntries
from monitor.rules.files.mistakes import keys_of
from monitor.rules.files.schema import json_schema, schema_text

SHIPPED = Path(__file__).parents[2] / "rules" / "rules.schema.json"


def test_the_shipped_schema_is_the_current_one() -> None:
    """After a change of the format: `monitor rules schema > rules/rules.schema.json`."""
    assert SHIPPED.read_text(encoding="utf-8") == schema_text()


def test_the_schema_knows_every_key_and_no_other() -> None:
    """At the top and in a desk, and nothing else is allowed."""
    schema = json_schema()
    assert (
        set(schema["properties"]) == set(keys_of(RuleFileEntries)) == {"feeds", "actors", "lexicons", "rules", "desks"}
    )
    desk = schema["$defs"]["DeskEntry"]
    assert set(desk["properties"]) == set(keys_of(RuleFileEntries, ("desks", 0)))
    assert schema["additionalProperties"] is desk["additionalProperties"] is False
    assert set(desk["required"]) == {"id", "channels"}


def test_aliases_go_by_the_names_that_files_use() -> None:
    """`from` and `until`, not the names of the code; a text alone is an alias."""
    text, mapping = json_schema()["$defs"]["AliasEntry"]["anyOf"]
    assert text == {"type": "string"}
    assert {"from", "until", "case", "needs", "within", "bare"} < set(mapping["properties"])


def test_no_key_may_be_null() -> None:
    """An empty key is a mistake when the file is read, so editors show it as one."""
    assert '"null"' not in schema_text()


def _patterns(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["pattern"]] if isinstance(value.get("pattern"), str) else []
        return own + [each for item in value.values() for each in _patterns(item)]
    return [each for item in value for each in _patterns(item)] if isinstance(value, list) else []


@pytest.mark.parametrize("pattern", sorted(set(_patterns(json_schema()))))
def test_patterns_are_anchored_and_compile(pattern: str) -> None:
    """JSON Schema patterns match anywhere unless they are anchored."""
    assert pattern.startswith("^")
    re.compile(pattern)
