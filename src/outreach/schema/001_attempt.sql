CREATE TABLE attempt (
  attempt_id BIGINT NOT NULL PRIMARY KEY,
  permit_id BIGINT NOT NULL UNIQUE,
  customer_no TEXT NOT NULL,
  contact_point_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  purpose TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  outcome TEXT,
  outcome_at BIGINT,
  note {blob}
) {strict};
CREATE INDEX attempt_customer ON attempt (customer_no, made_at);
CREATE INDEX attempt_made ON attempt (made_at);
