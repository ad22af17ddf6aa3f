-- sqlite:
-- Two trees instead of three, and what a night adds goes to the end of the first.
CREATE TABLE bucket_change_by_day (
  account_no TEXT NOT NULL,
  changed_on BIGINT NOT NULL,
  bucket_before TEXT NOT NULL,
  bucket TEXT NOT NULL,
  dpd BIGINT NOT NULL,
  PRIMARY KEY (changed_on, account_no)
) {strict}, WITHOUT ROWID;
INSERT INTO bucket_change_by_day (account_no, changed_on, bucket_before, bucket, dpd)
  SELECT account_no, changed_on, bucket_before, bucket, dpd FROM bucket_change
   ORDER BY changed_on, account_no;
DROP TABLE bucket_change;
ALTER TABLE bucket_change_by_day RENAME TO bucket_change;
CREATE INDEX bucket_change_account ON bucket_change (account_no);
-- end
