-- What somebody asks another to approve. payload says what is done then: codes, ids and amounts, never
-- a name or a number; its SHA-256 stands in the fact too. level: the one it waits for, of `levels`.
-- wait_hours is each level's; due_at: the end of this one's. state: waiting, approved, refused,
-- withdrawn, expired.
CREATE TABLE approval (
  approval_id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  customer_no TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  size BIGINT NOT NULL,
  payload TEXT NOT NULL,
  payload_sha256 TEXT NOT NULL,
  reason {blob} NOT NULL,
  state TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  level BIGINT NOT NULL,
  levels BIGINT NOT NULL,
  wait_hours BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  table_version TEXT NOT NULL,
  ended_at BIGINT
) {strict};
CREATE INDEX approval_by_state ON approval (state, asked_at);
CREATE INDEX approval_by_asker ON approval (asked_by, asked_at);
-- One thing is asked for once at a time.
CREATE UNIQUE INDEX approval_waiting ON approval (kind, subject) WHERE state = 'waiting';

-- Who said what at a level: by hand, and by whose authority (the same name, or a deputy's principal).
-- A level is answered once, and neither name comes twice on one request.
CREATE TABLE approval_step (
  approval_id BIGINT NOT NULL,
  level BIGINT NOT NULL,
  verdict TEXT NOT NULL,        -- given, refused
  made_by TEXT NOT NULL,
  made_for TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  rule_id TEXT NOT NULL,        -- the row of approval.dmn that let them
  note {blob} NOT NULL,
  PRIMARY KEY (approval_id, level)
) {strict};
CREATE INDEX approval_step_by_hand ON approval_step (made_by, made_at);
CREATE INDEX approval_step_by_authority ON approval_step (made_for, made_at);

-- Who acts for whom, on which days, both counted.
CREATE TABLE deputy (
  deputy_id BIGINT NOT NULL PRIMARY KEY,
  user_name TEXT NOT NULL,
  deputy TEXT NOT NULL,
  from_date BIGINT NOT NULL,
  until_date BIGINT NOT NULL,
  named_at BIGINT NOT NULL,
  ended_at BIGINT,
  ended_by TEXT NOT NULL
) {strict};
CREATE INDEX deputy_by_user ON deputy (user_name, until_date);
CREATE INDEX deputy_by_deputy ON deputy (deputy, until_date);
