"""A page as a picture, by the Chromium of this machine: how a digest looks, for a ticket or a review.

Owns how the browser is found and asked. The page is local, and no name resolves for it: nothing is fetched.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from monitor.errors import InputError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WIDTH = 680
"""Pixels: the 600 of an e-mail with room round it. Chromium makes no window narrower than 500."""
TALLEST = 16_000
"""Pixels; Chromium draws no more than 16,384 in one picture. A longer page is cut there."""
PATIENCE_SECONDS = 60

_HEIGHT = re.compile(r'data-height="(\d+)"')
_MEASURE = "<script>document.documentElement.dataset.height=document.documentElement.scrollHeight</script>"


def picture_of(html: str, *, width: int = WIDTH) -> bytes:
    """Draw a page in its whole height as a PNG.

    Args:
        html: The page.
        width: Of the window, in pixels.

    Raises:
        InputError: there is no Chromium, or it failed; the message says what to do.
    """
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise InputError(f"a picture needs Chromium on this machine (looked for {', '.join(BROWSERS)})")
    with tempfile.TemporaryDirectory(prefix="monitor-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, picture = folder / "page.html", folder / "page.png"
        page.write_text(html + _MEASURE, encoding="utf-8")
        measured = _HEIGHT.search(_run(browser, folder, "--dump-dom", f"--window-size={width},200", page.as_uri()))
        height = min(int(measured[1]) if measured else 2000, TALLEST)
        page.write_text(html, encoding="utf-8")
        _run(browser, folder, f"--screenshot={picture}", f"--window-size={width},{height}", page.as_uri())
        if not picture.is_file():
            raise InputError(f"{browser} drew no picture")
        return picture.read_bytes()


def _run(browser: str, folder: Path, *arguments: str) -> str:
    command = [
        browser,
        "--headless",
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={folder / 'profile'}",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),  # Chromium refuses root with its sandbox
        *arguments,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)  # noqa: S603 - a browser from PATH with arguments of our own
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"{browser} failed: {error}") from error
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise InputError(f"{browser} failed: {last[0]}")
    return done.stdout
