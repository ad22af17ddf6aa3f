-- What the file says of a user, in short: the gate and the night read these. background_until: the
-- check is good to the end of that day; null: no end. employed_until: the last day.
ALTER TABLE users ADD COLUMN background_until BIGINT;
ALTER TABLE users ADD COLUMN employed_until BIGINT;
ALTER TABLE users ADD COLUMN backup TEXT NOT NULL DEFAULT '';

-- Background checks, confidentiality agreements, certificates. What they are called, their number,
-- who issued them and where the paper lies, is sealed.
CREATE TABLE staff_record (
  record_id BIGINT NOT NULL PRIMARY KEY,
  user_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  sealed_paper {blob} NOT NULL,
  issued_on BIGINT NOT NULL,
  valid_until BIGINT,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  ended_at BIGINT
) {strict};
CREATE INDEX staff_record_by_user ON staff_record (user_id);

-- Whose case a user must not have, and why, sealed.
CREATE TABLE staff_conflict (
  conflict_id BIGINT NOT NULL PRIMARY KEY,
  user_id BIGINT NOT NULL,
  customer_no TEXT NOT NULL,
  sealed_reason {blob} NOT NULL,
  declared_by TEXT NOT NULL,
  declared_at BIGINT NOT NULL,
  ended_at BIGINT
) {strict};
CREATE INDEX staff_conflict_by_user ON staff_conflict (user_id);
CREATE INDEX staff_conflict_by_customer ON staff_conflict (customer_no);
