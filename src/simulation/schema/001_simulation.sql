-- A simulation somebody asked for: queued, running, done, cancelled or failed. Its results lie in
-- <data>/simulations/<simulation_id> while kept is 1.
CREATE TABLE simulation (
  simulation_id BIGINT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL,
  runner TEXT NOT NULL,
  book_date BIGINT NOT NULL,
  nights BIGINT NOT NULL,
  seed BIGINT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  stage TEXT NOT NULL,
  night BIGINT NOT NULL,
  done_rows BIGINT NOT NULL,
  total_rows BIGINT NOT NULL,
  message TEXT NOT NULL,
  kept BIGINT NOT NULL
) {strict};
CREATE INDEX simulation_by_state ON simulation (state, simulation_id);

-- The tables it tried in place of those in force; version is of the bytes that were run.
CREATE TABLE simulation_version (
  simulation_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  version_id BIGINT NOT NULL,
  file TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (simulation_id, position)
) {strict};
