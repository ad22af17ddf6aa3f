-- What may never happen to these tables, held by the database itself, whoever writes.

-- What the owner of a PostgreSQL store may set (`evenhand store grant`): limits that no caller's word
-- lifts. Null: not checked.
CREATE TABLE gate_limit (
  only_row BIGINT NOT NULL PRIMARY KEY CHECK (only_row = 1),
  clock_tolerance_s BIGINT,  -- how far a permit's time may be from the database's
  contacts_day BIGINT,       -- own contacts of a person, a day
  attempts_day BIGINT        -- own attempts on a number, a day
) {strict};
INSERT INTO gate_limit (only_row) VALUES (1);

-- sqlite:
CREATE TRIGGER permit_steps BEFORE UPDATE ON permit
  WHEN NOT ((OLD.state = 'reserved' AND NEW.state IN ('used', 'done', 'revoked'))
            OR (OLD.state = 'used' AND NEW.state = 'done'))
    OR OLD.outcome IS NOT NULL OR (NEW.state = 'done') <> (NEW.outcome IS NOT NULL)
    OR (OLD.used_at IS NOT NULL AND OLD.used_at IS NOT NEW.used_at)
    OR OLD.permit_id <> NEW.permit_id OR OLD.person_key <> NEW.person_key
    OR OLD.customer_no <> NEW.customer_no OR OLD.contact_point_id <> NEW.contact_point_id
    OR OLD.number_index <> NEW.number_index OR OLD.role <> NEW.role
    OR OLD.channel <> NEW.channel OR OLD.purpose <> NEW.purpose OR OLD.script <> NEW.script
    OR OLD.says_debt <> NEW.says_debt OR OLD.asker <> NEW.asker
    OR OLD.reserved_at <> NEW.reserved_at OR OLD.expires_at <> NEW.expires_at
    OR OLD.idempotency_key IS NOT NEW.idempotency_key OR OLD.packs <> NEW.packs
    OR OLD.nth <> NEW.nth
BEGIN
  SELECT RAISE(ABORT, 'a permit goes from reserved to used to done, and nothing else of it changes');
END;
CREATE TRIGGER permit_begins BEFORE INSERT ON permit
  WHEN NEW.state <> 'reserved' OR NEW.outcome IS NOT NULL OR NEW.used_at IS NOT NULL
    OR NEW.expires_at < NEW.reserved_at
BEGIN
  SELECT RAISE(ABORT, 'a permit begins reserved');
END;
CREATE TRIGGER permit_stays BEFORE DELETE ON permit
BEGIN
  SELECT RAISE(ABORT, 'a permit is for good');
END;
CREATE TRIGGER person_seen_grows BEFORE UPDATE ON person_seen
  WHEN NEW.person_key <> OLD.person_key OR NEW.seen_at < OLD.seen_at OR NEW.nth < OLD.nth
BEGIN
  SELECT RAISE(ABORT, 'what a person has seen never goes back');
END;
CREATE TRIGGER person_seen_stays BEFORE DELETE ON person_seen
BEGIN
  SELECT RAISE(ABORT, 'what a person has seen never goes back');
END;
CREATE TRIGGER hold_steps BEFORE UPDATE ON hold
  WHEN OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL OR NEW.hold_id <> OLD.hold_id
    OR NEW.person_key <> OLD.person_key OR NEW.kind <> OLD.kind OR NEW.since <> OLD.since
    OR NEW.until IS NOT OLD.until
BEGIN
  SELECT RAISE(ABORT, 'a hold is lifted once, and nothing else of it changes');
END;
CREATE TRIGGER hold_stays BEFORE DELETE ON hold
BEGIN
  SELECT RAISE(ABORT, 'a hold is lifted, not deleted');
END;
CREATE TRIGGER gate_pack_stays BEFORE UPDATE ON gate_pack
BEGIN
  SELECT RAISE(ABORT, 'a pack that was used is for good');
END;
CREATE TRIGGER gate_pack_kept BEFORE DELETE ON gate_pack
BEGIN
  SELECT RAISE(ABORT, 'a pack that was used is for good');
END;
CREATE TRIGGER number_mark_kept BEFORE DELETE ON number_mark
BEGIN
  SELECT RAISE(ABORT, 'what was learnt of a number is for good');
END;
-- end

-- postgres:
CREATE FUNCTION gate_says_no() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'gate: % of % is not allowed', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER permit_steps BEFORE UPDATE ON permit FOR EACH ROW
  WHEN (NOT ((OLD.state = 'reserved' AND NEW.state IN ('used', 'done', 'revoked'))
             OR (OLD.state = 'used' AND NEW.state = 'done'))
    OR OLD.outcome IS NOT NULL OR (NEW.state = 'done') <> (NEW.outcome IS NOT NULL)
    OR (OLD.used_at IS NOT NULL AND OLD.used_at IS DISTINCT FROM NEW.used_at)
    OR (OLD.permit_id, OLD.person_key, OLD.customer_no, OLD.contact_point_id, OLD.number_index,
        OLD.role, OLD.channel, OLD.purpose, OLD.script, OLD.says_debt, OLD.asker, OLD.reserved_at,
        OLD.expires_at, OLD.idempotency_key, OLD.packs, OLD.nth) IS DISTINCT FROM
       (NEW.permit_id, NEW.person_key, NEW.customer_no, NEW.contact_point_id, NEW.number_index,
        NEW.role, NEW.channel, NEW.purpose, NEW.script, NEW.says_debt, NEW.asker, NEW.reserved_at,
        NEW.expires_at, NEW.idempotency_key, NEW.packs, NEW.nth))
  EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER permit_begins BEFORE INSERT ON permit FOR EACH ROW
  WHEN (NEW.state <> 'reserved' OR NEW.outcome IS NOT NULL OR NEW.used_at IS NOT NULL
        OR NEW.expires_at < NEW.reserved_at)
  EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER permit_stays BEFORE DELETE ON permit FOR EACH ROW EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER permit_truncates BEFORE TRUNCATE ON permit
  FOR EACH STATEMENT EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER person_seen_grows BEFORE UPDATE ON person_seen FOR EACH ROW
  WHEN (NEW.person_key <> OLD.person_key OR NEW.seen_at < OLD.seen_at OR NEW.nth < OLD.nth)
  EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER person_seen_stays BEFORE DELETE ON person_seen
  FOR EACH ROW EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER person_seen_truncates BEFORE TRUNCATE ON person_seen
  FOR EACH STATEMENT EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER hold_steps BEFORE UPDATE ON hold FOR EACH ROW
  WHEN (OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL
    OR (OLD.hold_id, OLD.person_key, OLD.kind, OLD.since, OLD.until) IS DISTINCT FROM
       (NEW.hold_id, NEW.person_key, NEW.kind, NEW.since, NEW.until))
  EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER hold_stays BEFORE DELETE ON hold FOR EACH ROW EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER hold_truncates BEFORE TRUNCATE ON hold
  FOR EACH STATEMENT EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER gate_pack_stays BEFORE UPDATE OR DELETE ON gate_pack
  FOR EACH ROW EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER gate_pack_truncates BEFORE TRUNCATE ON gate_pack
  FOR EACH STATEMENT EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER number_mark_stays BEFORE DELETE ON number_mark
  FOR EACH ROW EXECUTE FUNCTION gate_says_no();
CREATE TRIGGER number_mark_truncates BEFORE TRUNCATE ON number_mark
  FOR EACH STATEMENT EXECUTE FUNCTION gate_says_no();

-- The doors. Each refuses by an exception of SQLSTATE 23514, and nothing of its call is in.
CREATE FUNCTION gate_no(why TEXT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'gate: %', why USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION gate_now() RETURNS BIGINT LANGUAGE sql
  RETURN (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT;

-- A row each to lock, made in the same order by everyone; then the locks, persons before numbers.
-- Gives the database's clock once all locks are held.
CREATE FUNCTION gate_lock(persons TEXT[], numbers TEXT[]) RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO person_seen (person_key, seen_at, nth)
    SELECT k, 0, 0 FROM unnest($1) AS k ON CONFLICT (person_key) DO NOTHING;
  INSERT INTO number_seen (number_index)
    SELECT k FROM unnest($2) AS k ON CONFLICT (number_index) DO NOTHING;
  PERFORM 1 FROM person_seen p WHERE p.person_key = ANY ($1)
    ORDER BY p.person_key COLLATE "C" FOR UPDATE;
  PERFORM 1 FROM number_seen n WHERE n.number_index = ANY ($2)
    ORDER BY n.number_index COLLATE "C" FOR UPDATE;
  RETURN gate_now();
END $$;

-- Permits, in the order of their persons' nth. Besides the columns: the midnight from which the gate
-- counted, and how many own contacts of the person and attempts on the number it allowed for, this
-- one among them. Refused when more are there: whoever asked had not seen all, or passed a cap.
CREATE FUNCTION gate_reserve(
    permit_ids BIGINT[], persons TEXT[], customers TEXT[], points TEXT[], numbers TEXT[],
    roles TEXT[], channels TEXT[], purposes TEXT[], scripts TEXT[], says_debts BIGINT[],
    askers TEXT[], reserved_ats BIGINT[], expires_ats BIGINT[], keys TEXT[], packs_of TEXT[],
    nths BIGINT[], days BIGINT[], contacts_max BIGINT[], attempts_max BIGINT[])
  RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  l gate_limit%ROWTYPE;
  changed BIGINT;
  wanted BIGINT;
BEGIN
  SELECT * INTO l FROM gate_limit;
  IF EXISTS (SELECT 1 FROM unnest(reserved_ats, expires_ats, days) AS i (r, e, d)
              WHERE e < r OR e > r + 86400000000 OR d > r OR r - d > 90000000000
                 OR d % 900000000 <> 0
                 OR abs(r - gate_now()) > l.clock_tolerance_s * 1000000) THEN
    PERFORM gate_no('a permit''s times are not possible');
  END IF;
  SELECT count(DISTINCT p) INTO wanted FROM unnest(persons) AS p;
  -- Takes the person's lock, if the caller had not.
  UPDATE person_seen s SET seen_at = i.last_at, nth = i.last_nth
    FROM (SELECT p, min(r) AS first_at, max(r) AS last_at, min(n) AS first_nth, max(n) AS last_nth,
                 count(DISTINCT n) AS permits, count(*) AS lines
            FROM unnest(persons, reserved_ats, nths) AS u (p, r, n) GROUP BY p) AS i
   WHERE s.person_key = i.p AND i.first_nth = s.nth + 1 AND i.last_nth = s.nth + i.permits
     AND i.permits = i.lines AND i.first_at >= s.seen_at;
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF changed <> wanted THEN
    PERFORM gate_no('a person''s permits do not follow on those before');
  END IF;
  PERFORM 1 FROM number_seen n WHERE n.number_index = ANY (numbers)
    ORDER BY n.number_index COLLATE "C" FOR UPDATE;
  INSERT INTO permit (permit_id, person_key, customer_no, contact_point_id, number_index, role,
                      channel, purpose, script, says_debt, asker, reserved_at, expires_at, state,
                      idempotency_key, packs, nth)
    SELECT u.id, u.p, u.c, u.cp, u.n, u.ro, u.ch, u.pu, u.sc, u.sd, u.a, u.r, u.e, 'reserved', u.k,
           u.pk, u.nth
      FROM unnest(permit_ids, persons, customers, points, numbers, roles, channels, purposes,
                  scripts, says_debts, askers, reserved_ats, expires_ats, keys, packs_of, nths)
        AS u (id, p, c, cp, n, ro, ch, pu, sc, sd, a, r, e, k, pk, nth);
  -- The words are those of gate.cpp that are known to have been no contact.
  IF EXISTS (SELECT 1 FROM (SELECT p, min(d) AS d, max(m) AS m
                              FROM unnest(persons, days, contacts_max) AS u (p, d, m)
                             GROUP BY p) AS i
              WHERE (SELECT count(*) FROM permit b
                      WHERE b.person_key = i.p AND b.reserved_at >= i.d AND b.state <> 'revoked'
                        AND (b.outcome IS NULL OR b.outcome NOT IN
                             ('no_answer', 'busy', 'not_delivered', 'not_made')))
                    > least(i.m, l.contacts_day)) THEN
    PERFORM gate_no('more contacts of the person than were allowed for');
  END IF;
  IF EXISTS (SELECT 1 FROM (SELECT n, min(d) AS d, max(m) AS m
                              FROM unnest(numbers, days, attempts_max) AS u (n, d, m)
                             GROUP BY n) AS i
              WHERE (SELECT count(*) FROM permit b
                      WHERE b.number_index = i.n AND b.reserved_at >= i.d AND b.state <> 'revoked')
                    > least(i.m, l.attempts_day)) THEN
    PERFORM gate_no('more attempts on the number than were allowed for');
  END IF;
END $$;

-- Steps in the life of permits; each gives the ids of those that took it.
CREATE FUNCTION gate_use(permit_ids BIGINT[], used_ats BIGINT[]) RETURNS SETOF BIGINT
  LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
    UPDATE permit p SET state = 'used', used_at = u.at
      FROM unnest($1, $2) AS u (id, at), gate_limit l
     WHERE p.permit_id = u.id AND p.state = 'reserved' AND p.expires_at >= u.at
       AND u.at >= p.reserved_at
       AND (l.clock_tolerance_s IS NULL
            OR p.expires_at >= gate_now() - l.clock_tolerance_s * 1000000)
    RETURNING p.permit_id;
END $$;
CREATE FUNCTION gate_tell(permit_ids BIGINT[], outcomes TEXT[], bys TEXT[], ats BIGINT[])
  RETURNS SETOF BIGINT LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
    UPDATE permit p SET state = 'done', used_at = COALESCE(p.used_at, u.at), outcome = u.outcome,
                        outcome_at = u.at, outcome_by = u.by
      FROM unnest($1, $2, $3, $4) AS u (id, outcome, by, at)
     WHERE p.permit_id = u.id AND p.state IN ('reserved', 'used') AND u.outcome IS NOT NULL
    RETURNING p.permit_id;
END $$;
CREATE FUNCTION gate_expire(permit_ids BIGINT[], at BIGINT) RETURNS SETOF BIGINT
  LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
    UPDATE permit p SET state = 'done', outcome = 'unknown', outcome_at = $2, outcome_by = 'gate'
     WHERE p.permit_id = ANY ($1) AND p.state IN ('reserved', 'used') AND p.expires_at < $2
    RETURNING p.permit_id;
END $$;
-- What a hold takes back; without one in force nothing is, for a revoked permit no longer counts.
CREATE FUNCTION gate_revoke(person TEXT) RETURNS SETOF BIGINT LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM hold h WHERE h.person_key = $1 AND h.lifted_at IS NULL) THEN
    PERFORM gate_no('permits are revoked by a hold only');
  END IF;
  RETURN QUERY
    UPDATE permit p SET state = 'revoked' WHERE p.person_key = $1 AND p.state = 'reserved'
    RETURNING p.permit_id;
END $$;

CREATE FUNCTION gate_refuse(refusal_ids BIGINT[], customers TEXT[], points TEXT[], channels TEXT[],
                            purposes TEXT[], askers TEXT[], refused_ats BIGINT[], codes_of TEXT[],
                            allowed_ats BIGINT[], packs_of TEXT[])
  RETURNS void LANGUAGE sql AS $$
  INSERT INTO refusal (refusal_id, customer_no, contact_point_id, channel, purpose, asker,
                       refused_at, codes, allowed_at, packs)
    SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
$$;
CREATE FUNCTION gate_mark(numbers TEXT[], persons TEXT[], marks TEXT[], ats BIGINT[], bys TEXT[])
  RETURNS void LANGUAGE sql AS $$
  INSERT INTO number_mark (number_index, person_key, mark, marked_at, marked_by)
    SELECT * FROM unnest($1, $2, $3, $4, $5)
    ON CONFLICT (number_index, person_key, mark) DO NOTHING;
$$;
CREATE FUNCTION gate_keep_pack(pack TEXT, version TEXT, sha256 TEXT, calendar_sha256 TEXT,
                               bytes {blob}) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  changed BIGINT;
BEGIN
  IF $3 <> encode(sha256($5), 'hex') OR $2 <> left($3, 12) THEN
    PERFORM gate_no('the pack is not what its version says');
  END IF;
  INSERT INTO gate_pack (pack, version, sha256, calendar_sha256, bytes) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS changed = ROW_COUNT;
  RETURN changed;
END $$;
CREATE FUNCTION gate_set_hold(hold_id BIGINT, person_key TEXT, customer_no TEXT, kind TEXT,
                              reason {blob}, since BIGINT, until BIGINT, set_by TEXT)
  RETURNS void LANGUAGE sql AS $$
  INSERT INTO hold (hold_id, person_key, customer_no, kind, reason, since, until, set_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8);
$$;
CREATE FUNCTION gate_lift_hold(hold_id BIGINT, at BIGINT, by TEXT, reason {blob}) RETURNS BIGINT
  LANGUAGE plpgsql AS $$
DECLARE
  changed BIGINT;
BEGIN
  UPDATE hold h SET lifted_at = $2, lifted_by = $3, lift_reason = $4
   WHERE h.hold_id = $1 AND h.lifted_at IS NULL;
  GET DIAGNOSTICS changed = ROW_COUNT;
  RETURN changed;
END $$;

COMMENT ON TABLE permit IS 'door';
COMMENT ON TABLE refusal IS 'door';
COMMENT ON TABLE person_seen IS 'door';
COMMENT ON TABLE number_seen IS 'door';
COMMENT ON TABLE number_mark IS 'door';
COMMENT ON TABLE hold IS 'door';
COMMENT ON TABLE gate_pack IS 'door';
COMMENT ON TABLE gate_limit IS 'door';
COMMENT ON FUNCTION gate_now() IS 'door';
COMMENT ON FUNCTION gate_lock(TEXT[], TEXT[]) IS 'door';
COMMENT ON FUNCTION gate_reserve(BIGINT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT[],
  TEXT[], BIGINT[], TEXT[], BIGINT[], BIGINT[], TEXT[], TEXT[], BIGINT[], BIGINT[], BIGINT[],
  BIGINT[]) IS 'door';
COMMENT ON FUNCTION gate_use(BIGINT[], BIGINT[]) IS 'door';
COMMENT ON FUNCTION gate_tell(BIGINT[], TEXT[], TEXT[], BIGINT[]) IS 'door';
COMMENT ON FUNCTION gate_expire(BIGINT[], BIGINT) IS 'door';
COMMENT ON FUNCTION gate_revoke(TEXT) IS 'door';
COMMENT ON FUNCTION gate_refuse(BIGINT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT[], BIGINT[], TEXT[],
  BIGINT[], TEXT[]) IS 'door';
COMMENT ON FUNCTION gate_mark(TEXT[], TEXT[], TEXT[], BIGINT[], TEXT[]) IS 'door';
COMMENT ON FUNCTION gate_keep_pack(TEXT, TEXT, TEXT, TEXT, {blob}) IS 'door';
COMMENT ON FUNCTION gate_set_hold(BIGINT, TEXT, TEXT, TEXT, {blob}, BIGINT, BIGINT, TEXT) IS 'door';
COMMENT ON FUNCTION gate_lift_hold(BIGINT, BIGINT, TEXT, {blob}) IS 'door';
-- end
