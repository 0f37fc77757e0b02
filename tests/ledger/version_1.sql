-- The tables of version 1, as it made them, with the smallest history that a migration has to carry over.
CREATE TABLE versions (version INTEGER NOT NULL, at VARCHAR, PRIMARY KEY (version));
CREATE TABLE records (seq INTEGER NOT NULL, kind VARCHAR NOT NULL, at VARCHAR NOT NULL, body TEXT NOT NULL,
  previous VARCHAR(64) NOT NULL, hash VARCHAR(64) NOT NULL, PRIMARY KEY (seq));
CREATE TABLE heads (seq INTEGER NOT NULL, hash VARCHAR(64) NOT NULL, PRIMARY KEY (seq));
CREATE INDEX ix_heads_hash ON heads (hash);
CREATE TABLE artifacts (seq INTEGER NOT NULL, id VARCHAR NOT NULL, first INTEGER NOT NULL, newer INTEGER, type VARCHAR,
  name VARCHAR, state VARCHAR, PRIMARY KEY (seq), FOREIGN KEY(seq) REFERENCES records (seq));
CREATE TABLE executions (seq INTEGER NOT NULL, id VARCHAR NOT NULL, first INTEGER NOT NULL, newer INTEGER, run VARCHAR,
  step VARCHAR, "key" VARCHAR, state VARCHAR, PRIMARY KEY (seq), FOREIGN KEY(seq) REFERENCES records (seq));
CREATE TABLE contexts (seq INTEGER NOT NULL, id VARCHAR NOT NULL, first INTEGER NOT NULL, newer INTEGER, type VARCHAR,
  PRIMARY KEY (seq), FOREIGN KEY(seq) REFERENCES records (seq));
CREATE TABLE risks (seq INTEGER NOT NULL, id VARCHAR NOT NULL, first INTEGER NOT NULL, newer INTEGER, resolved BOOLEAN,
  PRIMARY KEY (seq), FOREIGN KEY(seq) REFERENCES records (seq));
CREATE TABLE events (seq INTEGER NOT NULL, execution VARCHAR, artifact VARCHAR, direction VARCHAR, role VARCHAR,
  PRIMARY KEY (seq), FOREIGN KEY(seq) REFERENCES records (seq));
CREATE TABLE memberships (seq INTEGER NOT NULL, context VARCHAR, member VARCHAR, PRIMARY KEY (seq),
  FOREIGN KEY(seq) REFERENCES records (seq));
CREATE TABLE evidence (seq INTEGER NOT NULL, run VARCHAR, PRIMARY KEY (seq), FOREIGN KEY(seq) REFERENCES records (seq));
CREATE TABLE predictions (seq INTEGER NOT NULL, run VARCHAR, PRIMARY KEY (seq), FOREIGN KEY(seq) REFERENCES records (seq));
CREATE TABLE openings (seq INTEGER NOT NULL, run VARCHAR, PRIMARY KEY (seq), FOREIGN KEY(seq) REFERENCES records (seq));
CREATE TABLE decisions (seq INTEGER NOT NULL, id VARCHAR, run VARCHAR, PRIMARY KEY (seq),
  FOREIGN KEY(seq) REFERENCES records (seq));
CREATE INDEX artifacts_by_id ON artifacts (id, newer);
CREATE INDEX artifacts_by_type ON artifacts (type, newer, first);
CREATE INDEX artifacts_by_name ON artifacts (name, newer, first);
CREATE INDEX executions_by_id ON executions (id, newer);
CREATE INDEX executions_by_run ON executions (run, newer, first);
CREATE INDEX executions_by_key ON executions ("key", newer, first);
CREATE INDEX executions_by_step ON executions (step, newer, first);
CREATE INDEX executions_by_state ON executions (state, newer, first);
CREATE INDEX contexts_by_id ON contexts (id, newer);
CREATE INDEX contexts_by_type ON contexts (type, newer, first);
CREATE INDEX risks_by_id ON risks (id, newer);
CREATE INDEX risks_by_resolved ON risks (resolved, newer, first);
CREATE INDEX events_by_execution ON events (execution);
CREATE INDEX events_by_artifact ON events (artifact, direction);
CREATE INDEX memberships_by_context ON memberships (context);
CREATE INDEX evidence_by_run ON evidence (run);
CREATE INDEX predictions_by_run ON predictions (run);
CREATE INDEX decisions_by_id ON decisions (id);
CREATE INDEX decisions_by_run ON decisions (run);
INSERT INTO versions VALUES (1, '2026-01-01T00:00:00.000000+00:00');
