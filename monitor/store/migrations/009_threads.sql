-- Slack's threads: which message a delivery answers or edits and what it tells; which presses of buttons were taken.

ALTER TABLE deliveries ADD COLUMN root_id INTEGER REFERENCES deliveries (id);
ALTER TABLE deliveries ADD COLUMN is_edit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN tells TEXT NOT NULL DEFAULT '[]';
CREATE INDEX deliveries_by_root ON deliveries (root_id, id) WHERE root_id IS NOT NULL;
CREATE INDEX deliveries_by_receipt ON deliveries (receipt) WHERE channel = 'slack';

CREATE TABLE presses (
    id TEXT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX presses_by_time ON presses (at);

ALTER TABLE mutes ADD COLUMN who TEXT NOT NULL DEFAULT '';
