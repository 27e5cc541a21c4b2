-- Articles of a feed that looked new all at once, until a person decides.

CREATE TABLE held_articles (
    article_id INTEGER NOT NULL PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
