-- How affairs stood by the report that raised an alert; who merged or split stories, a person or the monitor; when what
-- was only in a baseline became news.

ALTER TABLE alerts ADD COLUMN states TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN promoted_at TEXT;
ALTER TABLE story_decisions ADD COLUMN maker TEXT NOT NULL DEFAULT 'person';
-- Until now a decision of the monitor showed by its moment: that of the poll whose article brought it.
UPDATE story_decisions SET maker = 'monitor'
WHERE kind = 'merge' AND EXISTS (SELECT 1 FROM articles WHERE first_seen_at = story_decisions.at);
