-- A person is erased: their permits and holds go, and of each only stays that there was one. A row
-- may be deleted once its number stands here; its facts are erased in the same transaction, so that
-- `verify` finds a row that went without them. A permit of the last eight days still counts (batch.cpp
-- looks so far back) and cannot be forgotten: else who is erased could be contacted anew.
CREATE TABLE gate_forgotten (
  kind TEXT NOT NULL,  -- permit, hold
  row_id BIGINT NOT NULL,
  forgotten_at BIGINT NOT NULL,
  PRIMARY KEY (kind, row_id)
) {strict};

-- sqlite:
DROP TRIGGER permit_stays;
CREATE TRIGGER permit_stays BEFORE DELETE ON permit
  WHEN NOT EXISTS (SELECT 1 FROM gate_forgotten f
                    WHERE f.kind = 'permit' AND f.row_id = OLD.permit_id
                      AND f.forgotten_at - OLD.reserved_at > 691200000000)
BEGIN
  SELECT RAISE(ABORT, 'a permit is for good');
END;
DROP TRIGGER hold_stays;
CREATE TRIGGER hold_stays BEFORE DELETE ON hold
  WHEN NOT EXISTS (SELECT 1 FROM gate_forgotten f
                    WHERE f.kind = 'hold' AND f.row_id = OLD.hold_id)
BEGIN
  SELECT RAISE(ABORT, 'a hold is lifted, not deleted');
END;
DROP TRIGGER person_seen_stays;
CREATE TRIGGER person_seen_stays BEFORE DELETE ON person_seen
  WHEN OLD.nth > (SELECT COUNT(*) FROM gate_forgotten f WHERE f.kind = 'permit')
    OR EXISTS (SELECT 1 FROM permit p WHERE p.person_key = OLD.person_key)
BEGIN
  SELECT RAISE(ABORT, 'what a person has seen never goes back');
END;
CREATE TRIGGER gate_forgotten_stays BEFORE UPDATE ON gate_forgotten
BEGIN
  SELECT RAISE(ABORT, 'what was forgotten stays so');
END;
CREATE TRIGGER gate_forgotten_kept BEFORE DELETE ON gate_forgotten
BEGIN
  SELECT RAISE(ABORT, 'what was forgotten stays so');
END;
-- end

-- postgres:
CREATE FUNCTION gate_permit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM gate_forgotten f
                  WHERE f.kind = 'permit' AND f.row_id = OLD.permit_id
                    AND f.forgotten_at - OLD.reserved_at > 691200000000) THEN
    PERFORM gate_no('a permit is for good');
  END IF;
  RETURN OLD;
END $$;
CREATE FUNCTION gate_hold_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM gate_forgotten f
                  WHERE f.kind = 'hold' AND f.row_id = OLD.hold_id) THEN
    PERFORM gate_no('a hold is lifted, not deleted');
  END IF;
  RETURN OLD;
END $$;
CREATE FUNCTION gate_person_seen_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.nth > (SELECT count(*) FROM gate_forgotten f WHERE f.kind = 'permit')
     OR EXISTS (SELECT 1 FROM permit p WHERE p.person_key = OLD.person_key) THEN
    PERFORM gate_no('what a person has seen never goes back');
  END IF;
  RETURN OLD;
END $$;
DROP TRIGGER permit_stays ON permit;
CREATE TRIGGER permit_stays BEFORE DELETE ON permit
  FOR EACH ROW EXECUTE FUNCTION gate_permit_stays();
DROP TRIGGER hold_stays ON hold;
CREATE TRIGGER hold_stays BEFORE DELETE ON hold
  FOR EACH ROW EXECUTE FUNCTION gate_hold_stays();
DROP TRIGGER person_seen_stays ON person_seen;
CREATE TRIGGER person_seen_stays BEFORE DELETE ON person_seen
  FOR EACH ROW EXECUTE FUNCTION gate_person_seen_stays();
CREATE TRIGGER gate_forgotten_stays BEFORE UPDATE OR DELETE ON gate_forgotten
  FOR EACH ROW EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER gate_forgotten_truncates BEFORE TRUNCATE ON gate_forgotten
  FOR EACH STATEMENT EXECUTE FUNCTION gate_says_no();

-- The door of erasure: all of one person, whose customer numbers these are. Where the gate keeps the
-- clock, nobody brings a later time.
CREATE FUNCTION gate_forget(person TEXT, customers TEXT[], at BIGINT) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE
  now_at BIGINT := $3;
BEGIN
  IF EXISTS (SELECT 1 FROM gate_limit l WHERE l.clock_tolerance_s IS NOT NULL) THEN
    now_at := least($3, gate_now());
  END IF;
  PERFORM gate_lock(ARRAY[$1], ARRAY[]::TEXT[]);
  INSERT INTO gate_forgotten (kind, row_id, forgotten_at)
    SELECT 'permit', p.permit_id, now_at FROM permit p WHERE p.person_key = $1;
  INSERT INTO gate_forgotten (kind, row_id, forgotten_at)
    SELECT 'hold', h.hold_id, now_at FROM hold h WHERE h.person_key = $1;
  DELETE FROM permit p WHERE p.person_key = $1;
  DELETE FROM hold h WHERE h.person_key = $1;
  DELETE FROM refusal r WHERE r.customer_no = ANY ($2);
  DELETE FROM person_seen s WHERE s.person_key = $1;
END $$;
COMMENT ON TABLE gate_forgotten IS 'door';
COMMENT ON FUNCTION gate_forget(TEXT, TEXT[], BIGINT) IS 'door';
-- end
