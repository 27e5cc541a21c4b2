-- What the window of recent articles is built again from at start, beside the articles and their texts.

CREATE TABLE sketches (
    article_id INTEGER NOT NULL PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;

-- Holds all that a start asks of an article, so that it reads no text.
DROP INDEX articles_by_arrival;
CREATE INDEX articles_by_arrival ON articles (first_seen_at, story_id, reprint_of);
