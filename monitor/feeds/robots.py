"""Owns what a site's robots.txt allows (RFC 9309). PURE: the file is an argument.

It is asked before a page is fetched for its text. Feeds themselves are published to be polled and are not asked about.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

LONGEST_ROBOTS = 500 * 1024
"""Bytes that are read of a robots.txt (RFC 9309 section 2.5)."""


class Robots:
    """What one site allows one agent."""

    def __init__(self, text: str, agent: str) -> None:
        """Read a robots.txt; lines that are no rules are skipped.

        Args:
            text: its content; the empty text allows all.
            agent: our product token, such as "news-monitor".
        """
        self._agent = agent
        self._rules = RobotFileParser()
        self._rules.parse(text[:LONGEST_ROBOTS].splitlines())

    def allows(self, url: str) -> bool:
        """Say whether a page may be fetched."""
        return self._rules.can_fetch(self._agent, url)


def robots_address(url: str) -> str:
    """Return where the robots.txt for a page stands."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))
