-- Each permit is the person's n-th, so that a log with one missing shows it.
ALTER TABLE person_seen ADD COLUMN nth BIGINT NOT NULL DEFAULT 0;
ALTER TABLE permit ADD COLUMN nth BIGINT NOT NULL DEFAULT 0;
-- Permits of before have no number; counting goes on after them.
UPDATE person_seen SET nth =
  (SELECT COUNT(*) FROM permit WHERE permit.person_key = person_seen.person_key);

-- A row a number, for whoever counts its attempts to lock.
CREATE TABLE number_seen (
  number_index TEXT NOT NULL PRIMARY KEY
) {strict};

-- The policy packs under which anything was granted or refused, with their bytes.
CREATE TABLE gate_pack (
  pack TEXT NOT NULL,
  version TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  calendar_sha256 TEXT NOT NULL,
  bytes {blob} NOT NULL,
  PRIMARY KEY (pack, version)
) {strict};

-- Lists of one customer go by the person.
DROP INDEX permit_customer;
