-- What a replay of the archive asks for: the zones of a text before and after an edit, and surges with their ends.

ALTER TABLE edits ADD COLUMN old_zones TEXT NOT NULL DEFAULT '';
ALTER TABLE edits ADD COLUMN new_zones TEXT NOT NULL DEFAULT '';

CREATE TABLE surges (
    id INTEGER PRIMARY KEY,
    feed_id TEXT NOT NULL,
    at TEXT NOT NULL,
    because TEXT NOT NULL,
    ended_at TEXT,
    told INTEGER NOT NULL
) STRICT;
CREATE INDEX surges_by_feed ON surges (feed_id, id);
