"""The renderings as files beside this test, to be read by people when they change.

Run with GOLDEN=write to write them anew, and look at what changed before it is committed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.desks.content import DigestContent
from monitor.desks.render_email import render_email
from monitor.desks.render_slack import render_slack
from monitor.desks.render_text import render_text
from monitor.desks.sample import sample_content

GOLDEN = Path(__file__).parent / "golden"


def of_language(language: str) -> DigestContent:
    """Keep the sample's stories of one language, as a digest that has no others."""
    content = sample_content()
    sections = tuple(
        replace(section, items=items)
        for section in content.sections
        if (items := tuple(item for item in section.items if item.language == language))
    )
    return replace(content, sections=sections)


RENDERINGS: dict[str, Callable[[DigestContent], str]] = {
    "html": lambda content: render_email(content).html,
    "txt": render_text,
    "slack.json": lambda content: json.dumps(render_slack(content), ensure_ascii=False, indent=1) + "\n",
}
CONTENTS = {
    "english": of_language(""),
    "urdu": of_language("Urdu"),
    "turkish": of_language("Turkish"),
    "empty": sample_content(empty=True),
}


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("form", RENDERINGS)
def test_a_rendering_is_as_it_was_read(name: str, form: str) -> None:
    """English, Urdu, Turkish and empty digests are rendered to the byte as they were looked at."""
    made = RENDERINGS[form](CONTENTS[name])
    path = GOLDEN / f"{name}.{form}"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")
