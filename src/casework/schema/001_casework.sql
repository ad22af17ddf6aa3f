CREATE TABLE promise (
  promise_id BIGINT NOT NULL PRIMARY KEY,
  customer_no TEXT NOT NULL,
  account_no TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  due_date BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  note {blob}
) {strict};
CREATE INDEX promise_customer ON promise (customer_no, made_at);
CREATE INDEX promise_due ON promise (due_date);
CREATE INDEX promise_made ON promise (made_at);

CREATE TABLE note (
  note_id BIGINT NOT NULL PRIMARY KEY,
  customer_no TEXT NOT NULL,
  written_at BIGINT NOT NULL,
  written_by TEXT NOT NULL,
  text {blob} NOT NULL
) {strict};
CREATE INDEX note_customer ON note (customer_no, written_at);
