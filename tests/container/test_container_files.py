"""What the container files promise, read from the files: cheap facts that a build on every machine cannot check."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def instructions() -> list[str]:
    joined = re.sub(r"\\\n", " ", DOCKERFILE)
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


@pytest.fixture(name="service")
def fixture_service() -> dict[str, Any]:
    document = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return document["services"]["monitor"]


def test_the_base_can_be_replaced_from_outside() -> None:
    """Both stages come from one ARG, so that a digest or a mirror needs no edit."""
    assert instructions()[0].startswith("ARG BASE=python:3.")
    assert [line for line in instructions() if line.startswith("FROM")] == ["FROM ${BASE} AS build", "FROM ${BASE}"]


def test_no_frontend_is_fetched() -> None:
    """A "# syntax=" line would ask a registry for a frontend before anything is built."""
    assert "syntax=" not in DOCKERFILE


def test_every_download_is_pinned_by_hash() -> None:
    """Each pip call that may reach an index demands hashes; the others install one local wheel without dependencies."""
    calls = re.findall(r"pip (?:--python \S+ )?install [^&]*", " ".join(instructions()))
    assert len(calls) == 3
    assert all("--require-hashes" in call or ("--no-deps" in call and "/wheel/" in call) for call in calls)


def test_the_process_is_nobody_and_is_told_to_stop() -> None:
    """The last stage runs as uid 10001, is stopped by SIGTERM, and no shell stands before the process."""
    last = instructions()[[i for i, line in enumerate(instructions()) if line.startswith("FROM")][-1] :]
    assert "USER 10001:10001" in last
    assert "STOPSIGNAL SIGTERM" in last
    assert 'ENTRYPOINT ["monitor"]' in last
    assert 'CMD ["run"]' in last
    assert any(line.startswith("HEALTHCHECK") and line.endswith('CMD ["monitor", "healthcheck"]') for line in last)


def test_the_build_sees_nothing_but_what_the_wheel_needs() -> None:
    """State, secrets, the virtual environment and the history never enter the build."""
    assert IGNORED[1] == "*"
    allowed = {line.removeprefix("!") for line in IGNORED if line.startswith("!")}
    assert allowed == {"LICENSE", "README.md", "pyproject.toml", "monitor", "requirements", "rules"}


def test_the_service_may_do_little(service: dict[str, Any]) -> None:
    """The root is read-only, no capability is kept, memory and processes are bounded."""
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["restart"] == "unless-stopped"
    assert any(entry.startswith("/tmp") for entry in service["tmpfs"])
    assert "privileged" not in service


def test_state_outlives_the_container_and_rules_are_read_only(service: dict[str, Any]) -> None:
    """State is a named volume; the rule files are the operator's, and the daemon cannot write them."""
    assert "state:/state" in service["volumes"]
    assert "./rules:/rules:ro" in service["volumes"]


def test_no_secret_stands_in_the_files(service: dict[str, Any]) -> None:
    """Secrets come as files; neither file names a value."""
    assert service["secrets"]
    assert "environment" not in service
    assert not re.search(r"(?i)(password|token)\s*[:=]\s*[^\s{}/]", DOCKERFILE)
