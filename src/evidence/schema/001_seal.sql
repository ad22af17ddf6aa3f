-- One row a seal: which facts became which leaves, and the checkpoint signed over them. Leaves are
-- in the order of `ranges`, which is that of fact ids within the seal.
CREATE TABLE seal (
  seal_id BIGINT NOT NULL PRIMARY KEY,
  first_leaf BIGINT NOT NULL,
  leaf_count BIGINT NOT NULL,
  min_id BIGINT NOT NULL,
  max_id BIGINT NOT NULL,
  ranges {blob} NOT NULL,
  root TEXT NOT NULL,
  checkpoint TEXT NOT NULL,
  sealed_at BIGINT NOT NULL
) {strict};
CREATE INDEX seal_of_fact ON seal (max_id, min_id);
CREATE INDEX seal_of_leaf ON seal (first_leaf);

-- How often subjects were erased: a sealer that read before an erasure must not write after it.
CREATE TABLE log_erasures (only_row BIGINT NOT NULL PRIMARY KEY, count BIGINT NOT NULL) {strict};
INSERT INTO log_erasures (only_row, count) VALUES (1, 0);

-- A subject's pseudonym in the log and the key of its commitments, both random. Without this row
-- nothing in the log leads to the subject.
CREATE TABLE log_key (
  subject TEXT NOT NULL PRIMARY KEY,
  ref {blob} NOT NULL,
  key {blob} NOT NULL
) {strict};

-- sqlite:
CREATE TRIGGER seal_changes BEFORE UPDATE ON seal
BEGIN
  SELECT RAISE(ABORT, 'a seal is for good');
END;
CREATE TRIGGER seal_deletes BEFORE DELETE ON seal
BEGIN
  SELECT RAISE(ABORT, 'a seal is for good');
END;
-- end
-- postgres:
CREATE FUNCTION seal_is_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a seal is for good' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER seal_changes BEFORE UPDATE OR DELETE ON seal
  FOR EACH ROW EXECUTE FUNCTION seal_is_for_good();
CREATE TRIGGER seal_truncates BEFORE TRUNCATE ON seal
  FOR EACH STATEMENT EXECUTE FUNCTION seal_is_for_good();

-- The doors of the sealer and of erasure.
CREATE FUNCTION log_key_add(subjects TEXT[], refs {blob}[], keys {blob}[]) RETURNS void
  LANGUAGE sql AS $$
  INSERT INTO log_key (subject, ref, key) SELECT * FROM unnest($1, $2, $3);
$$;
-- The blocks leave fact_unsealed as the seal comes in; false where they are not all there.
CREATE FUNCTION seal_add(seal_id BIGINT, first_leaf BIGINT, leaf_count BIGINT, min_id BIGINT,
                         max_id BIGINT, ranges {blob}, root TEXT, checkpoint TEXT, sealed_at BIGINT,
                         blocks BIGINT[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  gone BIGINT;
BEGIN
  DELETE FROM fact_unsealed WHERE first_id = ANY ($10);
  GET DIAGNOSTICS gone = ROW_COUNT;
  INSERT INTO seal (seal_id, first_leaf, leaf_count, min_id, max_id, ranges, root, checkpoint,
                    sealed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);
  RETURN gone = cardinality($10);
END $$;
CREATE FUNCTION log_key_remove(subjects TEXT[]) RETURNS void LANGUAGE sql AS $$
  DELETE FROM log_key WHERE subject = ANY ($1);
  UPDATE log_erasures SET count = count + 1;
$$;
COMMENT ON TABLE seal IS 'door';
COMMENT ON TABLE log_key IS 'door';
COMMENT ON TABLE log_erasures IS 'door';
COMMENT ON FUNCTION log_key_add(TEXT[], {blob}[], {blob}[]) IS 'door';
COMMENT ON FUNCTION seal_add(BIGINT, BIGINT, BIGINT, BIGINT, BIGINT, {blob}, TEXT, TEXT, BIGINT,
                             BIGINT[]) IS 'door';
COMMENT ON FUNCTION log_key_remove(TEXT[]) IS 'door';
-- end
