-- Who works here. skills and regions are words joined by commas. The hash is argon2id with its salt
-- and cost in the usual text form.
CREATE TABLE users (
  user_id BIGINT NOT NULL PRIMARY KEY,
  user_name TEXT NOT NULL UNIQUE,
  shown_name TEXT NOT NULL,
  role TEXT NOT NULL,
  team TEXT NOT NULL,
  skills TEXT NOT NULL,
  regions TEXT NOT NULL,
  capacity BIGINT NOT NULL,
  active BIGINT NOT NULL,
  password_hash TEXT NOT NULL,
  must_change_password BIGINT NOT NULL,
  certified_until BIGINT,
  background_checked BIGINT NOT NULL,
  confidentiality_signed BIGINT NOT NULL,
  recording_ready BIGINT NOT NULL,
  created_at BIGINT NOT NULL
) {strict};

-- Who is signed in. The cookie's token is not here, only its hash.
CREATE TABLE user_session (
  token_hash TEXT NOT NULL PRIMARY KEY,
  user_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
) {strict};
CREATE INDEX user_session_by_user ON user_session (user_id);
CREATE INDEX user_session_by_age ON user_session (created_at);

-- Failed sign-ins of one name from one address, both only as a keyed index.
CREATE TABLE sign_in_failure (
  attempt_key TEXT NOT NULL PRIMARY KEY,
  failures BIGINT NOT NULL,
  failed_at BIGINT NOT NULL
) {strict};
CREATE INDEX sign_in_failure_by_age ON sign_in_failure (failed_at);
