-- What a feed's room remembers of it beside its state; text that the store does not read.

ALTER TABLE feeds ADD COLUMN memory TEXT NOT NULL DEFAULT '';
