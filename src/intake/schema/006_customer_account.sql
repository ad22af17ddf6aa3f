-- A tree of its own in place of an index: the rows of an import go into each of the two in its own
-- order, to its end, and not to any place of it. What the gate asks of an account stands here alone.
-- sqlite:
CREATE TABLE customer_account (
  customer_no TEXT NOT NULL,
  account_no TEXT NOT NULL,
  product TEXT NOT NULL,
  PRIMARY KEY (customer_no, account_no)
) {strict}, WITHOUT ROWID;
-- end
-- postgres:
CREATE TABLE customer_account (
  customer_no TEXT NOT NULL,
  account_no TEXT NOT NULL,
  product TEXT NOT NULL,
  PRIMARY KEY (customer_no, account_no)
) {strict};
-- end
INSERT INTO customer_account (customer_no, account_no, product)
  SELECT customer_no, account_no, product FROM intake_account ORDER BY customer_no, account_no;
DROP INDEX intake_account_customer;
ALTER TABLE intake_account DROP COLUMN product;
-- postgres:
-- As 003 has it, but for the accounts.
CREATE OR REPLACE FUNCTION intake_reachable(customer_nos TEXT[], since BIGINT)
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
    FROM customer_account a WHERE a.customer_no = ANY (theirs);
  RETURN QUERY SELECT 3::BIGINT, p.customer_no, p.contact_no, p.role, p.channel, p.source, p.place,
                      p.value_index, p.valid, p.consent
    FROM contact_point p WHERE p.customer_no = ANY (theirs);
  RETURN QUERY SELECT 4::BIGINT, t.customer_no, t.contact_no, t.channel, t.outcome, t.by, '',
                      NULL::{blob}, t.contacted_at, 0::BIGINT
    FROM past_contact t WHERE t.customer_no = ANY (theirs) AND t.contacted_at >= $2;
END $$;
-- end
