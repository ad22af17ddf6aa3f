-- Nearly all facts are those of a night: two kinds, told by the hundred thousand in the order of the
-- accounts. They are looked up by night and account alone, so telling them only appends to an index;
-- any other fact is looked up by what it is about and by kind.
DROP INDEX fact_by_subject;
DROP INDEX fact_by_kind;
CREATE INDEX fact_by_subject ON fact (subject, made_at)
  WHERE kind NOT IN ('bucket_changed', 'treatment_decided');
CREATE INDEX fact_by_kind ON fact (kind, made_at)
  WHERE kind NOT IN ('bucket_changed', 'treatment_decided');
CREATE INDEX fact_of_night ON fact (made_at, subject)
  WHERE kind IN ('bucket_changed', 'treatment_decided');

-- Each has the condition of its indexes, so that whoever reads facts by them names one of these.
CREATE VIEW single_fact AS SELECT fact_id, kind, subject, made_by, made_at, body FROM fact
  WHERE kind NOT IN ('bucket_changed', 'treatment_decided');
CREATE VIEW nightly_fact AS SELECT fact_id, kind, subject, made_by, made_at, body FROM fact
  WHERE kind IN ('bucket_changed', 'treatment_decided');
-- postgres:
COMMENT ON VIEW single_fact IS 'door';
COMMENT ON VIEW nightly_fact IS 'door';
-- end
