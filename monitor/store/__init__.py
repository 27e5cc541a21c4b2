"""The state of the monitor in one SQLite file. Nothing outside this room may know that it is SQLite."""

from monitor.store.lock import StateLock
from monitor.store.sqlite import SqliteStore, open_store

__all__ = ["SqliteStore", "StateLock", "open_store"]
