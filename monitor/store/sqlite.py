"""The store of ports.py in one SQLite file: joins the nouns to one connection."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from monitor.errors import StateError
from monitor.ports import (
    AlertStore,
    Archive,
    ArticleStore,
    DeliveryStore,
    DigestStore,
    FeedbackStore,
    FeedStore,
    MuteStore,
    NoticeStore,
    PressStore,
    SketchStore,
    StoryStore,
)
from monitor.store.alerts import Alerts
from monitor.store.archive import Archive as SqliteArchive
from monitor.store.articles import Articles
from monitor.store.codec import clean
from monitor.store.connection import BUSY_TIMEOUT, Connection
from monitor.store.deliveries import Deliveries
from monitor.store.digests import Digests
from monitor.store.feedback import FeedbackRecord
from monitor.store.feeds import Feeds
from monitor.store.mutes import Mutes
from monitor.store.notices import Notices
from monitor.store.presses import Presses
from monitor.store.schema import migrate, require_current
from monitor.store.sketches import Sketches
from monitor.store.stories import Stories


def open_store(path: Path, *, read_only: bool = False, busy_timeout: timedelta = BUSY_TIMEOUT) -> SqliteStore:
    """Open the database, making or migrating it where needed.

    The store belongs to the thread that opens it. Any number of processes may read while one writes.

    Args:
        path: The file; its folder is made when it is missing. Both are readable by their owner alone.
        read_only: Open an existing file of this version and never change it.
        busy_timeout: How long a lock of another process is waited for.

    Raises:
        StateError: the file cannot be opened, is locked or damaged; the message says what to do.
        SchemaError: the file is of another program or version.
    """
    if read_only:
        if not path.is_file():
            raise StateError(f"{path} does not exist yet; `monitor poll` or `monitor run` makes it")
    else:
        _make_private(path)
    connection = Connection(path, read_only=read_only, busy_timeout=busy_timeout)
    try:
        if read_only:
            require_current(connection.db, path)
        else:
            migrate(connection.db, path)
    except BaseException:
        connection.close()
        raise
    return SqliteStore(connection)


class SqliteStore:
    """ports.Store over one SQLite file. Made by `open_store`; may be used as a context manager, which closes it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        deliveries = Deliveries(connection)
        self.feeds: FeedStore = Feeds(connection)
        self.articles: ArticleStore = Articles(connection)
        self.archive: Archive = SqliteArchive(connection)
        self.stories: StoryStore = Stories(connection)
        self.sketches: SketchStore = Sketches(connection)
        self.alerts: AlertStore = Alerts(connection)
        self.mutes: MuteStore = Mutes(connection)
        self.feedback: FeedbackStore = FeedbackRecord(connection)
        self.presses: PressStore = Presses(connection)
        self.deliveries: DeliveryStore = deliveries
        self.digests: DigestStore = Digests(connection, deliveries)
        self.notices: NoticeStore = Notices(connection)

    @property
    def path(self) -> Path:
        """Return the database file."""
        return self.connection.path

    def unit_of_work(self) -> AbstractContextManager[None]:
        """Begin a write transaction at once; see ports.Store.

        Raises:
            RuntimeError: a unit is open already, or the store was opened read-only.
            StateError: the file stayed locked, the disk is full; nothing of the unit was kept.
        """
        return self.connection.unit_of_work()

    def get_value(self, key: str) -> str | None:
        value: str | None = self.connection.scalar("SELECT value FROM named_values WHERE key = ?", [key])
        return value

    def set_value(self, key: str, value: str) -> None:
        self.connection.execute(
            "INSERT INTO named_values (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, clean(value)],
        )

    def counts(self) -> Mapping[str, int]:
        return {
            name: self.connection.scalar(f'SELECT count(*) AS n FROM "{name}"')  # noqa: S608 - names of our own schema
            for name in sorted(self.connection.db.table_names())
            if not name.startswith(("sqlite_", "_sqlite", "article_words", "article_vocabulary"))
        }

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _make_private(path: Path) -> None:
    """Create folder and file for their owner alone: articles and addresses of recipients stand in it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StateError(
            f"{path} cannot be written ({error.strerror});"
            " make the state folder writable for the user that runs the monitor"
        ) from error
