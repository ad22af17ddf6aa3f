-- postgres:
-- The door of erasure: private text of these facts goes; what the log holds of each stays beside it.
CREATE FUNCTION fact_erase(ids BIGINT[], entries TEXT[], subjects TEXT[], erased_in BIGINT)
  RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO fact_erased (fact_id, erased_in, entry)
    SELECT e.id, $4, e.entry FROM unnest($1, $2) AS e (id, entry);
  UPDATE fact SET subject = e.subject, body = '{}'
    FROM unnest($1, $3) AS e (id, subject) WHERE fact.fact_id = e.id;
END $$;
COMMENT ON FUNCTION fact_erase(BIGINT[], TEXT[], TEXT[], BIGINT) IS 'door';
-- end
