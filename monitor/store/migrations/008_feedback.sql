-- What people said of the stories they were told; append-only, as their last word may be taken back by a later one.

CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    desk_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    who TEXT NOT NULL,
    through TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX feedback_by_article ON feedback (article_id);
CREATE INDEX feedback_by_time ON feedback (at);
CREATE TRIGGER feedback_never_changes BEFORE UPDATE ON feedback
BEGIN SELECT raise(ABORT, 'what people said is append-only'); END;
CREATE TRIGGER feedback_never_goes BEFORE DELETE ON feedback
BEGIN SELECT raise(ABORT, 'what people said is append-only'); END;

CREATE INDEX digests_of_all_by_time ON digests (at);
