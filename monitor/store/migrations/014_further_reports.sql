-- Matched articles that joined a story which a desk has, until a digest of the desk counted them. Those that joined
-- before this are left out: they were never counted, and nobody wants all of them at once.

CREATE TABLE further_reports (
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    desk_id TEXT NOT NULL,
    digest_id INTEGER REFERENCES digests (id),
    PRIMARY KEY (article_id, desk_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX further_reports_by_digest ON further_reports (digest_id, desk_id);
