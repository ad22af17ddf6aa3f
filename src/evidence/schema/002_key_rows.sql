-- A key is found by its subject alone: the row lies in the index itself, one tree in place of two.
-- sqlite:
CREATE TABLE log_key_by_subject (
  subject TEXT NOT NULL PRIMARY KEY,
  ref {blob} NOT NULL,
  key {blob} NOT NULL
) {strict}, WITHOUT ROWID;
INSERT INTO log_key_by_subject (subject, ref, key)
  SELECT subject, ref, key FROM log_key ORDER BY subject;
DROP TABLE log_key;
ALTER TABLE log_key_by_subject RENAME TO log_key;
-- end
