-- One row for each account and day on which its bucket changed; bucket_before is empty for an
-- account that was not in the book the day before.
CREATE TABLE bucket_change (
  account_no TEXT NOT NULL,
  changed_on BIGINT NOT NULL,
  bucket_before TEXT NOT NULL,
  bucket TEXT NOT NULL,
  dpd BIGINT NOT NULL,
  PRIMARY KEY (account_no, changed_on)
) {strict};
CREATE INDEX bucket_change_day ON bucket_change (changed_on, account_no);
