-- A version of a table: a draft and what became of it. state: draft, in_review, returned, approved,
-- trial, withdrawn. `version` is the first 12 hex digits of the SHA-256 of `xml`; `based_on` and
-- `shipped_version` are versions too, of what was edited and of what the decisions folder held when
-- this one was released; empty: none.
CREATE TABLE table_version (
  version_id BIGINT NOT NULL PRIMARY KEY,
  file TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  version TEXT NOT NULL,
  xml {blob} NOT NULL,
  tests_csv TEXT NOT NULL,
  note TEXT NOT NULL,
  based_on TEXT NOT NULL,
  author TEXT NOT NULL,
  saved_by TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  saved_at BIGINT NOT NULL,
  errors BIGINT NOT NULL,
  warnings BIGINT NOT NULL,
  tests_passed BIGINT NOT NULL,
  tests_failed BIGINT NOT NULL,
  submitted_by TEXT,
  submitted_at BIGINT,
  reviewed_by TEXT,
  reviewed_at BIGINT,
  review_note TEXT,
  effective_from BIGINT,
  shipped_version TEXT NOT NULL
) {strict};
CREATE INDEX table_version_by_file ON table_version (file, version_id);
CREATE INDEX table_version_by_bytes ON table_version (version);
-- Two releases of one file for one day cannot both be right.
CREATE UNIQUE INDEX table_version_in_force ON table_version (file, effective_from)
  WHERE state = 'approved';

-- Everyone who wrote in a version: none of them may review it.
CREATE TABLE table_editor (
  version_id BIGINT NOT NULL,
  user_name TEXT NOT NULL,
  PRIMARY KEY (version_id, user_name)
) {strict};

-- Which bytes a simulation has been through to its end.
CREATE TABLE table_simulated (
  version TEXT NOT NULL,
  simulation_id TEXT NOT NULL,
  simulated_at BIGINT NOT NULL,
  PRIMARY KEY (version, simulation_id)
) {strict};
