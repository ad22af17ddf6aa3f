-- What only the owner may write, and the functions by which everybody else does. A table marked
-- `door` is for reading; a function marked `door` is given to the application's role by
-- `evenhand store grant`, which also makes it run as the owner (src/store/grant.cpp).

-- The roles it was given to, so that `evenhand store migrate` can do it again.
CREATE TABLE store_role (role TEXT NOT NULL PRIMARY KEY) {strict};

-- postgres:
COMMENT ON TABLE store_role IS 'door';
COMMENT ON TABLE fact IS 'door';
COMMENT ON TABLE fact_unsealed IS 'door';
COMMENT ON TABLE fact_erased IS 'door';
COMMENT ON TABLE schema_migration IS 'door';
COMMENT ON FUNCTION fact_append(BIGINT, TEXT, TEXT, TEXT, BIGINT, TEXT) IS 'door';
COMMENT ON FUNCTION fact_append_many(BIGINT, TEXT[], TEXT[], TEXT[], BIGINT[], TEXT[]) IS 'door';
-- end
