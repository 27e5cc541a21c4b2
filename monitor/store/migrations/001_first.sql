-- Feeds and polls, articles and stories, alerts and digests, deliveries, notices.

CREATE TABLE feeds (
    id TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    body_sha256 TEXT,
    baseline_at TEXT,
    next_poll_at TEXT,
    next_poll_because TEXT NOT NULL,
    last_polled_at TEXT,
    last_ok_at TEXT,
    last_new_at TEXT,
    last_outcome TEXT NOT NULL,
    last_detail TEXT NOT NULL,
    failures INTEGER NOT NULL,
    paused INTEGER NOT NULL
) STRICT;

-- The history of polls, bounded for each feed; in order of id, because the wall clock may step.
CREATE TABLE polls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    feed_id TEXT NOT NULL,
    at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    status TEXT NOT NULL,
    detail TEXT NOT NULL,
    entries INTEGER NOT NULL,
    new INTEGER NOT NULL,
    matched INTEGER NOT NULL,
    alerts INTEGER NOT NULL,
    seconds REAL NOT NULL,
    next_at TEXT NOT NULL,
    next_because TEXT NOT NULL
) STRICT;
CREATE INDEX polls_by_feed ON polls (feed_id, id);

CREATE TABLE stories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lead_article_id INTEGER NOT NULL REFERENCES articles (id) DEFERRABLE INITIALLY DEFERRED,
    title TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX stories_by_lead ON stories (lead_article_id);

-- AUTOINCREMENT: keys outlive their article, so the id of a pruned one must never be given to another.
CREATE TABLE articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    feed_id TEXT NOT NULL,
    url TEXT,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    zones TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    language TEXT,
    authors TEXT NOT NULL,
    tags TEXT NOT NULL,
    published_at TEXT,
    story_id INTEGER REFERENCES stories (id) DEFERRABLE INITIALLY DEFERRED,
    reprint_of INTEGER REFERENCES articles (id) DEFERRABLE INITIALLY DEFERRED,
    placed_because TEXT NOT NULL,
    is_baseline INTEGER NOT NULL
) STRICT;
CREATE INDEX articles_by_arrival ON articles (first_seen_at);
CREATE INDEX articles_by_story ON articles (story_id) WHERE story_id IS NOT NULL;
CREATE INDEX articles_by_original ON articles (reprint_of) WHERE reprint_of IS NOT NULL;

-- Without a foreign key on purpose: see above.
CREATE TABLE article_keys (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    article_id INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE sightings (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    feed_id TEXT NOT NULL,
    url TEXT,
    entry_id TEXT,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX sightings_once ON sightings (article_id, feed_id, ifnull(url, ''));

CREATE TABLE edits (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    old_title TEXT NOT NULL,
    new_title TEXT NOT NULL,
    old_body TEXT NOT NULL,
    new_body TEXT NOT NULL,
    because TEXT NOT NULL
) STRICT;
CREATE INDEX edits_by_article ON edits (article_id);

CREATE TABLE matches (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    rule_id TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    title TEXT NOT NULL,
    severity TEXT NOT NULL,
    spans TEXT NOT NULL,
    desks TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX matches_once ON matches (article_id, rule_id, rule_version);

CREATE TABLE digests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    desk_id TEXT NOT NULL,
    at TEXT NOT NULL,
    slot TEXT NOT NULL,
    subject TEXT NOT NULL,
    alert_ids TEXT NOT NULL,
    html TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX digests_by_desk ON digests (desk_id, id);

CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    desk_id TEXT NOT NULL,
    story_id INTEGER NOT NULL REFERENCES stories (id),
    article_id INTEGER NOT NULL REFERENCES articles (id),
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    rule_ids TEXT NOT NULL,
    because TEXT NOT NULL,
    created_at TEXT NOT NULL,
    digest_id INTEGER REFERENCES digests (id)
) STRICT;
CREATE INDEX alerts_waiting ON alerts (desk_id) WHERE digest_id IS NULL;
CREATE INDEX alerts_by_story ON alerts (story_id);
CREATE INDEX alerts_by_article ON alerts (article_id);
CREATE INDEX alerts_by_digest ON alerts (digest_id) WHERE digest_id IS NOT NULL;

CREATE TABLE slots (
    desk_id TEXT NOT NULL,
    slot_at TEXT NOT NULL,
    because TEXT NOT NULL,
    digest_id INTEGER REFERENCES digests (id),
    PRIMARY KEY (desk_id, slot_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX slots_by_digest ON slots (digest_id) WHERE digest_id IS NOT NULL;

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest_id INTEGER REFERENCES digests (id),
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message_id TEXT NOT NULL,
    payload BLOB NOT NULL,
    created_at TEXT NOT NULL,
    part INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    ambiguous INTEGER NOT NULL,
    next_attempt_at TEXT,
    give_up_at TEXT,
    detail TEXT NOT NULL,
    receipt TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX deliveries_once ON deliveries (digest_id, channel, recipient, part) WHERE digest_id IS NOT NULL;
CREATE INDEX deliveries_by_state ON deliveries (state, id);
CREATE INDEX deliveries_open ON deliveries (channel, recipient, id) WHERE state IN ('pending', 'retry', 'sending');

-- Append-only: what became of a delivery is never rewritten, not even by this program.
CREATE TABLE delivery_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_events_by_delivery ON delivery_events (delivery_id, id);
CREATE TRIGGER delivery_events_never_change BEFORE UPDATE ON delivery_events
BEGIN SELECT raise(ABORT, 'the history of deliveries is append-only'); END;
CREATE TRIGGER delivery_events_never_go BEFORE DELETE ON delivery_events
BEGIN SELECT raise(ABORT, 'the history of deliveries is append-only'); END;

CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    at TEXT NOT NULL,
    told_at TEXT,
    cleared_at TEXT
) STRICT;
CREATE UNIQUE INDEX notices_open ON notices (event, subject) WHERE cleared_at IS NULL;
CREATE INDEX notices_untold ON notices (id) WHERE told_at IS NULL;

CREATE TABLE named_values (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- "NMON" in the header of every database of ours, so that another program's file is never touched.
PRAGMA application_id = 1313689422;
