-- postgres:
-- Who is behind these customer numbers, as reachable.cpp asks SQLite: planned once, and by index
-- whatever the tables held then.
CREATE FUNCTION intake_reachable(customer_nos TEXT[], since BIGINT)
  RETURNS TABLE (kind BIGINT, customer_no TEXT, t1 TEXT, t2 TEXT, t3 TEXT, t4 TEXT, t5 TEXT,
                 value_index {blob}, n1 BIGINT, n2 BIGINT)
  LANGUAGE plpgsql STABLE
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
  SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  persons TEXT[];
  theirs TEXT[];
BEGIN
  SELECT array_agg(DISTINCT c.person_key) INTO persons
    FROM customer c WHERE c.customer_no = ANY ($1);
  SELECT array_agg(c.customer_no) INTO theirs FROM customer c WHERE c.person_key = ANY (persons);
  RETURN QUERY SELECT 1::BIGINT, c.customer_no, c.person_key, c.jurisdiction, c.zone, '', '',
                      NULL::{blob}, 0::BIGINT, 0::BIGINT
    FROM customer c WHERE c.person_key = ANY (persons);
  RETURN QUERY SELECT 2::BIGINT, a.customer_no, a.product, '', '', '', '', NULL::{blob}, 0::BIGINT,
                      0::BIGINT
    FROM intake_account a WHERE a.customer_no = ANY (theirs);
  RETURN QUERY SELECT 3::BIGINT, p.customer_no, p.contact_no, p.role, p.channel, p.source, p.place,
                      p.value_index, p.valid, p.consent
    FROM contact_point p WHERE p.customer_no = ANY (theirs);
  RETURN QUERY SELECT 4::BIGINT, t.customer_no, t.contact_no, t.channel, t.outcome, t.by, '',
                      NULL::{blob}, t.contacted_at, 0::BIGINT
    FROM past_contact t WHERE t.customer_no = ANY (theirs) AND t.contacted_at >= $2;
END $$;
COMMENT ON FUNCTION intake_reachable(TEXT[], BIGINT) IS 'door';
-- end
