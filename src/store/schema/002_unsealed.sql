-- Facts not yet sealed into the log. Each append takes a block of consecutive ids and leaves one row
-- here in its own transaction; the sealer takes the row away in the transaction that saves the seal.
-- So a fact is in exactly one of the two, whatever clocks and commits did.
CREATE TABLE fact_unsealed (
  first_id BIGINT NOT NULL PRIMARY KEY,
  fact_count BIGINT NOT NULL CHECK (fact_count BETWEEN 1 AND 4096)
) {strict};

-- Facts whose private text was replaced, because the person was erased. `entry` is what the log
-- holds of it, so that a lost log can still be made again; erased_in is the fact that says so.
CREATE TABLE fact_erased (
  fact_id BIGINT NOT NULL PRIMARY KEY,
  erased_in BIGINT NOT NULL,
  entry TEXT NOT NULL
) {strict};

-- A fact is for good: never deleted, and changed only where fact_erased says that it was.
-- postgres:
CREATE FUNCTION fact_is_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.fact_id = OLD.fact_id AND NEW.kind = OLD.kind AND NEW.made_at = OLD.made_at
       AND EXISTS (SELECT 1 FROM fact_erased e WHERE e.fact_id = OLD.fact_id) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'a fact is for good' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER fact_changes BEFORE UPDATE OR DELETE ON fact
  FOR EACH ROW EXECUTE FUNCTION fact_is_for_good();
CREATE TRIGGER fact_truncates BEFORE TRUNCATE ON fact
  FOR EACH STATEMENT EXECUTE FUNCTION fact_is_for_good();

-- The only doors by which facts come in.
CREATE FUNCTION fact_append(fact_id BIGINT, kind TEXT, subject TEXT, made_by TEXT, made_at BIGINT,
                            body TEXT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO fact (fact_id, kind, subject, made_by, made_at, body) VALUES ($1, $2, $3, $4, $5, $6);
  INSERT INTO fact_unsealed (first_id, fact_count) VALUES ($1, 1);
END $$;
-- Facts first_id, first_id + 1, …; all arrays are of one length, at most 4096.
CREATE FUNCTION fact_append_many(first_id BIGINT, kinds TEXT[], subjects TEXT[], made_bys TEXT[],
                                 made_ats BIGINT[], bodies TEXT[])
  RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO fact (fact_id, kind, subject, made_by, made_at, body)
    SELECT $1 + f.nth - 1, f.kind, f.subject, f.made_by, f.made_at, f.body
      FROM unnest($2, $3, $4, $5, $6) WITH ORDINALITY
        AS f (kind, subject, made_by, made_at, body, nth);
  INSERT INTO fact_unsealed (first_id, fact_count) VALUES ($1, cardinality($2));
END $$;
-- end

-- sqlite:
CREATE TRIGGER fact_changes BEFORE UPDATE ON fact
  WHEN NEW.fact_id <> OLD.fact_id OR NEW.kind <> OLD.kind OR NEW.made_at <> OLD.made_at
    OR NOT EXISTS (SELECT 1 FROM fact_erased e WHERE e.fact_id = OLD.fact_id)
BEGIN
  SELECT RAISE(ABORT, 'a fact is for good');
END;
CREATE TRIGGER fact_deletes BEFORE DELETE ON fact
BEGIN
  SELECT RAISE(ABORT, 'a fact is for good');
END;
-- end

-- What was there before: runs of consecutive ids, cut where a millisecond of one node ends.
INSERT INTO fact_unsealed (first_id, fact_count)
  SELECT min(fact_id), count(*)
    FROM (SELECT fact_id, fact_id - row_number() OVER (ORDER BY fact_id) AS run FROM fact) AS known
   GROUP BY run, fact_id >> 12;
