-- The keys of persons and of what contact points say, for the gate, which locks by them: it knows customer
-- numbers and contact points, and the database finds the keys where they are needed.
-- postgres:
CREATE FUNCTION intake_person_keys(customer_nos TEXT[]) RETURNS TEXT[]
  LANGUAGE plpgsql STABLE
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
  SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
  RETURN ARRAY(SELECT DISTINCT c.person_key FROM customer c WHERE c.customer_no = ANY ($1));
END $$;
-- Points customer_nos[i], contact_nos[i]; the keys as reachable.cpp gives them.
CREATE FUNCTION intake_value_keys(customer_nos TEXT[], contact_nos TEXT[]) RETURNS TEXT[]
  LANGUAGE plpgsql STABLE
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
  SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
  RETURN ARRAY(SELECT DISTINCT encode(p.value_index, 'hex')
                 FROM unnest($1, $2) AS u (customer_no, contact_no)
                 JOIN contact_point p
                   ON p.customer_no = u.customer_no AND p.contact_no = u.contact_no);
END $$;
COMMENT ON FUNCTION intake_person_keys(TEXT[]) IS 'door';
COMMENT ON FUNCTION intake_value_keys(TEXT[], TEXT[]) IS 'door';
-- end
