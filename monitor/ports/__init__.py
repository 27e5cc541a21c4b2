"""The edges of the monitor as Protocols: what the pipeline needs of the world, and nothing about how it is done.

Fake and real pass one contract (`tests/contracts`). Only `app` joins a port to its real part.
"""

from monitor.ports.edges import Channel, Clock, Fetcher, Pages, Parser
from monitor.ports.store import Archive, ArticleStore, FeedStore, SketchStore, Store, StoryStore
from monitor.ports.telling import (
    AlertStore,
    DeliveryStore,
    DigestStore,
    FeedbackStore,
    MuteStore,
    NoticeStore,
    PressStore,
)

__all__ = [
    "AlertStore",
    "Archive",
    "ArticleStore",
    "Channel",
    "Clock",
    "DeliveryStore",
    "DigestStore",
    "FeedStore",
    "FeedbackStore",
    "Fetcher",
    "MuteStore",
    "NoticeStore",
    "Pages",
    "Parser",
    "PressStore",
    "SketchStore",
    "Store",
    "StoryStore",
]
