CREATE INDEX alerts_by_article ON alerts (article_id)
CREATE INDEX alerts_by_digest ON alerts (digest_id) WHERE digest_id IS NOT NULL
CREATE INDEX alerts_by_speaker ON alerts (spoken_by) WHERE spoken_by IS NOT NULL
CREATE INDEX alerts_by_story ON alerts (story_id)
CREATE INDEX alerts_waiting ON alerts (desk_id) WHERE digest_id IS NULL
CREATE INDEX articles_by_arrival ON articles (first_seen_at, story_id, reprint_of)
CREATE INDEX articles_by_original ON articles (reprint_of) WHERE reprint_of IS NOT NULL
CREATE INDEX articles_by_story ON articles (story_id) WHERE story_id IS NOT NULL
CREATE INDEX deliveries_by_receipt ON deliveries (receipt) WHERE channel = 'slack'
CREATE INDEX deliveries_by_root ON deliveries (root_id, id) WHERE root_id IS NOT NULL
CREATE INDEX deliveries_by_state ON deliveries (state, id)
CREATE INDEX deliveries_open ON deliveries (channel, recipient, id) WHERE state IN ('pending', 'retry', 'sending')
CREATE INDEX delivery_events_by_delivery ON delivery_events (delivery_id, id)
CREATE INDEX digests_by_desk ON digests (desk_id, id)
CREATE INDEX digests_by_time ON digests (desk_id, at)
CREATE INDEX digests_of_all_by_time ON digests (at)
CREATE INDEX edits_by_article ON edits (article_id)
CREATE INDEX feedback_by_article ON feedback (article_id)
CREATE INDEX feedback_by_time ON feedback (at)
CREATE INDEX further_reports_by_digest ON further_reports (digest_id, desk_id)
CREATE INDEX gaps_by_feed ON gaps (feed_id, id)
CREATE INDEX gaps_by_time ON gaps (until)
CREATE INDEX mutes_by_story ON mutes (story_id)
CREATE INDEX mutes_open ON mutes (id) WHERE ended_at IS NULL
CREATE INDEX notices_untold ON notices (id) WHERE told_at IS NULL
CREATE INDEX polls_by_feed ON polls (feed_id, id)
CREATE INDEX presses_by_time ON presses (at)
CREATE INDEX slots_by_digest ON slots (digest_id) WHERE digest_id IS NOT NULL
CREATE INDEX stories_by_lead ON stories (lead_article_id)
CREATE INDEX surges_by_feed ON surges (feed_id, id)
CREATE TABLE "_sqlite_migrations" ( "id" INTEGER PRIMARY KEY, "migration_set" TEXT, "name" TEXT, "applied_at" TEXT )
CREATE TABLE alerts ( id INTEGER PRIMARY KEY AUTOINCREMENT, desk_id TEXT NOT NULL, story_id INTEGER NOT NULL REFERENCES stories (id), article_id INTEGER NOT NULL REFERENCES articles (id), kind TEXT NOT NULL, severity TEXT NOT NULL, rule_ids TEXT NOT NULL, because TEXT NOT NULL, created_at TEXT NOT NULL, digest_id INTEGER REFERENCES digests (id) , spoken_by INTEGER REFERENCES articles (id), states TEXT NOT NULL DEFAULT '[]') STRICT
CREATE TABLE article_keys ( kind TEXT NOT NULL, value TEXT NOT NULL, article_id INTEGER NOT NULL, PRIMARY KEY (kind, value) ) STRICT, WITHOUT ROWID
CREATE TABLE articles ( id INTEGER PRIMARY KEY AUTOINCREMENT, feed_id TEXT NOT NULL, url TEXT, title TEXT NOT NULL, body TEXT NOT NULL, zones TEXT NOT NULL, first_seen_at TEXT NOT NULL, language TEXT, authors TEXT NOT NULL, tags TEXT NOT NULL, published_at TEXT, story_id INTEGER REFERENCES stories (id) DEFERRABLE INITIALLY DEFERRED, reprint_of INTEGER REFERENCES articles (id) DEFERRABLE INITIALLY DEFERRED, placed_because TEXT NOT NULL, is_baseline INTEGER NOT NULL , promoted_at TEXT) STRICT
CREATE TABLE deliveries ( id INTEGER PRIMARY KEY AUTOINCREMENT, digest_id INTEGER REFERENCES digests (id), channel TEXT NOT NULL, recipient TEXT NOT NULL, message_id TEXT NOT NULL, payload BLOB NOT NULL, created_at TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, ambiguous INTEGER NOT NULL, next_attempt_at TEXT, give_up_at TEXT, detail TEXT NOT NULL, receipt TEXT NOT NULL , root_id INTEGER REFERENCES deliveries (id), is_edit INTEGER NOT NULL DEFAULT 0, tells TEXT NOT NULL DEFAULT '[]') STRICT
CREATE TABLE delivery_events ( id INTEGER PRIMARY KEY AUTOINCREMENT, delivery_id INTEGER NOT NULL REFERENCES deliveries (id), at TEXT NOT NULL, event TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL ) STRICT
CREATE TABLE digests ( id INTEGER PRIMARY KEY AUTOINCREMENT, desk_id TEXT NOT NULL, at TEXT NOT NULL, slot TEXT NOT NULL, subject TEXT NOT NULL, alert_ids TEXT NOT NULL, html TEXT NOT NULL, text TEXT NOT NULL , told INTEGER NOT NULL DEFAULT 0) STRICT
CREATE TABLE edits ( id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE, at TEXT NOT NULL, old_title TEXT NOT NULL, new_title TEXT NOT NULL, old_body TEXT NOT NULL, new_body TEXT NOT NULL, because TEXT NOT NULL , old_zones TEXT NOT NULL DEFAULT '', new_zones TEXT NOT NULL DEFAULT '') STRICT
CREATE TABLE feedback ( id INTEGER PRIMARY KEY AUTOINCREMENT, article_id INTEGER NOT NULL REFERENCES articles (id), desk_id TEXT NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL, through TEXT NOT NULL, at TEXT NOT NULL ) STRICT
CREATE TABLE feeds ( id TEXT NOT NULL PRIMARY KEY, url TEXT NOT NULL, etag TEXT, last_modified TEXT, body_sha256 TEXT, baseline_at TEXT, next_poll_at TEXT, next_poll_because TEXT NOT NULL, last_polled_at TEXT, last_ok_at TEXT, last_new_at TEXT, last_outcome TEXT NOT NULL, last_detail TEXT NOT NULL, failures INTEGER NOT NULL, paused INTEGER NOT NULL , memory TEXT NOT NULL DEFAULT '') STRICT
CREATE TABLE further_reports ( article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE, desk_id TEXT NOT NULL, digest_id INTEGER REFERENCES digests (id), PRIMARY KEY (article_id, desk_id) ) STRICT, WITHOUT ROWID
CREATE TABLE gaps ( id INTEGER PRIMARY KEY, feed_id TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, entries INTEGER NOT NULL ) STRICT
CREATE TABLE held_articles ( article_id INTEGER NOT NULL PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, at TEXT NOT NULL ) STRICT, WITHOUT ROWID
CREATE TABLE matches ( id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE, rule_id TEXT NOT NULL, rule_version TEXT NOT NULL, title TEXT NOT NULL, severity TEXT NOT NULL, spans TEXT NOT NULL, desks TEXT NOT NULL, at TEXT NOT NULL ) STRICT
CREATE TABLE mutes ( id INTEGER PRIMARY KEY AUTOINCREMENT, story_id INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE, desk_id TEXT NOT NULL, at TEXT NOT NULL, until TEXT, ended_at TEXT, ended_because TEXT NOT NULL , who TEXT NOT NULL DEFAULT '') STRICT
CREATE TABLE named_values ( key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL ) STRICT, WITHOUT ROWID
CREATE TABLE notices ( id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, at TEXT NOT NULL, told_at TEXT, cleared_at TEXT ) STRICT
CREATE TABLE polls ( id INTEGER PRIMARY KEY AUTOINCREMENT, feed_id TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL, status TEXT NOT NULL, detail TEXT NOT NULL, entries INTEGER NOT NULL, new INTEGER NOT NULL, matched INTEGER NOT NULL, alerts INTEGER NOT NULL, seconds REAL NOT NULL, next_at TEXT NOT NULL, next_because TEXT NOT NULL ) STRICT
CREATE TABLE presses ( id TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL ) STRICT, WITHOUT ROWID
CREATE TABLE sightings ( id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE, feed_id TEXT NOT NULL, url TEXT, entry_id TEXT, first_at TEXT NOT NULL, last_at TEXT NOT NULL ) STRICT
CREATE TABLE sketches ( article_id INTEGER NOT NULL PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, version INTEGER NOT NULL, data BLOB NOT NULL ) STRICT
CREATE TABLE slots ( desk_id TEXT NOT NULL, slot_at TEXT NOT NULL, because TEXT NOT NULL, digest_id INTEGER REFERENCES digests (id), PRIMARY KEY (desk_id, slot_at) ) STRICT, WITHOUT ROWID
CREATE TABLE stories ( id INTEGER PRIMARY KEY AUTOINCREMENT, lead_article_id INTEGER NOT NULL REFERENCES articles (id) DEFERRABLE INITIALLY DEFERRED, title TEXT NOT NULL, created_at TEXT NOT NULL , lead_because TEXT NOT NULL DEFAULT '') STRICT
CREATE TABLE story_decisions ( id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, story_id INTEGER NOT NULL, other_id INTEGER NOT NULL, article_ids TEXT NOT NULL, at TEXT NOT NULL, because TEXT NOT NULL , maker TEXT NOT NULL DEFAULT 'person') STRICT
CREATE TABLE surges ( id INTEGER PRIMARY KEY, feed_id TEXT NOT NULL, at TEXT NOT NULL, because TEXT NOT NULL, ended_at TEXT, told INTEGER NOT NULL ) STRICT
CREATE TABLE withheld ( id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE, desk_id TEXT NOT NULL, kind TEXT NOT NULL, because TEXT NOT NULL, at TEXT NOT NULL ) STRICT
CREATE TRIGGER delivery_events_never_change BEFORE UPDATE ON delivery_events BEGIN SELECT raise(ABORT, 'the history of deliveries is append-only'); END
CREATE TRIGGER delivery_events_never_go BEFORE DELETE ON delivery_events BEGIN SELECT raise(ABORT, 'the history of deliveries is append-only'); END
CREATE TRIGGER feedback_never_changes BEFORE UPDATE ON feedback BEGIN SELECT raise(ABORT, 'what people said is append-only'); END
CREATE TRIGGER feedback_never_goes BEFORE DELETE ON feedback BEGIN SELECT raise(ABORT, 'what people said is append-only'); END
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name" ON "_sqlite_migrations" ("migration_set", "name")
CREATE UNIQUE INDEX deliveries_once ON deliveries (digest_id, channel, recipient, part) WHERE digest_id IS NOT NULL
CREATE UNIQUE INDEX matches_once ON matches (article_id, rule_id, rule_version)
CREATE UNIQUE INDEX notices_open ON notices (event, subject) WHERE cleared_at IS NULL
CREATE UNIQUE INDEX sightings_once ON sightings (article_id, feed_id, ifnull(url, ''))
CREATE UNIQUE INDEX withheld_once ON withheld (article_id, desk_id, kind, because)
CREATE VIRTUAL TABLE article_vocabulary USING fts5vocab('article_words', 'row')
CREATE VIRTUAL TABLE article_words USING fts5( title, opening, content='', detail=none, tokenize='unicode61 remove_diacritics 2')
