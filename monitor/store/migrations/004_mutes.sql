-- Mutes of stories, and what the number a day and the proof of life are counted from.

CREATE TABLE mutes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    story_id INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    desk_id TEXT NOT NULL,
    at TEXT NOT NULL,
    until TEXT,
    ended_at TEXT,
    ended_because TEXT NOT NULL
) STRICT;
CREATE INDEX mutes_by_story ON mutes (story_id);
CREATE INDEX mutes_open ON mutes (id) WHERE ended_at IS NULL;

ALTER TABLE digests ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
CREATE INDEX digests_by_time ON digests (desk_id, at);
CREATE INDEX gaps_by_time ON gaps (until);
