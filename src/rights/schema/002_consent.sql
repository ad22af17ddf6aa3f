-- What a person consented to, and withdrew: a line each time, never changed. The latest of a purpose
-- counts. hold_id: the hold that a withdrawal set.
CREATE TABLE consent_entry (
  consent_id BIGINT NOT NULL PRIMARY KEY,
  person_key TEXT NOT NULL,
  customer_no TEXT NOT NULL,
  purpose TEXT NOT NULL,         -- a word of consent_effect.dmn
  state TEXT NOT NULL,           -- given, withdrawn
  how TEXT NOT NULL,             -- contract, counter, phone, letter, email, online
  dated_on BIGINT NOT NULL,
  document_id BIGINT,            -- the proof, in records
  proof_sha256 TEXT NOT NULL,    -- of its bytes; empty: none
  hold_id BIGINT,
  recorded_at BIGINT NOT NULL,
  recorded_by TEXT NOT NULL
) {strict};
CREATE INDEX consent_entry_by_person ON consent_entry (person_key, purpose, recorded_at);

-- Impact assessments before sensitive data, automated decisions, entrusting and the like (PIPL 55, 56).
-- Nothing personal is in one; none is changed: a new one says so in its title.
CREATE TABLE impact_assessment (
  assessment_id BIGINT NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  occasion TEXT NOT NULL,        -- sensitive, automated, entrusted, provided, abroad, other
  purpose TEXT NOT NULL,
  legality TEXT NOT NULL,
  effects TEXT NOT NULL,
  measures TEXT NOT NULL,
  assessed_on BIGINT NOT NULL,
  keep_until BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  recorded_by TEXT NOT NULL
) {strict};
CREATE INDEX impact_assessment_by_day ON impact_assessment (assessed_on);

-- A field corrected at the person's request; what stood there before, sealed.
CREATE TABLE rights_correction (
  correction_id BIGINT NOT NULL PRIMARY KEY,
  request_id BIGINT NOT NULL,
  field TEXT NOT NULL,             -- name, address, contact_value
  contact_point_id TEXT NOT NULL,  -- of a contact_value
  sealed_before {blob} NOT NULL,
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL
) {strict};
CREATE INDEX rights_correction_by_request ON rights_correction (request_id);
