-- The second step of signing in: one secret a user, sealed. Without confirmed_at it only waits for
-- its first code. last_counter: the time step of the last code taken; none is taken twice.
CREATE TABLE second_step (
  user_id BIGINT NOT NULL PRIMARY KEY,
  sealed_secret {blob} NOT NULL,
  begun_at BIGINT NOT NULL,
  confirmed_at BIGINT,
  last_counter BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  failed_at BIGINT NOT NULL
) {strict};

-- Recovery codes not used yet, as keyed indexes only.
CREATE TABLE recovery_code (
  user_id BIGINT NOT NULL,
  code_index TEXT NOT NULL,
  PRIMARY KEY (user_id, code_index)
) {strict};

-- From where a session was opened: address and browser, sealed.
ALTER TABLE user_session ADD COLUMN sealed_device {blob};
