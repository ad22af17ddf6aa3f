CREATE TABLE intake_batch (
  batch_id TEXT NOT NULL PRIMARY KEY,
  batch_seq BIGINT NOT NULL UNIQUE,
  file_name TEXT NOT NULL,
  file_sha256 TEXT NOT NULL,
  mapping TEXT NOT NULL,
  mapping_sha256 TEXT NOT NULL,
  as_of BIGINT NOT NULL,
  lines BIGINT NOT NULL,
  rejects BIGINT NOT NULL,
  imported_at BIGINT NOT NULL,
  imported_by TEXT NOT NULL
) {strict};

CREATE TABLE intake_batch_kind (
  batch_id TEXT NOT NULL REFERENCES intake_batch (batch_id),
  kind TEXT NOT NULL,
  kind_no BIGINT NOT NULL,
  is_full BIGINT NOT NULL,
  has_folder BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  PRIMARY KEY (batch_id, kind)
) {strict};

CREATE TABLE intake_control_total (
  batch_id TEXT NOT NULL REFERENCES intake_batch (batch_id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  total_no BIGINT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (batch_id, kind, name)
) {strict};

CREATE TABLE intake_reject (
  batch_id TEXT NOT NULL REFERENCES intake_batch (batch_id),
  reject_no BIGINT NOT NULL,
  line BIGINT NOT NULL,
  column_no BIGINT NOT NULL,
  column_name TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  reason_code TEXT NOT NULL,
  reason TEXT NOT NULL,
  hint TEXT NOT NULL,
  PRIMARY KEY (batch_id, reject_no)
) {strict};

-- Every account number ever accepted, so that a reference can be checked without opening folders.
CREATE TABLE intake_account (
  account_no TEXT NOT NULL PRIMARY KEY,
  customer_no TEXT NOT NULL
) {strict};

CREATE TABLE customer (
  customer_no TEXT NOT NULL PRIMARY KEY,
  person_key TEXT NOT NULL,
  name_sealed {blob} NOT NULL,
  name_index {blob},
  citizen_id_sealed {blob} NOT NULL,
  citizen_id_index {blob},
  address_sealed {blob} NOT NULL,
  region_code BIGINT NOT NULL,
  birth_date BIGINT,
  language TEXT NOT NULL,
  row_key {blob} NOT NULL
) {strict};
CREATE INDEX customer_person ON customer (person_key);
CREATE INDEX customer_name ON customer (name_index);

CREATE TABLE contact_point (
  customer_no TEXT NOT NULL,
  contact_no TEXT NOT NULL,
  role TEXT NOT NULL,
  relation TEXT NOT NULL,
  channel TEXT NOT NULL,
  value_sealed {blob} NOT NULL,
  value_index {blob} NOT NULL,
  name_sealed {blob} NOT NULL,
  valid BIGINT NOT NULL,
  source TEXT NOT NULL,
  consent BIGINT NOT NULL,
  row_key {blob} NOT NULL,
  PRIMARY KEY (customer_no, contact_no)
) {strict};
CREATE INDEX contact_point_value ON contact_point (value_index);

CREATE TABLE guarantor (
  account_no TEXT NOT NULL,
  guarantor_no TEXT NOT NULL,
  name_sealed {blob} NOT NULL,
  citizen_id_sealed {blob} NOT NULL,
  phone_sealed {blob} NOT NULL,
  phone_index {blob},
  row_key {blob} NOT NULL,
  PRIMARY KEY (account_no, guarantor_no)
) {strict};

CREATE TABLE past_contact (
  customer_no TEXT NOT NULL,
  contact_no TEXT NOT NULL,
  contacted_at BIGINT NOT NULL,
  channel TEXT NOT NULL,
  outcome TEXT NOT NULL,
  by TEXT NOT NULL,
  row_key {blob} NOT NULL,
  PRIMARY KEY (customer_no, contact_no, contacted_at)
) {strict};
CREATE INDEX past_contact_at ON past_contact (contacted_at);
