-- Who asks with a key instead of a password: other companies (agency:NAME) and machines of our own
-- (machine:NAME). What the gate asks about them stands here, with its dates.
CREATE TABLE key_holder (
  holder TEXT NOT NULL PRIMARY KEY,
  shown_name TEXT NOT NULL,
  team TEXT NOT NULL,
  active BIGINT NOT NULL,
  published BIGINT NOT NULL,
  licence_until BIGINT,
  contract_until BIGINT,
  evaluated_on BIGINT,
  impact_assessed BIGINT NOT NULL,
  recording_ready BIGINT NOT NULL,
  created_at BIGINT NOT NULL
) {strict};

-- The key itself is shown once; only its SHA-256 is here (256 random bits need no slow hash).
CREATE TABLE api_key (
  key_id BIGINT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  expires_on BIGINT NOT NULL,
  revoked_at BIGINT,
  used_at BIGINT
) {strict};
CREATE INDEX api_key_holder ON api_key (holder);
