-- Who must not work for whom: a conflict of interest, for as long as it stands.
CREATE TABLE barred (
  customer_no TEXT NOT NULL,
  user_name TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (customer_no, user_name)
) {strict};
CREATE INDEX barred_by_user ON barred (user_name, customer_no);
