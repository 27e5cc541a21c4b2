"""A digest as a picture, by the Chromium of this machine or a script in its place."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli.digest import app
from monitor.cli.screenshot import BROWSERS, WIDTH, picture_of
from monitor.errors import InputError

STANDIN = """#!/bin/sh
for argument in "$@"; do
  case "$argument" in
    --screenshot=*) echo "$@" > {log}; printf 'picture' > "${{argument#--screenshot=}}" ;;
    --dump-dom) echo '<html data-height="1234">' ;;
  esac
done
"""


def browser(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a script in the browser's place, alone on the path with what a shell needs."""
    program = folder / "chromium"
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin")
    for name in BROWSERS[1:]:
        (folder / name).unlink(missing_ok=True)


def test_the_window_is_as_high_as_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is measured first, no name resolves for it, and what the browser wrote is given back."""
    browser(tmp_path, STANDIN.format(log=tmp_path / "log"), monkeypatch)
    assert picture_of("<p>Truce</p>") == b"picture"
    asked = (tmp_path / "log").read_text()
    assert f"--window-size={WIDTH},1234" in asked
    assert "MAP * ~NOTFOUND" in asked


@pytest.mark.parametrize(
    ("script", "words"),
    [("#!/bin/sh\necho no display >&2; exit 3\n", "chromium failed: no display"), ("#!/bin/sh\n", "drew no picture")],
)
def test_a_browser_that_fails_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str) -> None:
    """With its last line."""
    browser(tmp_path, script, monkeypatch)
    with pytest.raises(InputError, match=words):
        picture_of("<p>Truce</p>")


def test_no_browser_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no file is left."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    found = CliRunner().invoke(app, ["preview", "--format", "png"]).exception
    assert isinstance(found, InputError)
    assert "a picture needs Chromium on this machine" in str(found)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no Chromium on this machine")
def test_the_sample_is_drawn_in_its_whole_height(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real PNG, as wide as asked and taller than a screen."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["preview", "--format", "png"]).stdout == "digest-south-asia.png\n"
    picture = (tmp_path / "digest-south-asia.png").read_bytes()
    width, height = struct.unpack(">II", picture[16:24])
    assert picture.startswith(b"\x89PNG")
    assert width == WIDTH
    assert 800 < height < 4000
