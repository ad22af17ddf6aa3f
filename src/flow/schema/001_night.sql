-- A run of the night: running, publishing, done, or abandoned (its inputs changed before it ended).
CREATE TABLE night (
  night_id BIGINT NOT NULL PRIMARY KEY,
  night_date BIGINT NOT NULL,
  input_key TEXT NOT NULL,
  edition TEXT NOT NULL,
  baseline_edition TEXT NOT NULL,
  state TEXT NOT NULL,
  accounts BIGINT NOT NULL,
  changed_accounts BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT
) {strict};
CREATE INDEX night_by_date ON night (night_date, night_id);
CREATE INDEX night_by_state ON night (state);

CREATE TABLE night_stage (
  night_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  stage TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  rows BIGINT NOT NULL,
  wall_ms BIGINT NOT NULL,
  PRIMARY KEY (night_id, position)
) {strict};

CREATE TABLE night_table (
  night_id BIGINT NOT NULL,
  file TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (night_id, file)
) {strict};

-- A chunk is here exactly when its facts and rows are: all three are of one transaction.
CREATE TABLE night_chunk (
  night_id BIGINT NOT NULL,
  chunk_no BIGINT NOT NULL,
  changed_accounts BIGINT NOT NULL,
  PRIMARY KEY (night_id, chunk_no)
) {strict};
