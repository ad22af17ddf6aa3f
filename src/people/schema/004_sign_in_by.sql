-- Whose word lets a user in: 'password' (ours), 'directory' (LDAP) or 'provider' (OpenID Connect).
ALTER TABLE users ADD COLUMN sign_in_by TEXT NOT NULL DEFAULT 'password';

-- Which account elsewhere is which user: bound at the first sign-in. The account's own id is kept as
-- a keyed index only. source: 'directory', or the provider's issuer.
CREATE TABLE outside_account (
  user_id BIGINT NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  subject_index TEXT NOT NULL,
  UNIQUE (source, subject_index)
) {strict};

-- A sign-in begun at the provider, until this browser comes back; what binds the two, sealed.
CREATE TABLE provider_sign_in (
  token_hash TEXT NOT NULL PRIMARY KEY,
  sealed_state {blob} NOT NULL,
  begun_at BIGINT NOT NULL
) {strict};
CREATE INDEX provider_sign_in_by_age ON provider_sign_in (begun_at);
