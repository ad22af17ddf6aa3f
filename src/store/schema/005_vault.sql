-- The keys that values are sealed with, wrapped by a root key that is not here (store/keyring.h).
-- kind: seal, of which one is in use and the others are retired; index, for equality search, one.
CREATE TABLE vault_key (
  key_id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  suite TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  retired_at BIGINT,
  destroyed_at BIGINT
) {strict};
CREATE UNIQUE INDEX vault_key_in_use ON vault_key (kind) WHERE retired_at IS NULL;

-- A key wrapped by a root; by two while one root takes the place of another. None: destroyed.
CREATE TABLE vault_wrap (
  key_id BIGINT NOT NULL,
  root_id TEXT NOT NULL,
  wrapped {blob} NOT NULL,
  PRIMARY KEY (key_id, root_id)
) {strict};

-- postgres:
-- Called last in each transaction that sealed something: it may commit only under the key in use, so
-- that nothing comes in under a retired key once its retirement is in. 40001: run the work again.
CREATE FUNCTION vault_fence(key_id BIGINT, turn BIGINT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared($2);
  IF NOT EXISTS (SELECT 1 FROM vault_key k
                  WHERE k.key_id = $1 AND k.kind = 'seal' AND k.retired_at IS NULL) THEN
    RAISE EXCEPTION 'sealed with a key that was retired meanwhile'
      USING ERRCODE = 'serialization_failure';
  END IF;
END $$;
COMMENT ON TABLE vault_key IS 'door';
COMMENT ON TABLE vault_wrap IS 'door';
COMMENT ON FUNCTION vault_fence(BIGINT, BIGINT) IS 'door';
-- end
