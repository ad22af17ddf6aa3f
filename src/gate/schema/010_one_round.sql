-- The same door with one round trip less and fewer statements: it finds persons and numbers itself where
-- the caller knows only customers and contact points. Rows of before stay as they are.

-- postgres:
-- Room on each page, so that a person's next permit changes the row in place.
ALTER TABLE person_seen SET (fillfactor = 70);

-- Locks persons and numbers (as gate_lock, in its order) and tells what is known of them: kind 0 is the
-- clock once the locks are held, 7 a key that was used, 8 a number that is locked; the others as in
-- rows.cpp, which asks SQLite the same. With customers the persons and numbers are theirs and those of
-- the points (point_customers[i], contact_nos[i]), as intake has them.
DROP FUNCTION gate_open(TEXT[], TEXT[], TEXT[], BIGINT, BIGINT, BIGINT);
CREATE FUNCTION gate_open(persons TEXT[], numbers TEXT[], customers TEXT[], point_customers TEXT[],
                          contact_nos TEXT[], keys TEXT[], person_since BIGINT, number_since BIGINT,
                          holds_until BIGINT)
  RETURNS TABLE (kind BIGINT, key TEXT, other TEXT, channel TEXT, role TEXT, outcome TEXT, at BIGINT,
                 nth BIGINT) LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
  SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  there BIGINT;
BEGIN
  IF cardinality($3) > 0 THEN
    $1 := intake_person_keys($3);
    $2 := intake_value_keys($4, $5);
  END IF;
  RETURN QUERY SELECT 3::BIGINT, s.person_key, '', '', '', '', s.seen_at, s.nth
    FROM person_seen s WHERE s.person_key = ANY ($1)
    ORDER BY s.person_key COLLATE "C" FOR UPDATE;
  GET DIAGNOSTICS there = ROW_COUNT;
  IF there < cardinality($1) THEN
    PERFORM gate_lock($1, ARRAY[]::TEXT[]);
    RETURN QUERY SELECT 3::BIGINT, s.person_key, '', '', '', '', s.seen_at, s.nth
      FROM person_seen s WHERE s.person_key = ANY ($1);
  END IF;
  RETURN QUERY SELECT 8::BIGINT, n.number_index, '', '', '', '', 0::BIGINT, 0::BIGINT
    FROM number_seen n WHERE n.number_index = ANY ($2)
    ORDER BY n.number_index COLLATE "C" FOR UPDATE;
  GET DIAGNOSTICS there = ROW_COUNT;
  IF there < cardinality($2) THEN
    PERFORM gate_lock(ARRAY[]::TEXT[], $2);
    RETURN QUERY SELECT 8::BIGINT, k, '', '', '', '', 0::BIGINT, 0::BIGINT FROM unnest($2) AS k;
  END IF;
  -- A new snapshot: what those who held the locks before did is in it.
  RETURN QUERY
    SELECT 0::BIGINT, '', '', '', '', '', gate_now(), 0::BIGINT
    UNION ALL
    SELECT 1::BIGINT, p.person_key, p.number_index, p.channel, p.role, p.outcome, p.reserved_at,
           0::BIGINT
      FROM permit p WHERE p.person_key = ANY ($1) AND p.reserved_at >= $7 AND p.state <> 'revoked'
    UNION ALL
    SELECT 2::BIGINT, p.number_index, p.person_key, p.channel, p.role, p.outcome, p.reserved_at,
           0::BIGINT
      FROM permit p WHERE p.number_index = ANY ($2) AND p.reserved_at >= $8 AND p.state <> 'revoked'
    UNION ALL
    SELECT 4::BIGINT, m.number_index, m.person_key, m.mark, '', '', 0::BIGINT, 0::BIGINT
      FROM number_mark m WHERE m.number_index = ANY ($2)
    UNION ALL
    SELECT 5::BIGINT, h.person_key, h.kind, '', '', '', h.since, h.until
      FROM hold h WHERE h.person_key = ANY ($1) AND h.lifted_at IS NULL
       AND (h.until IS NULL OR h.until >= $9)
    UNION ALL
    SELECT 6::BIGINT, g.pack, g.version, '', '', '', 0::BIGINT, 0::BIGINT FROM gate_pack g;
  IF cardinality($6) > 0 THEN
    RETURN QUERY SELECT 7::BIGINT, p.idempotency_key, '', '', '', '', 0::BIGINT, 0::BIGINT
      FROM permit p WHERE p.idempotency_key = ANY ($6);
  END IF;
END $$;
COMMENT ON FUNCTION gate_open(TEXT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT[], BIGINT, BIGINT, BIGINT)
  IS 'door';

-- As in 004, in one statement after the numbers' locks. It counts what was there when it began, and
-- adds its own lines. That count is right: nobody adds to a number whose lock is held; and who added to
-- a person meanwhile has moved the person's nth, which the update reads anew under the lock, so that all
-- is refused. An outcome told meanwhile only makes fewer of what was counted.
CREATE OR REPLACE FUNCTION gate_reserve(
    permit_ids BIGINT[], persons TEXT[], customers TEXT[], points TEXT[], numbers TEXT[],
    roles TEXT[], channels TEXT[], purposes TEXT[], scripts TEXT[], says_debts BIGINT[],
    askers TEXT[], reserved_ats BIGINT[], expires_ats BIGINT[], keys TEXT[], packs_of TEXT[],
    nths BIGINT[], days BIGINT[], contacts_max BIGINT[], attempts_max BIGINT[])
  RETURNS void LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
  SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  no TEXT;
BEGIN
  PERFORM 1 FROM number_seen n WHERE n.number_index = ANY (numbers)
    ORDER BY n.number_index COLLATE "C" FOR UPDATE;
  WITH given AS MATERIALIZED (
    SELECT * FROM unnest(permit_ids, persons, customers, points, numbers, roles, channels, purposes,
                         scripts, says_debts, askers, reserved_ats, expires_ats, keys, packs_of,
                         nths, days, contacts_max, attempts_max)
      AS u (id, p, c, cp, n, ro, ch, pu, sc, sd, a, r, e, k, pk, nth, d, cm, am)),
  of_person AS MATERIALIZED (
    SELECT p, min(r) AS first_at, max(r) AS last_at, min(nth) AS first_nth, max(nth) AS last_nth,
           count(DISTINCT nth) AS permits, count(*) AS lines, min(d) AS d, max(cm) AS most
      FROM given GROUP BY p),
  -- Takes the person's lock, if the caller had not.
  seen AS (
    UPDATE person_seen s SET seen_at = i.last_at, nth = i.last_nth FROM of_person AS i
     WHERE s.person_key = i.p AND i.first_nth = s.nth + 1 AND i.last_nth = s.nth + i.permits
       AND i.permits = i.lines AND i.first_at >= s.seen_at
    RETURNING 1),
  made AS (
    INSERT INTO permit (permit_id, person_key, customer_no, contact_point_id, number_index, role,
                        channel, purpose, script, says_debt, asker, reserved_at, expires_at, state,
                        idempotency_key, packs, nth)
      SELECT u.id, u.p, u.c, u.cp, u.n, u.ro, u.ch, u.pu, u.sc, u.sd, u.a, u.r, u.e, 'reserved',
             u.k, u.pk, u.nth
        FROM given AS u)
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM given
                  WHERE e < r OR e > r + 86400000000 OR d > r OR r - d > 90000000000
                     OR d % 900000000 <> 0
                     OR abs(r - gate_now()) > l.clock_tolerance_s * 1000000)
      THEN 'a permit''s times are not possible'
    WHEN (SELECT count(*) FROM seen) <> (SELECT count(*) FROM of_person)
      THEN 'a person''s permits do not follow on those before'
    -- The words are those of gate.cpp that are known to have been no contact.
    WHEN EXISTS (SELECT 1 FROM of_person AS i
                  WHERE i.lines + (SELECT count(*) FROM permit b
                                    WHERE b.person_key = i.p AND b.reserved_at >= i.d
                                      AND b.state <> 'revoked'
                                      AND (b.outcome IS NULL OR b.outcome NOT IN
                                           ('no_answer', 'busy', 'not_delivered', 'not_made')))
                        > least(i.most, l.contacts_day))
      THEN 'more contacts of the person than were allowed for'
    WHEN EXISTS (SELECT 1 FROM (SELECT n, min(d) AS d, max(am) AS most, count(*) AS lines
                                  FROM given GROUP BY n) AS i
                  WHERE i.lines + (SELECT count(*) FROM permit b
                                    WHERE b.number_index = i.n AND b.reserved_at >= i.d
                                      AND b.state <> 'revoked')
                        > least(i.most, l.attempts_day))
      THEN 'more attempts on the number than were allowed for'
    END INTO no FROM gate_limit AS l;
  IF no IS NOT NULL THEN
    PERFORM gate_no(no);
  END IF;
END $$;
-- end
