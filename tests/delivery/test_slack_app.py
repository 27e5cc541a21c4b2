"""The manifest that operators paste: it asks for what the channel uses, and for nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

DOCS = Path(__file__).parents[2] / "docs"


def test_the_manifest_asks_for_what_is_used() -> None:
    """Posting and editing, finding channels, looking for lost posts in public and private ones; buttons by socket."""
    manifest: dict[str, Any] = YAML(typ="safe").load((DOCS / "slack-app.yaml").read_text(encoding="utf-8"))
    scopes = {"chat:write", "channels:read", "channels:history", "groups:read", "groups:history"}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == scopes
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    # https://docs.slack.dev/reference/app-manifest
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
