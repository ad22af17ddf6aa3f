-- The Chinese calendar as it was announced, beside the one that is shipped: each import is a version,
-- and the latest of a day or before it counts on that day.
CREATE TABLE gate_calendar (
  version BIGINT NOT NULL PRIMARY KEY,  -- 1, 2, 3…
  sha256 TEXT NOT NULL,
  imported_at BIGINT NOT NULL,
  imported_by TEXT NOT NULL,
  bytes {blob} NOT NULL
) {strict};

-- sqlite:
CREATE TRIGGER gate_calendar_stays BEFORE UPDATE ON gate_calendar
BEGIN
  SELECT RAISE(ABORT, 'a calendar that was used stays as it was; import another');
END;
CREATE TRIGGER gate_calendar_kept BEFORE DELETE ON gate_calendar
BEGIN
  SELECT RAISE(ABORT, 'a calendar that was used stays as it was; import another');
END;
-- end
-- postgres:
CREATE TRIGGER gate_calendar_stays BEFORE UPDATE OR DELETE ON gate_calendar
  FOR EACH ROW EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER gate_calendar_truncates BEFORE TRUNCATE ON gate_calendar
  FOR EACH STATEMENT EXECUTE FUNCTION gate_says_no();
COMMENT ON TABLE gate_calendar IS 'door';
-- end
