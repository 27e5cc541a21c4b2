-- Why an article leads its story, and which article a digest told an alert by.

ALTER TABLE stories ADD COLUMN lead_because TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN spoken_by INTEGER REFERENCES articles (id);
CREATE INDEX alerts_by_speaker ON alerts (spoken_by) WHERE spoken_by IS NOT NULL;
