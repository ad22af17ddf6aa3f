-- sqlite:
-- One tree instead of two: the account number is the row's own place.
CREATE TABLE intake_account_by_key (
  account_no TEXT NOT NULL PRIMARY KEY,
  customer_no TEXT NOT NULL,
  product TEXT NOT NULL DEFAULT ''
) {strict}, WITHOUT ROWID;
INSERT INTO intake_account_by_key (account_no, customer_no, product)
  SELECT account_no, customer_no, product FROM intake_account ORDER BY account_no;
DROP TABLE intake_account;
ALTER TABLE intake_account_by_key RENAME TO intake_account;
CREATE INDEX intake_account_customer ON intake_account (customer_no);
-- end
