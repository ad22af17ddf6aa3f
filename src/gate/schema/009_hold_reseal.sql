-- A rotation of the vault's keys seals reasons again (src/gate/sealed.h): other bytes, the same text. What
-- is empty stays empty, and nothing else of a hold changes with that.
-- sqlite:
DROP TRIGGER hold_steps;
CREATE TRIGGER hold_steps BEFORE UPDATE ON hold
  WHEN (OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL OR NEW.hold_id <> OLD.hold_id
    OR NEW.person_key <> OLD.person_key OR NEW.kind <> OLD.kind OR NEW.since <> OLD.since
    OR NEW.until IS NOT OLD.until)
  AND NOT (NEW.hold_id = OLD.hold_id
    AND NEW.person_key = OLD.person_key AND NEW.customer_no = OLD.customer_no
    AND NEW.kind = OLD.kind AND NEW.since = OLD.since AND NEW.until IS OLD.until
    AND NEW.set_by = OLD.set_by AND NEW.lifted_at IS OLD.lifted_at
    AND NEW.lifted_by IS OLD.lifted_by
    AND ((LENGTH(NEW.reason) = 0 AND NEW.lift_reason IS NULL
          AND (OLD.lifted_at IS NOT NULL OR OLD.until IS NOT NULL))
      OR ((NEW.reason = OLD.reason
           OR (LENGTH(OLD.reason) > 0 AND SUBSTR(NEW.reason, 1, 1) = x'02'))
        AND (NEW.lift_reason IS OLD.lift_reason
           OR (LENGTH(OLD.lift_reason) > 0 AND SUBSTR(NEW.lift_reason, 1, 1) = x'02')))))
BEGIN
  SELECT RAISE(ABORT, 'a hold is lifted once, and nothing else of it changes');
END;
-- end
-- postgres:
DROP TRIGGER hold_steps ON hold;
CREATE TRIGGER hold_steps BEFORE UPDATE ON hold FOR EACH ROW
  WHEN ((OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL
    OR (OLD.hold_id, OLD.person_key, OLD.kind, OLD.since, OLD.until) IS DISTINCT FROM
       (NEW.hold_id, NEW.person_key, NEW.kind, NEW.since, NEW.until))
    AND NOT ((OLD.hold_id, OLD.person_key, OLD.customer_no, OLD.kind, OLD.since, OLD.until,
              OLD.set_by, OLD.lifted_at, OLD.lifted_by) IS NOT DISTINCT FROM
             (NEW.hold_id, NEW.person_key, NEW.customer_no, NEW.kind, NEW.since, NEW.until,
              NEW.set_by, NEW.lifted_at, NEW.lifted_by)
      AND ((LENGTH(NEW.reason) = 0 AND NEW.lift_reason IS NULL
            AND (OLD.lifted_at IS NOT NULL OR OLD.until IS NOT NULL))
        OR ((NEW.reason = OLD.reason
             OR (LENGTH(OLD.reason) > 0 AND SUBSTR(NEW.reason, 1, 1) = '\x02'::bytea))
          AND (NEW.lift_reason IS NOT DISTINCT FROM OLD.lift_reason
             OR (LENGTH(OLD.lift_reason) > 0
                 AND SUBSTR(NEW.lift_reason, 1, 1) = '\x02'::bytea))))))
  EXECUTE FUNCTION gate_says_no();
-- end
