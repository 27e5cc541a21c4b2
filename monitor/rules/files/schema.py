"""The JSON schema of rule files, for editors: completion and mistakes while one types.

Made of the models in `entries`; `rules/rules.schema.json` is its printed form. A rule file asks for it with the comment
`# yaml-language-server: $schema=rules.schema.json`.
"""

from __future__ import annotations

import json
from typing import Any

from monitor.rules.files.entries import RuleFileEntries

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema of a rule file (JSON Schema, draft 2020-12)."""
    schema = RuleFileEntries.model_json_schema(by_alias=True)
    cleaned: dict[str, Any] = _without_nothing(schema)
    return {"$schema": DIALECT, **cleaned, "title": "Rule file of the news monitor"}


def schema_text() -> str:
    """Return the schema as it stands in `rules/rules.schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False, sort_keys=False) + "\n"


def _without_nothing(value: Any) -> Any:
    """Leave out what is of Python and not of the file: null for a key left out, and class names."""
    if isinstance(value, list):
        return [_without_nothing(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {
        key: _without_nothing(item)
        for key, item in value.items()
        if not (key == "default" and item is None) and not (key == "title" and isinstance(item, str))
    }
    choices = kept.get("anyOf")
    if isinstance(choices, list):
        real = [choice for choice in choices if choice != {"type": "null"}]
        if len(real) == 1 and len(real) < len(choices):
            del kept["anyOf"]
            return {**real[0], **kept}
        kept["anyOf"] = real
    return kept
