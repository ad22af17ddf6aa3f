-- What a person asks about their own data (PIPL 44 to 50). state: open, waiting (for a second person),
-- granted (a copy may be fetched; an erasure is under way), review (a decision looked at by a person),
-- done. outcome: granted, refused, restricted, withdrawn, upheld, changed. Once the person is erased
-- customer_no, person_key and the sealed texts are empty.
CREATE TABLE rights_request (
  request_id BIGINT NOT NULL PRIMARY KEY,
  person_key TEXT NOT NULL,
  customer_no TEXT NOT NULL,
  kind TEXT NOT NULL,            -- access, correct, erase, restrict, object, withdraw_consent
  received_by TEXT NOT NULL,     -- counter, phone, letter, email, online, regulator
  received_on BIGINT NOT NULL,
  identity TEXT NOT NULL,        -- original_id, callback, bank_verified, power_of_attorney
  sealed_text {blob} NOT NULL,
  due_on BIGINT NOT NULL,
  rule_id TEXT NOT NULL,         -- the row of rights_deadline.dmn that gave the day
  table_version TEXT NOT NULL,
  citation TEXT NOT NULL,
  copy_days BIGINT NOT NULL,
  taken_at BIGINT NOT NULL,
  taken_by TEXT NOT NULL,
  state TEXT NOT NULL,
  outcome TEXT NOT NULL,
  approval_id BIGINT,
  hold_id BIGINT,
  copy_until BIGINT,             -- the last day on which the copy may be made
  ended_at BIGINT,
  ended_by TEXT NOT NULL
) {strict};
CREATE INDEX rights_request_by_state ON rights_request (state, due_on);
CREATE INDEX rights_request_by_customer ON rights_request (customer_no, taken_at);
CREATE INDEX rights_request_by_person ON rights_request (person_key);
CREATE INDEX rights_request_by_end ON rights_request (ended_at);

-- What was done about it, in order, with what was said.
CREATE TABLE rights_step (
  request_id BIGINT NOT NULL,
  step_no BIGINT NOT NULL,
  step TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  detail TEXT NOT NULL,          -- codes and citations: nothing personal
  sealed_text {blob} NOT NULL,
  PRIMARY KEY (request_id, step_no)
) {strict};
