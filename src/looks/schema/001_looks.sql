-- Who looked at whom: a row for each view, list, search, export and unmasking that was answered. Rows
-- are added and never changed, but that the sealer writes once which seal took them (seal.cpp).
-- customer_no is empty for a list of several; cases says how many were shown. search_key and
-- address_key are keyed indexes (vault): equal for equal texts, and nothing more.
CREATE TABLE look (
  look_id BIGINT NOT NULL PRIMARY KEY,
  looked_at BIGINT NOT NULL,
  user_name TEXT NOT NULL,
  role TEXT NOT NULL,
  team TEXT NOT NULL,
  kind TEXT NOT NULL,
  purpose TEXT NOT NULL,
  customer_no TEXT NOT NULL,
  cases BIGINT NOT NULL,
  detail TEXT NOT NULL,
  search_key TEXT NOT NULL,
  address_key TEXT NOT NULL,
  address_masked TEXT NOT NULL,
  seal_no BIGINT
) {strict};
CREATE INDEX look_by_customer ON look (customer_no, looked_at);
CREATE INDEX look_by_user ON look (user_name, looked_at);
CREATE INDEX look_by_time ON look (looked_at);
CREATE INDEX look_by_seal ON look (seal_no, look_id);

-- What was said besides the code when a field was unmasked; sealed, since a name may be in it.
CREATE TABLE unmask_text (
  look_id BIGINT NOT NULL PRIMARY KEY,
  sealed_text {blob} NOT NULL
) {strict};

-- What the alert table found in somebody's looks of a day; each code once a day and user.
CREATE TABLE look_alert (
  alert_id BIGINT NOT NULL PRIMARY KEY,
  raised_at BIGINT NOT NULL,
  day BIGINT NOT NULL,
  user_name TEXT NOT NULL,
  role TEXT NOT NULL,
  team TEXT NOT NULL,
  code TEXT NOT NULL,
  level TEXT NOT NULL,
  reason_zh TEXT NOT NULL,
  reason_en TEXT NOT NULL,
  counts TEXT NOT NULL,
  acknowledged_at BIGINT,
  acknowledged_by TEXT,
  sealed_note {blob},
  UNIQUE (user_name, day, code)
) {strict};
CREATE INDEX look_alert_by_day ON look_alert (day);

-- sqlite:
CREATE TRIGGER look_begins BEFORE INSERT ON look WHEN NEW.seal_no IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a look is sealed after it is there');
END;
CREATE TRIGGER look_steps BEFORE UPDATE ON look
  WHEN OLD.seal_no IS NOT NULL OR NEW.seal_no IS NULL OR NEW.look_id <> OLD.look_id
    OR NEW.looked_at <> OLD.looked_at OR NEW.user_name <> OLD.user_name OR NEW.role <> OLD.role
    OR NEW.team <> OLD.team OR NEW.kind <> OLD.kind OR NEW.purpose <> OLD.purpose
    OR NEW.customer_no <> OLD.customer_no OR NEW.cases <> OLD.cases OR NEW.detail <> OLD.detail
    OR NEW.search_key <> OLD.search_key OR NEW.address_key <> OLD.address_key
    OR NEW.address_masked <> OLD.address_masked
BEGIN
  SELECT RAISE(ABORT, 'a look is for good');
END;
CREATE TRIGGER look_stays BEFORE DELETE ON look
BEGIN
  SELECT RAISE(ABORT, 'a look is for good');
END;
-- end

-- postgres:
CREATE FUNCTION look_is_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a look is for good' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER look_begins BEFORE INSERT ON look FOR EACH ROW
  WHEN (NEW.seal_no IS NOT NULL) EXECUTE FUNCTION look_is_for_good();
CREATE TRIGGER look_steps BEFORE UPDATE ON look FOR EACH ROW
  WHEN (OLD.seal_no IS NOT NULL OR NEW.seal_no IS NULL
    OR (OLD.look_id, OLD.looked_at, OLD.user_name, OLD.role, OLD.team, OLD.kind, OLD.purpose,
        OLD.customer_no, OLD.cases, OLD.detail, OLD.search_key, OLD.address_key,
        OLD.address_masked) IS DISTINCT FROM
       (NEW.look_id, NEW.looked_at, NEW.user_name, NEW.role, NEW.team, NEW.kind, NEW.purpose,
        NEW.customer_no, NEW.cases, NEW.detail, NEW.search_key, NEW.address_key,
        NEW.address_masked))
  EXECUTE FUNCTION look_is_for_good();
CREATE TRIGGER look_stays BEFORE DELETE ON look FOR EACH ROW EXECUTE FUNCTION look_is_for_good();
CREATE TRIGGER look_truncates BEFORE TRUNCATE ON look
  FOR EACH STATEMENT EXECUTE FUNCTION look_is_for_good();

-- The doors: one look in, and a seal's number onto those that have none.
CREATE FUNCTION look_add(look_id BIGINT, looked_at BIGINT, user_name TEXT, role TEXT, team TEXT,
                         kind TEXT, purpose TEXT, customer_no TEXT, cases BIGINT, detail TEXT,
                         search_key TEXT, address_key TEXT, address_masked TEXT)
  RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO look (look_id, looked_at, user_name, role, team, kind, purpose, customer_no, cases,
                    detail, search_key, address_key, address_masked)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);
END $$;
CREATE FUNCTION look_seal(seal_no BIGINT, looks_max BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  taken BIGINT;
BEGIN
  UPDATE look l SET seal_no = $1
   WHERE l.look_id IN (SELECT o.look_id FROM look o WHERE o.seal_no IS NULL
                        ORDER BY o.look_id LIMIT $2);
  GET DIAGNOSTICS taken = ROW_COUNT;
  RETURN taken;
END $$;
COMMENT ON TABLE look IS 'door';
COMMENT ON FUNCTION look_add(BIGINT, BIGINT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, BIGINT, TEXT, TEXT,
                             TEXT, TEXT) IS 'door';
COMMENT ON FUNCTION look_seal(BIGINT, BIGINT) IS 'door';
-- end
