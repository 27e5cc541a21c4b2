-- What `monitor why` asks for: reasons for not telling, times that may have been missed, words of articles.

CREATE TABLE withheld (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    desk_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    because TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX withheld_once ON withheld (article_id, desk_id, kind, because);

CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    feed_id TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    entries INTEGER NOT NULL
) STRICT;
CREATE INDEX gaps_by_feed ON gaps (feed_id, id);

CREATE VIRTUAL TABLE article_words USING fts5(
    title, opening, content='', detail=none, tokenize='unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE article_vocabulary USING fts5vocab('article_words', 'row');
INSERT INTO article_words (rowid, title, opening)
SELECT
    id,
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(title, 'ي', 'ی'), 'ى', 'ی'), 'ك', 'ک'), 'ة', 'ہ'), 'ه', 'ہ'), 'ۃ', 'ہ'), 'ھ', 'ہ'), 'أ', 'ا'), 'إ', 'ا'), 'آ', 'ا'),
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(body, 1, 600), 'ي', 'ی'), 'ى', 'ی'), 'ك', 'ک'), 'ة', 'ہ'), 'ه', 'ہ'), 'ۃ', 'ہ'), 'ھ', 'ہ'), 'أ', 'ا'), 'إ', 'ا'), 'آ', 'ا')
FROM articles;
