-- A table's challenger tried on some persons: requested by one, started by another.
CREATE TABLE experiment (
  experiment_id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  file TEXT NOT NULL,
  challenger_version TEXT NOT NULL,
  share_bps BIGINT NOT NULL,
  seed TEXT NOT NULL,
  buckets TEXT NOT NULL,
  strata TEXT NOT NULL,
  start_date BIGINT NOT NULL,
  end_date BIGINT NOT NULL,
  horizon_days BIGINT NOT NULL,
  metric TEXT NOT NULL,
  margin_bps BIGINT NOT NULL,
  guards TEXT NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,          -- requested, starting, running, stopped, refused
  requested_by TEXT NOT NULL,
  requested_at BIGINT NOT NULL,
  reviewed_by TEXT NOT NULL,
  reviewed_at BIGINT,
  review_note TEXT NOT NULL,
  book_date BIGINT,             -- the book that was split
  book_edition TEXT NOT NULL,
  split TEXT NOT NULL,          -- JSON: strata, who was left out, balance of the arms
  stopped_by TEXT NOT NULL,
  stopped_on BIGINT,            -- the last night it is part of
  stop_reason TEXT NOT NULL
) {strict};
CREATE UNIQUE INDEX experiment_by_name ON experiment (name);

-- Once a customer number is here its arm never changes.
CREATE TABLE experiment_person (
  experiment_id BIGINT NOT NULL,
  customer_no TEXT NOT NULL,
  person_no TEXT NOT NULL,      -- the first customer number of the person
  arm TEXT NOT NULL,
  stratum TEXT NOT NULL,
  assigned_on BIGINT NOT NULL,  -- the first night it is treated by its arm
  how TEXT NOT NULL,            -- split, entrant
  overdue_fen BIGINT NOT NULL,  -- of this customer number, then
  PRIMARY KEY (experiment_id, customer_no)
) {strict};
CREATE INDEX experiment_person_by_day ON experiment_person (experiment_id, assigned_on);
