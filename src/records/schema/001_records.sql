-- A document of a case. Its bytes lie in <data>/documents/<file>, sealed with a key of its own that
-- is here, itself sealed: emptying it destroys the document in one transaction, and the file is
-- overwritten and removed after. content_index is keyed: the same bytes of the same case meet.
CREATE TABLE document (
  document_id BIGINT NOT NULL PRIMARY KEY,
  customer_no TEXT NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  content_index TEXT NOT NULL,
  file TEXT NOT NULL UNIQUE,
  sealed_key {blob} NOT NULL,
  sealed_name {blob} NOT NULL,
  dated_on BIGINT NOT NULL,
  added_at BIGINT NOT NULL,
  added_by TEXT NOT NULL,
  state TEXT NOT NULL,
  destroyed_at BIGINT,
  file_gone BIGINT NOT NULL
) {strict};
CREATE INDEX document_customer ON document (customer_no, added_at);
CREATE INDEX document_content ON document (content_index);
CREATE INDEX document_kind ON document (kind, state, added_at);

-- Destruction forbidden, whatever the retention table says. subject: a person_key, a customer_no, a
-- document_id or a kind of record.
CREATE TABLE legal_hold (
  legal_hold_id BIGINT NOT NULL PRIMARY KEY,
  scope TEXT NOT NULL,
  subject TEXT NOT NULL,
  customer_no TEXT NOT NULL,
  reason {blob} NOT NULL,
  set_at BIGINT NOT NULL,
  set_by TEXT NOT NULL,
  until BIGINT,
  lift_asked_at BIGINT,
  lift_asked_by TEXT,
  lift_reason {blob},
  lifted_at BIGINT,
  lifted_by TEXT
) {strict};
CREATE INDEX legal_hold_customer ON legal_hold (customer_no);

-- A run of retention, and what it destroyed: nothing personal, only numbers of records.
CREATE TABLE retention_run (
  run_id BIGINT NOT NULL PRIMARY KEY,
  date BIGINT NOT NULL,
  state TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT,
  version TEXT NOT NULL
) {strict};

CREATE TABLE retention_destroyed (
  run_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  record_id TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  due_on BIGINT NOT NULL,
  code TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  destroyed_at BIGINT NOT NULL,
  cleaned BIGINT NOT NULL,
  PRIMARY KEY (run_id, kind, record_id)
) {strict};
