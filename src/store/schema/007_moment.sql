-- The latest facts of all: whoever looks through the evidence sees them first.
CREATE INDEX fact_by_moment ON fact (made_at)
  WHERE kind NOT IN ('bucket_changed', 'treatment_decided');
