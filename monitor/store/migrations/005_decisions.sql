-- Merges and splits of stories by people.

CREATE TABLE story_decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    story_id INTEGER NOT NULL,
    other_id INTEGER NOT NULL,
    article_ids TEXT NOT NULL,
    at TEXT NOT NULL,
    because TEXT NOT NULL
) STRICT;
