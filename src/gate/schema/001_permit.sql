-- One row a permit: reserved in the transaction that counted, never deleted. outcome is null while
-- nobody knows; null counts as a contact and as an attempt.
CREATE TABLE permit (
  permit_id BIGINT NOT NULL PRIMARY KEY,
  person_key TEXT NOT NULL,
  customer_no TEXT NOT NULL,
  contact_point_id TEXT NOT NULL,
  number_index TEXT NOT NULL,
  role TEXT NOT NULL,
  channel TEXT NOT NULL,
  purpose TEXT NOT NULL,
  script TEXT NOT NULL,
  says_debt BIGINT NOT NULL,
  asker TEXT NOT NULL,
  reserved_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  used_at BIGINT,
  outcome TEXT,
  outcome_at BIGINT,
  outcome_by TEXT,
  idempotency_key TEXT UNIQUE,
  packs TEXT NOT NULL
) {strict};
CREATE INDEX permit_person ON permit (person_key, reserved_at);
CREATE INDEX permit_number ON permit (number_index, reserved_at);
CREATE INDEX permit_customer ON permit (customer_no, reserved_at);
CREATE INDEX permit_reserved ON permit (reserved_at);

CREATE TABLE refusal (
  refusal_id BIGINT NOT NULL PRIMARY KEY,
  customer_no TEXT NOT NULL,
  contact_point_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  purpose TEXT NOT NULL,
  asker TEXT NOT NULL,
  refused_at BIGINT NOT NULL,
  codes TEXT NOT NULL,
  allowed_at BIGINT,
  packs TEXT NOT NULL
) {strict};
CREATE INDEX refusal_at ON refusal (refused_at);

-- The latest moment a person's permits have seen: a clock that goes back does not open a new day.
CREATE TABLE person_seen (
  person_key TEXT NOT NULL PRIMARY KEY,
  seen_at BIGINT NOT NULL
) {strict};

-- What was learnt of a number: it asked never to be called again, or is not this person's.
CREATE TABLE number_mark (
  number_index TEXT NOT NULL,
  person_key TEXT NOT NULL,
  mark TEXT NOT NULL,
  marked_at BIGINT NOT NULL,
  marked_by TEXT NOT NULL,
  PRIMARY KEY (number_index, person_key, mark)
) {strict};

CREATE TABLE hold (
  hold_id BIGINT NOT NULL PRIMARY KEY,
  person_key TEXT NOT NULL,
  customer_no TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason {blob} NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT,
  set_by TEXT NOT NULL,
  lifted_at BIGINT,
  lifted_by TEXT,
  lift_reason {blob}
) {strict};
CREATE INDEX hold_person ON hold (person_key);
CREATE INDEX hold_since ON hold (since);
